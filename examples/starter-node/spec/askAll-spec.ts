import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import type { Commit } from 'deltalines';
import OpenAI from 'openai';
import { lastValueFrom, toArray } from 'rxjs';

import { askAll } from '../src/askAll.js';
import { RECORDED_ANSWERS, startRecordedServer } from '../src/recordedServer.js';

let server: Awaited<ReturnType<typeof startRecordedServer>>;
let client: OpenAI;

before(async () => {
  server = await startRecordedServer(Infinity);
  client = new OpenAI({ baseURL: server.address, apiKey: 'none', maxRetries: 0 });
});

after(() => server.close());

function ask(...questions: string[]): Promise<Commit[]> {
  return lastValueFrom(askAll(client, 'model', questions).pipe(toArray()));
}

function textOf(commits: readonly Commit[], connection: string): string {
  return commits
    .filter((commit) => commit.type === 'line' && commit.stream.id.startsWith(`${connection}/`))
    .map((commit) => (commit.type === 'line' ? commit.text + commit.eol : ''))
    .join('');
}

test('each answer is complete', async () => {
  const commits = await ask(...Object.keys(RECORDED_ANSWERS));
  assert.match(textOf(commits, '1'), /^Sunlight has all colors\.\nAir .+\nSo .+ direction\.\n$/);
  assert.match(textOf(commits, '2'), /^At sea level, .+\nHigher up, .+\nOn .+ 70 degrees\.\n$/);
});

test('a request that fails does not end the other answer', async () => {
  const commits = await ask('Is there an answer?', 'When does water boil?');
  const reasons = commits.flatMap((commit) =>
    commit.type === 'close' ? [`${commit.stream.id} ${commit.reason}`] : [],
  );
  assert.deepEqual(reasons.sort(), ['1 error', '2/resp_2/0/0 end']);
});
