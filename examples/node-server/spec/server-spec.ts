import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Cell, DeltaEvent, Transcript } from 'deltalines';
import type { ServerSentEvent } from 'deltalines/protocols';
import {
  asapScheduler,
  filter,
  firstValueFrom,
  type Observable,
  shareReplay,
  Subject,
  take,
  tap,
  toArray,
} from 'rxjs';
import { describe, expect, onTestFinished, test } from 'vitest';

import type { Provider } from '../src/answers.js';
import { followAnswers, scanFeed } from '../src/client.js';
import { recordedProvider } from '../src/recordedProvider.js';
import { type AnswerServerOptions, createAnswerServer } from '../src/server.js';
import { cuttingProxy } from './support/cuttingProxy.js';

/** A server, and what the provider says by hand. */
async function startServer(options: Partial<AnswerServerOptions> = {}) {
  const connections = new Map<string, Subject<DeltaEvent>>();
  const heartbeat = new Subject<void>();
  const provider: Provider = (_question, connection) => {
    const events = new Subject<DeltaEvent>();
    connections.set(connection, events);
    return events;
  };
  const server = createAnswerServer({ provider, heartbeat, ...options });
  const responses: ServerResponse[] = [];
  server.on('request', (_request, response) => responses.push(response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.closeAllConnections();
    if (server.listening) {
      server.close();
      await once(server, 'close');
    }
  };
  onTestFinished(close);

  const { port } = server.address() as AddressInfo;
  const address = `http://127.0.0.1:${port}/answers`;
  const connection = (name: string) => connections.get(name) ?? expect.fail(`Nobody asked for ${name}`);
  return {
    port,
    address,
    heartbeat,
    close,
    clientsLeft: () =>
      Promise.all(responses.filter(({ closed }) => !closed).map((response) => once(response, 'close'))),
    connection,
    ask: (question: string) =>
      fetch(`${address}?${new URLSearchParams({ question }).toString()}`, { method: 'POST' }),
    say: (name: string, delta: string) =>
      connection(name).next({ type: 'delta', kind: 'answer', id: `${name}/1`, delta }),
    finish: (name: string) => connection(name).complete(),
  };
}

/** The transcript once that many streams are closed. */
async function transcriptOf(events: Observable<ServerSentEvent>, streams: number): Promise<Transcript> {
  const isComplete = (cells: Transcript) =>
    cells.length === streams && cells.every(({ status }) => status !== 'open');
  return firstValueFrom(events.pipe(scanFeed(), filter(isComplete)));
}

function linesOf(transcript: Transcript): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(transcript.map(({ stream, lines }) => [`${stream.kind} ${stream.id}`, lines]));
}

function follow(port: number): Observable<ServerSentEvent> {
  return followAnswers(`http://127.0.0.1:${port}/answers`, { reconnectAfter: 0 });
}

/** A client that does not read by itself. */
async function connectTo(address: string, headers: Readonly<Record<string, string>> = {}) {
  const request = get(address, { headers, agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  onTestFinished(() => {
    request.destroy();
  });
  return response.setEncoding('utf8');
}

/** Reads until the text has this in it. */
async function readUntil(response: IncomingMessage, wanted: string): Promise<string> {
  let text = '';
  for await (const chunk of response.iterator({ destroyOnReturn: false })) {
    text += chunk as string;
    if (text.includes(wanted)) {
      return text;
    }
  }
  return expect.fail(`The response ended without ${wanted}: ${text}`);
}

const TWO_ANSWERS = {
  'question q1': ['Why?'],
  'answer q1/1': ['Because.', 'And so'],
  'question q2': ['How?'],
  'answer q2/1': ['Like this:', '', 'a long line that is sent in parts, so that nobody waits for its end'],
};

/** Two answers that overlap, a few events at a time. */
const TWO_ANSWERS_IN_STEPS: readonly ((server: Awaited<ReturnType<typeof startServer>>) => unknown)[] = [
  ({ ask }) => ask('Why?'),
  ({ say }) => say('q1', 'Beca'),
  ({ ask }) => ask('How?'),
  ({ say }) => say('q2', 'Like this:\n\na long line that is sent in parts,'),
  ({ say }) => say('q1', 'use.\nAnd'),
  ({ say }) => say('q2', ' so that nobody waits for its end'),
  ({ say }) => say('q1', ' so'),
  ({ finish }) => finish('q2'),
  ({ finish }) => finish('q1'),
];

async function sayAll(server: Awaited<ReturnType<typeof startServer>>) {
  for (const step of TWO_ANSWERS_IN_STEPS) {
    await step(server);
  }
}

describe('the feed', () => {
  test('sends each commit as a numbered event', async () => {
    const server = await startServer();
    const events = firstValueFrom(follow(server.port).pipe(take(3), toArray()));
    await server.ask('Why?');
    server.say('q1', 'Because');

    expect((await events).map(({ id, data }) => [id, JSON.parse(data) as unknown])).toEqual([
      ['1', { type: 'open', stream: { kind: 'question', id: 'q1', generation: 0, order: [1] } }],
      [
        '2',
        {
          type: 'line',
          stream: { kind: 'question', id: 'q1', generation: 0, order: [1] },
          index: 0,
          text: 'Why?',
          eol: '\n',
        },
      ],
      ['3', { type: 'open', stream: { kind: 'answer', id: 'q1/1', generation: 0, order: [1] } }],
    ]);
  });

  test('gives two clients the same text, one of which comes when everything was said', async () => {
    const server = await startServer();
    const first = transcriptOf(follow(server.port), 4);
    await sayAll(server);
    const second = transcriptOf(follow(server.port), 4);

    expect(linesOf(await first)).toEqual(TWO_ANSWERS);
    expect(linesOf(await second)).toEqual(TWO_ANSWERS);
  });

  test.each([1, 200, 300, 301, 302, 303, 350, 400, 555, 777, 999, 1234, 1500, 1800])(
    'gives a client that is torn off after %i bytes the same text as one that is not',
    async (bytes) => {
      const server = await startServer();
      const proxy = await cuttingProxy(server.port, bytes);
      onTestFinished(proxy.close);
      const whole = transcriptOf(follow(server.port), 4);
      const ids: (string | undefined)[] = [];
      const torn = transcriptOf(
        follow(proxy.port).pipe(
          tap(({ id }) => {
            ids.push(id);
          }),
        ),
        4,
      );
      await sayAll(server);

      expect(linesOf(await whole)).toEqual(TWO_ANSWERS);
      expect(linesOf(await torn)).toEqual(TWO_ANSWERS);
      expect(proxy.connections()).toBe(2);
      // Each commit once, in order.
      expect(ids).toEqual(ids.map((_id, index) => `${index + 1}`));
    },
  );

  test.each([
    ['is older than what is kept', '12'],
    ['has not been given yet, because the server started anew', '4000'],
    ['is none', 'abc'],
  ])('sends a snapshot to a client whose last number %s', async (_name, lastEventId) => {
    const server = await startServer({ maxCommits: 3 });
    await sayAll(server);
    const response = await connectTo(server.address, { 'last-event-id': lastEventId });
    const text = await readUntil(response, '"close"');

    expect(text).toContain('event: snapshot\nid: 16\n');
    const transcript = await transcriptOf(follow(server.port), 4);
    expect(linesOf(transcript)).toEqual(TWO_ANSWERS);
  });

  test('sends the commits that are kept to a client that has all the others', async () => {
    const server = await startServer({ maxCommits: 3 });
    await sayAll(server);
    const response = await connectTo(server.address, { 'last-event-id': '13' });
    const text = await readUntil(response, 'id: 16');

    expect(text.match(/^(event|id): .*/gm)).toEqual(['id: 14', 'id: 15', 'id: 16']);
  });

  test('goes on after a snapshot in the middle of a line', async () => {
    const server = await startServer({ maxCommits: 1 });
    await server.ask('Why?');
    server.say('q1', 'a line whose first forty characters were sent');
    const transcript = transcriptOf(follow(server.port), 2);
    const response = await connectTo(server.address);
    await readUntil(response, 'snapshot');
    server.say('q1', ', and its end\nand another');
    server.finish('q1');

    expect(linesOf(await transcript)['answer q1/1']).toEqual([
      'a line whose first forty characters were sent, and its end',
      'and another',
    ]);
  });

  test('sends a comment at each heartbeat', async () => {
    const server = await startServer();
    const response = await connectTo(server.address);
    await readUntil(response, 'retry: 1000\n\n');
    server.heartbeat.next();

    expect(await readUntil(response, '\n\n')).toBe(':\n\n');
  });
});

describe('a slow client', () => {
  const LONG = 'x'.repeat(50_000);

  test('gets a snapshot in place of what is not kept any more', async () => {
    const server = await startServer({ maxCommits: 5 });
    const events = follow(server.port).pipe(shareReplay({ bufferSize: Infinity, refCount: true }));
    const snapshot = firstValueFrom(events.pipe(filter(({ event }) => event === 'snapshot')));
    const transcript = transcriptOf(events, 2);
    await server.ask('Why?');
    await firstValueFrom(events);
    for (let line = 0; line < 20; line++) {
      server.say('q1', `${line} ${LONG}\n`);
    }
    server.finish('q1');

    expect((await snapshot).data).toContain('"text":"19 x');
    const lines = linesOf(await transcript)['answer q1/1'];
    expect(lines?.map((line) => line.split(' ')[0])).toEqual(Array.from({ length: 20 }, (_, n) => `${n}`));
  });

  test('is let go of when it took nothing between two heartbeats, and resumes', async () => {
    const server = await startServer();
    const response = await connectTo(server.address);
    await readUntil(response, 'retry');
    const closed = new Promise((resolve) => response.on('error', resolve));
    await server.ask('Why?');
    for (let line = 0; line < 20; line++) {
      server.say('q1', `${line} ${LONG}\n`);
    }
    expect(server.heartbeat.observed).toBe(true);
    server.heartbeat.next();
    expect(server.heartbeat.observed).toBe(true);
    server.heartbeat.next();
    expect(server.heartbeat.observed).toBe(false);
    await closed;
    server.finish('q1');

    const transcript = await transcriptOf(follow(server.port), 2);
    expect(linesOf(transcript)['answer q1/1']).toHaveLength(20);
  });
});

describe('a client that leaves', () => {
  test('leaves nothing behind, and the answer goes on for the others', async () => {
    const server = await startServer();
    const transcript = transcriptOf(follow(server.port), 2);
    const response = await connectTo(server.address);
    await server.ask('Why?');
    await readUntil(response, 'Why?');
    response.destroy();
    server.say('q1', 'Because.');
    server.finish('q1');

    expect(linesOf(await transcript)['answer q1/1']).toEqual(['Because.']);
    await server.clientsLeft();
    expect(server.heartbeat.observed).toBe(false);
  });
});

describe('a provider', () => {
  const statuses = (transcript: Transcript) =>
    transcript.map(({ stream, status, error }: Cell) => [stream.id, status, error]);

  test('that fails closes what it has begun, and the question; the other answers go on', async () => {
    const server = await startServer();
    const transcript = transcriptOf(follow(server.port), 4);
    await server.ask('Why?');
    await server.ask('How?');
    server.say('q1', 'Beca');
    server.say('q2', 'Like ');
    server.connection('q1').error(new Error('Overloaded'));
    server.say('q2', 'this');
    server.finish('q2');

    expect(statuses(await transcript)).toEqual([
      ['q1', 'error', 'Overloaded'],
      ['q1/1', 'error', 'Overloaded'],
      ['q2', 'end', undefined],
      ['q2/1', 'complete', undefined],
    ]);
  });

  test('is unsubscribed from when the server is closed', async () => {
    const server = await startServer();
    await server.ask('Why?');
    expect(server.connection('q1').observed).toBe(true);
    await server.close();

    expect(server.connection('q1').observed).toBe(false);
  });

  test('is not asked when too many answers are under way', async () => {
    const server = await startServer({ maxRunning: 1 });
    expect((await server.ask('Why?')).status).toBe(202);
    expect((await server.ask('How?')).status).toBe(503);
    server.finish('q1');

    expect((await server.ask('How?')).status).toBe(202);
  });

  test('of recordings answers three questions, each with its own text', async () => {
    const server = await startServer({ provider: recordedProvider(0, asapScheduler) });
    const transcript = transcriptOf(follow(server.port), 9);
    await Promise.all(['Why?', 'How?', 'When?'].map((question) => server.ask(question)));
    const lines = linesOf(await transcript);

    for (const turn of [1, 2, 3]) {
      expect(lines[`answer q${turn}/resp_${turn}/1/0`]).toEqual(recordedText(turn).split(/\r?\n/));
    }
  });
});

/** The deltas of the answer in a recording, joined. */
function recordedText(turn: number): string {
  const recording = readFileSync(new URL(`../../recordings/turn-${turn}.sse`, import.meta.url), 'utf8');
  return [...recording.matchAll(/^data: (.*)$/gm)]
    .map(([, data]) => JSON.parse(data ?? '') as { readonly type: string; readonly delta?: string })
    .map(({ type, delta }) => (type === 'response.output_text.delta' ? delta : ''))
    .join('');
}

describe('a request', () => {
  test.each([
    ['GET', '/', 404],
    ['PUT', '/answers', 405],
    ['POST', '/answers', 400],
    ['POST', '/answers?question=%20', 400],
    ['POST', '/answers?question=Why', 202],
  ])('%s %s gets the status %i', async (method, path, status) => {
    const server = await startServer();
    const response = await fetch(new URL(path, server.address), { method });

    expect(response.status).toBe(status);
  });
});
