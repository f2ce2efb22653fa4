import { existsSync, readdirSync, readFileSync } from 'node:fs';

import fc from 'fast-check';
import { from, map, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { resequenceOpenAIResponses } from '../../src/cli/resequenceOpenAIResponses.js';
import { commitLines } from '../../src/index.js';
import { fromOpenAIResponses, parseJSONLines, parseSSE } from '../../src/protocols/index.js';
import { byStream, textOf } from '../support/arbitraries.js';
import { collect } from '../support/collect.js';
import { outputsOf } from '../support/shared.js';

const created = (id: string) => ({ type: 'response.created', sequence_number: 0, response: { id } });
const delta = (number: number, text: string) => ({
  type: 'response.output_text.delta',
  sequence_number: number,
  output_index: 0,
  content_index: 0,
  delta: text,
});
const completed = (number: number, id: string) => ({
  type: 'response.completed',
  sequence_number: number,
  response: { id, output: [] },
});

/** Each text of the responses, in order. */
async function textsOf(events: readonly unknown[]): Promise<readonly string[]> {
  const commits = await collect(
    from(events).pipe(resequenceOpenAIResponses(), fromOpenAIResponses(), commitLines()),
  );
  return [...byStream(commits).values()].map(textOf).sort();
}

const neighborsSwapped = <T>(events: readonly T[], at: number): readonly T[] =>
  events.slice(0, at).concat(events.slice(at, at + 2).reverse(), events.slice(at + 2));

describe('resequenceOpenAIResponses', () => {
  const two = [
    created('1'),
    delta(1, 'one'),
    delta(2, ' and'),
    delta(3, ' a half'),
    completed(4, '1'),
    created('2'),
    delta(1, 'two'),
    delta(2, '!'),
    completed(3, '2'),
  ];
  const texts = ['one and a half', 'two!'];

  it('treats each response as a scope, whose numbers start again', async () => {
    expect(await textsOf(two)).toStrictEqual(texts);
  });

  it('treats each lane of a WebSocket separately', async () => {
    const laneOf = (event: object, lane: string) => ({ ...event, stream_id: lane });
    const [first, second] = [two.slice(0, 5), two.slice(5)];
    const events = first.flatMap((event, index) => [
      laneOf(event, 'a'),
      ...second.slice(index, index + 1).map((other) => laneOf(other, 'b')),
    ]);
    expect(await textsOf(events)).toStrictEqual(texts);
    const swapped = [0, 1, 4, 5, 2, 3, 6, 7, 8].map((index) => events[index]);
    expect(await textsOf(swapped)).toStrictEqual(texts);
  });

  it('emits repeats once', async () => {
    expect(await textsOf(two.flatMap((event) => [event, event]))).toStrictEqual(texts);
  });

  it('emits once what a resumed connection replays without the beginning', async () => {
    expect(await textsOf([...two, delta(1, 'two'), delta(2, '!'), completed(3, '2')])).toStrictEqual(texts);
  });

  it.each(two.slice(1).map((_, at) => at))('puts neighbors right that were swapped at %i', async (at) => {
    const swapped = neighborsSwapped(two, at);
    // A delta before the beginning of its response is taken for one of the response before, see its documentation.
    const isOvertaken = swapped[at + 1]?.type === 'response.created' && swapped[at]?.type.endsWith('delta');
    if (isOvertaken !== true) {
      expect(await textsOf(swapped)).toStrictEqual(texts);
    } else {
      expect((await textsOf(swapped)).join('')).not.toContain('oneone');
    }
  });

  it('emits events without a number', async () => {
    const events = [{ type: 'error' }, 'text', null, { sequence_number: '1' }];
    expect(await collect(from(events).pipe(resequenceOpenAIResponses()))).toStrictEqual(events);
  });

  it('has separate state for each subscription', async () => {
    const output = from(two).pipe(resequenceOpenAIResponses(), toArray());
    expect(await collect(output)).toStrictEqual([two]);
    expect(await collect(output)).toStrictEqual([two]);
  });
});

/** Real streams, and the texts that have to come out of each; they are not there on every machine. */
const recordings = new URL('../../../shared/recordings/', import.meta.url);
const folder = new URL('openai-responses/', recordings);
const files = existsSync(folder) ? readdirSync(folder) : [];

interface NumberedEvent {
  readonly type?: string;
  readonly sequence_number?: number;
}

describe('the recorded responses', () => {
  it(`are all found if their folder exists: ${files.length}`, () => {
    expect(files.length > 0).toBe(existsSync(folder));
  });

  describe.each(files)('%s', (file) => {
    const text = readFileSync(new URL(file, folder), 'utf8');
    const { streams } = JSON.parse(
      readFileSync(new URL(`texts/openai-responses/${file}.json`, recordings), 'utf8'),
    ) as { streams: { text: string }[] };
    const expected = [
      ...streams.map((stream) => stream.text),
      ...outputsOf(`openai-responses/${file}`),
    ].sort();
    const read = async () => {
      const values = file.endsWith('.sse')
        ? from([text]).pipe(
            parseSSE(),
            map(({ data }): unknown => (data.startsWith('{') ? JSON.parse(data) : data)),
          )
        : from([text]).pipe(parseJSONLines());
      return (await collect(values)) as readonly NumberedEvent[];
    };

    it('produces its texts when each event is repeated', async () => {
      const events = await read();
      expect(await textsOf(events.flatMap((event) => [event, event]))).toStrictEqual(expected);
    });

    it('produces its texts when neighbors within a response are swapped', async () => {
      const events = await read();
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.nat({ max: events.length - 2 }), { minLength: 1, maxLength: 20 }),
          async (places) => {
            let swapped: readonly NumberedEvent[] = events;
            for (const at of places) {
              if (events[at]?.type !== 'response.created' && events[at + 1]?.type !== 'response.created') {
                swapped = neighborsSwapped(swapped, at);
              }
            }
            expect(await textsOf(swapped)).toStrictEqual(expected);
          },
        ),
        { numRuns: 10 },
      );
    });

    it('produces its texts when a tenth of the deltas is lost, because the full texts repair them', async () => {
      const events = await read();
      await fc.assert(
        fc.asyncProperty(fc.infiniteStream(fc.nat({ max: 9 })), async (dice) => {
          const kept = events.filter(
            (event) => event.type?.endsWith('.delta') !== true || dice.next().value !== 0,
          );
          expect(await textsOf(kept)).toStrictEqual(expected);
        }),
        { numRuns: 10 },
      );
    });
  });
});
