import { EventType } from '@ag-ui/client';
import type { Transcript } from 'deltalines';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';

import { startFakeServer } from '../src/fakeServer.js';
import { readRecording } from '../src/recording.js';
import { TranscriptAgent } from '../src/transcriptAgent.js';

beforeEach(() => {
  // The client prints why a run failed.
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** An agent of a server that has these events, and all transcripts that it tells. */
async function startAgent(events: readonly string[]) {
  const server = await startFakeServer(events);
  onTestFinished(server.close);
  const agent = new TranscriptAgent({
    url: server.url,
    initialMessages: [{ id: 'u-1', role: 'user', content: 'Write a page' }],
  });
  const transcripts: Transcript[] = [];
  const subscription = agent.transcripts.subscribe((transcript) => transcripts.push(transcript));
  onTestFinished(() => subscription.unsubscribe());
  return { agent, transcripts };
}

function textsOf(transcript: Transcript | undefined) {
  return transcript?.map(({ stream, lines, tail, status }) => [
    `${stream.kind} ${stream.id}`,
    ...lines,
    ...(tail === '' ? [] : [tail]),
    status,
  ]);
}

/** Two messages at the same time, and changes of the state between their pieces. */
const OVERLAPPING = [
  { type: EventType.RUN_STARTED, threadId: 't', runId: 'r' },
  { type: EventType.STATE_SNAPSHOT, snapshot: { pages: 0 } },
  { type: EventType.TEXT_MESSAGE_START, messageId: 'm-1', role: 'assistant' },
  { type: EventType.TEXT_MESSAGE_CONTENT, messageId: 'm-1', delta: 'The sky ' },
  { type: EventType.TEXT_MESSAGE_START, messageId: 'm-2', role: 'assistant' },
  { type: EventType.TEXT_MESSAGE_CONTENT, messageId: 'm-2', delta: 'Water boils\nat 100 ' },
  { type: EventType.STATE_DELTA, delta: [{ op: 'replace', path: '/pages', value: 2 }] },
  { type: EventType.TEXT_MESSAGE_CONTENT, messageId: 'm-1', delta: 'is\r' },
  { type: EventType.TEXT_MESSAGE_CONTENT, messageId: 'm-2', delta: 'degrees.' },
  { type: EventType.TEXT_MESSAGE_END, messageId: 'm-2' },
  { type: EventType.TEXT_MESSAGE_CONTENT, messageId: 'm-1', delta: '\nblue.' },
  { type: EventType.TEXT_MESSAGE_END, messageId: 'm-1' },
  { type: EventType.RUN_FINISHED, threadId: 't', runId: 'r' },
].map((event) => JSON.stringify(event));

const BOTH = [
  ['answer m-1', 'The sky is', 'blue.', 'end'],
  ['answer m-2', 'Water boils', 'at 100 degrees.', 'end'],
];

describe('an agent', () => {
  test('tells the texts of the recorded run, and the client has its messages', async () => {
    const { agent, transcripts } = await startAgent(await readRecording());
    const { newMessages } = await agent.runAgent();

    expect(textsOf(transcripts.at(-1))).toEqual([
      ['reasoning r-1', 'A page is wanted.', 'end'],
      ['answer m-1', 'I search', 'and I write.', 'end'],
      ['tool c-1', '{"query":"rxjs"}', 'end'],
      ['answer m-2', 'Done.', 'end'],
    ]);
    expect(newMessages.map(({ id, content }) => [id, content])).toEqual([
      ['r-1', 'A page is wanted.'],
      ['m-1', 'I search\nand I write.'],
      ['m-2', 'Done.'],
    ]);
    expect(agent.messages.map(({ id }) => id)).toEqual(['u-1', 'r-1', 'm-1', 'm-2']);
  });

  test('tells messages that overlap one after the other, and the client has the same texts and its state', async () => {
    const { agent, transcripts } = await startAgent(OVERLAPPING);
    await agent.runAgent();

    expect(textsOf(transcripts.at(-1))).toEqual(BOTH);
    expect(agent.messages.slice(1).map(({ id, content }) => [id, content])).toEqual([
      ['m-1', 'The sky is\r\nblue.'],
      ['m-2', 'Water boils\nat 100 degrees.'],
    ]);
    expect(agent.state).toEqual({ pages: 2 });
  });

  test('tells a text while it comes', async () => {
    const { agent, transcripts } = await startAgent(OVERLAPPING);
    await agent.runAgent();
    const first = transcripts.map((transcript) => textsOf(transcript)?.[0]?.slice(1));

    expect(first.slice(0, 6)).toEqual([
      ['open'],
      ['The sky ', 'open'],
      ['The sky is\r', 'open'],
      ['The sky is', 'open'],
      ['The sky is', 'blue.', 'open'],
      ['The sky is', 'blue.', 'end'],
    ]);
  });

  test('takes a piece that comes before its start, for which the client fails the run', async () => {
    const [started = '', state = '', start = '', ...rest] = OVERLAPPING;
    const withoutStart = [started, state, ...rest];
    expect(start).toContain('TEXT_MESSAGE_START');
    const { agent, transcripts } = await startAgent(withoutStart);
    await expect(agent.runAgent()).rejects.toThrow();

    expect(textsOf(transcripts.at(-1))?.[0]?.slice(0, 2)).toEqual(['answer m-1', 'The sky ']);
  });

  test('closes what was open when something comes that is no event, and the client fails the run', async () => {
    const { agent, transcripts } = await startAgent([...OVERLAPPING.slice(0, 6), '{']);
    await expect(agent.runAgent()).rejects.toThrow(SyntaxError);

    expect(textsOf(transcripts.at(-1))).toEqual([
      ['answer m-1', 'The sky ', 'error'],
      ['answer m-2', 'Water boils', 'at 100 ', 'error'],
    ]);
  });

  test('goes on with the texts of the next run, and tells ids apart that come again', async () => {
    const { agent, transcripts } = await startAgent(OVERLAPPING);
    await agent.runAgent();
    await agent.runAgent();

    expect(textsOf(transcripts.at(-1))).toEqual([
      ...BOTH,
      ['answer m-1/2', 'The sky is', 'blue.', 'end'],
      ['answer m-2/2', 'Water boils', 'at 100 degrees.', 'end'],
    ]);
  });
});
