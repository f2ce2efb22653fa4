import { readFileSync } from 'node:fs';

import { filter, firstValueFrom } from 'rxjs';
import { describe, expect, test, vi } from 'vitest';

import { closesOf, testCluster, textOf, untilClosed } from './support/testCluster.js';

/** The deltas of the answer in a recording, joined. */
function recordedText(turn: number): string {
  const recording = readFileSync(new URL(`../../recordings/turn-${turn}.sse`, import.meta.url), 'utf8');
  return [...recording.matchAll(/^data: (.*)$/gm)]
    .map(([, data]) => JSON.parse(data ?? '') as { readonly type: string; readonly delta?: string })
    .map(({ type, delta }) => (type === 'response.output_text.delta' ? delta : ''))
    .join('');
}

describe('an answer', () => {
  test('is the same for two clients of two processes', async () => {
    const { ask, follow } = await testCluster();
    const served: (string | null)[] = [];
    const first = follow((pid) => served.push(pid));
    const second = follow((pid) => served.push(pid));
    const connection = await ask('Why?');
    const [one, two] = await Promise.all([untilClosed(first, connection), untilClosed(second, connection)]);

    expect(new Set(served).size).toBe(2);
    expect(two).toEqual(one);
    expect(textOf(one, 'question')).toBe('Why?\n');
    expect(textOf(one, 'answer')).toBe(recordedText(1));
    expect(closesOf(one, connection)).toMatchObject({ answer: 'end', question: 'end' });
  });

  test('that is stopped through any process ends', async () => {
    const { ask, follow, post } = await testCluster({ INTERVAL: '200' });
    const connection = await ask('Why?');
    await firstValueFrom(
      follow().pipe(filter(({ commit }) => commit.type === 'line' && commit.stream.kind === 'answer')),
    );
    const following = untilClosed(follow(), connection);
    expect((await post(`stop?connection=${connection}`)).status).toBe(202);

    const entries = await following;
    expect(closesOf(entries, connection)).toMatchObject({ answer: 'complete', question: 'end' });
    expect(recordedText(1).startsWith(textOf(entries, 'answer'))).toBe(true);
    expect(textOf(entries, 'answer')).not.toBe(recordedText(1));
  });

  test('whose process is killed is closed as idle by the other, and the client goes on', async () => {
    const { ask, follow, post, pids } = await testCluster({ INTERVAL: '200' });
    const connection = await ask('Why?');
    const [writer = ''] = connection.split('-');
    expect(pids()).toContain(Number(writer));
    // Two clients, one of which is served by the process that dies.
    const clients = [untilClosed(follow(), connection), untilClosed(follow(), connection)];
    await firstValueFrom(
      follow().pipe(filter(({ commit }) => commit.type === 'line' && commit.stream.kind === 'answer')),
    );
    expect((await post(`processes/${writer}/kill`)).status).toBe(202);

    const [one = [], two] = await Promise.all(clients);
    expect(closesOf(one, connection)).toMatchObject({ answer: 'idle', question: 'idle' });
    expect(two).toEqual(one);
    const positions = one.map(({ position }) => position);
    expect(new Set(positions).size).toBe(positions.length);
    // Another one takes its place, and answers.
    await vi.waitUntil(() => pids().length === 2, { timeout: 20_000 });
    expect(pids()).not.toContain(Number(writer));
    const next = await ask('How?');
    expect(closesOf(await untilClosed(follow(), next), next)).toMatchObject({ answer: 'end' });
  });
});

test('a request gets the status that it deserves', async () => {
  const { address } = await testCluster();
  const statusOf = async (method: string, path: string) => {
    const response = await fetch(new URL(path, address), { method });
    await response.body?.cancel();
    return response.status;
  };

  expect(await statusOf('GET', 'page.js')).toBe(200);
  expect(await statusOf('GET', 'nothing')).toBe(404);
  expect(await statusOf('PUT', 'answers')).toBe(404);
  expect(await statusOf('POST', 'answers')).toBe(400);
  expect(await statusOf('POST', 'answers?question=%20')).toBe(400);
  expect(await statusOf('GET', 'log?after=nothing')).toBe(400);
  expect(await statusOf('POST', 'processes/1/kill')).toBe(404);
});
