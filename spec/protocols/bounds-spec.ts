import { from, type OperatorFunction } from 'rxjs';
import { describe, expect, it } from 'vitest';

import type { DeltaEvent } from '../../src/index.js';
import {
  fromAGUI,
  fromAISDK,
  fromAnthropic,
  fromDocker,
  fromKubernetes,
  fromOpenAIResponses,
  fromRealtime,
} from '../../src/protocols/index.js';
import { collect } from '../support/collect.js';

interface Row {
  readonly title: string;
  readonly operator: () => OperatorFunction<unknown, DeltaEvent>;
  /** The event that opens a stream. */
  readonly open: (index: number) => unknown;
  /** Ends the stream with the index 1. */
  readonly end: unknown;
  /** The id of that stream. */
  readonly id: string;
}

const responseDelta = (index: number) => ({
  type: 'response.output_text.delta',
  response_id: `r${index}`,
  output_index: 0,
  content_index: 0,
  delta: 'a',
});
const responseText = { ...responseDelta(1), type: 'response.output_text.done', delta: undefined, text: 'a' };

const rows: readonly Row[] = [
  {
    title: 'blocks of a message',
    operator: fromAnthropic,
    open: (index) => ({
      type: 'content_block_delta',
      index,
      delta: { type: 'text_delta', text: 'a' },
    }),
    end: { type: 'content_block_stop', index: 1 },
    id: '1/1',
  },
  {
    title: 'texts of AG-UI',
    operator: fromAGUI,
    open: (index) => ({ type: 'TEXT_MESSAGE_CHUNK', messageId: `m${index}`, delta: 'a' }),
    end: { type: 'TEXT_MESSAGE_END', messageId: 'm1' },
    id: 'm1',
  },
  {
    title: 'parts of the AI SDK',
    operator: fromAISDK,
    open: (index) => ({ type: 'text-delta', id: String(index), delta: 'a' }),
    end: { type: 'text-end', id: '1' },
    id: '1/1',
  },
  {
    title: 'responses of OpenAI',
    operator: fromOpenAIResponses,
    open: responseDelta,
    end: { type: 'response.completed', response: { id: 'r1' } },
    id: 'r1/0/0',
  },
  {
    title: 'Realtime responses',
    operator: fromRealtime,
    open: responseDelta,
    end: { type: 'response.done', response: { id: 'r1' } },
    id: 'r1/0/0',
  },
];

const MOST = 10_000;

/** The events after as many streams as are remembered, and `more`, have been opened. */
async function readAfter({ operator, open }: Row, more: number, last: unknown) {
  const events = Array.from({ length: MOST + more }, (_, index) => open(index));
  const all = await collect(from([...events, last]).pipe(operator()));
  return all.slice(events.length);
}

describe('the open streams', () => {
  it.each(rows)('are remembered up to 10,000: $title', async (row) => {
    expect(await readAfter(row, 0, row.end)).toMatchObject([{ type: 'end', id: row.id }]);
  });

  it.each(rows)('beyond 10,000 are forgotten, the oldest first: $title', async (row) => {
    expect(await readAfter(row, 2, row.end)).toStrictEqual([]);
  });

  it.each(rows)('continue with the same id when they were forgotten: $title', async (row) => {
    expect(await readAfter(row, 2, row.open(1))).toMatchObject([{ type: 'delta', id: row.id, delta: 'a' }]);
  });

  it.each<Pick<Row, 'title' | 'operator'>>([
    { title: 'OpenAI', operator: fromOpenAIResponses },
    { title: 'Realtime', operator: fromRealtime },
  ])('of a response of $title end when it is forgotten if they are complete', async ({ operator }) => {
    const others = Array.from({ length: MOST }, (_, index) => responseDelta(index + 2));
    const events = from<unknown[]>([responseDelta(0), responseDelta(1), responseText, ...others]);
    expect((await collect(events.pipe(operator()))).slice(-2)).toMatchObject([
      { type: 'end', id: 'r1/0/0', text: 'a' },
      { type: 'delta', id: `r${MOST + 1}/0/0` },
    ]);
  });
});

describe('the unfinished lines', () => {
  const part = (container: number, ordinal: number, log: string) => ({
    container_id: `c${container}`,
    log,
    partial_message: 'true',
    partial_id: 'p',
    partial_ordinal: String(ordinal),
    partial_last: 'false',
  });
  const record = (pod: number, docker_id: string) => ({
    log: 'a',
    logtag: 'P',
    kubernetes: { pod_name: `p${pod}`, docker_id },
  });

  it.each([
    { others: MOST - 1, deltas: [] },
    { others: MOST, deltas: ['a'] },
  ])('of Docker recognize a repeated part after $others others: $deltas', async ({ others, deltas }) => {
    const first = Array.from({ length: others + 1 }, (_, container) => part(container, 1, 'a'));
    const events = await collect(from([...first, part(0, 1, 'a')]).pipe(fromDocker()));
    expect(events.slice(first.length)).toMatchObject(deltas.map((delta) => ({ id: 'c0', delta })));
  });

  it.each([
    { others: MOST - 1, deltas: ['\n', 'a'] },
    { others: MOST, deltas: ['a'] },
  ])('of Kubernetes end with their container after $others others: $deltas', async ({ others, deltas }) => {
    const first = Array.from({ length: others + 1 }, (_, pod) => record(pod, 'first'));
    const events = await collect(from([...first, record(0, 'second')]).pipe(fromKubernetes()));
    expect(events.slice(first.length)).toMatchObject(deltas.map((delta) => ({ id: '-/p0/-', delta })));
  });
});
