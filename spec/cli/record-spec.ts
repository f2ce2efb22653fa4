import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { from } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';

import { recordChunks, replayChunks } from '../../src/testing/index.js';
import { collect as collectValues } from '../support/collect.js';
import { collect, deltalines, finish, start, temporaryFolder } from './command.js';

// Each spec starts the command, and a machine that is busy takes its time for that.
vi.setConfig({ testTimeout: 60_000 });

const folder = temporaryFolder();
const rows = (...lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');
const fileNamed = (name: string) => join(folder.path, name);

const event = (delta: string, id = 'm') =>
  `${JSON.stringify({ type: 'delta', kind: 'answer', id, delta })}\n`;
const openAIChat = (content: string) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content } }] })}\n\n`;

/** The bytes of a recording, whatever their cuts. */
async function bytesOf(recording: string): Promise<Buffer> {
  return Buffer.concat(await collectValues(replayChunks(recording, { type: 'bytes', speed: Infinity })));
}

/** A recording of chunks, each at its time. */
function recordingOf(...chunks: readonly (readonly [time: number, chunk: string | Uint8Array])[]): string {
  const lines: string[] = [];
  from(chunks.map(([, chunk]) => chunk))
    .pipe(recordChunks({ onLine: (line) => lines.push(line) }))
    .subscribe();
  return rows(
    ...lines.map((line, index) => {
      const recorded = JSON.parse(line) as object;
      return JSON.stringify({ ...recorded, time: chunks[index]?.[0] });
    }),
  );
}

describe('deltalines record', () => {
  it('copies all bytes unchanged, and records them', async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 256));
    const file = fileNamed('bytes');
    const child = start(['record', file]);
    const passed: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => passed.push(chunk));
    const stderr = collect(child.stderr);
    child.stdin.end(bytes);
    await once(child, 'close');
    expect([child.exitCode, stderr.text]).toStrictEqual([0, '']);
    expect(Buffer.concat(passed).equals(bytes)).toBe(true);
    expect((await bytesOf(readFileSync(file, 'utf8'))).equals(bytes)).toBe(true);
  });

  it('records each chunk before it is printed, and where it was cut', async () => {
    const file = fileNamed('cuts');
    const child = start(['record', file]);
    const passed = collect(child.stdout);
    const chunks = ['{"a":', '"caf', 'e"}\n'];
    for (const [index, chunk] of chunks.entries()) {
      child.stdin.write(chunk);
      await passed.until(chunks.slice(0, index + 1).join(''));
      expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toHaveLength(index + 1);
    }
    child.stdin.end();
    await finish(child);
    const recorded = readFileSync(file, 'utf8').trimEnd().split('\n');
    const values = recorded.map((line) => JSON.parse(line) as { time: number });
    expect(values.map((value) => ({ ...value, time: undefined }))).toStrictEqual(
      chunks.map((text) => ({ time: undefined, text, bytes: true })),
    );
    const times = values.map(({ time }) => time);
    expect(times[0]).toBe(0);
    expect(times).toStrictEqual([...times].sort((one, other) => one - other));
  });

  it('contains everything received when a signal ends it', async () => {
    const file = fileNamed('ended');
    const child = start(['record', file]);
    const passed = collect(child.stdout);
    child.stdin.write('received');
    await passed.until('received');
    child.kill('SIGKILL');
    await finish(child);
    expect(readFileSync(file, 'utf8')).toBe('{"time":0,"text":"received","bytes":true}\n');
  });

  it('is replayed by the command, which detects the protocol', async () => {
    const input = `${openAIChat('one\ntw')}${openAIChat('o')}data: [DONE]\n\n`;
    const file = fileNamed('chat');
    expect(await deltalines(['record', file], { input })).toStrictEqual({
      stdout: input,
      stderr: '',
      code: 0,
    });
    const expected = { stdout: rows('answer c │ one', 'answer c │ two'), stderr: '', code: 0 };
    expect(await deltalines([], { input })).toStrictEqual(expected);
    expect(await deltalines([file])).toStrictEqual(expected);
    expect(await deltalines(['--replay', '1x', file])).toStrictEqual(expected);
    expect(await deltalines([], { input: readFileSync(file) })).toStrictEqual(expected);
  });

  it('records nothing for empty input', async () => {
    const file = fileNamed('nothing');
    expect(await deltalines(['record', file])).toStrictEqual({ stdout: '', stderr: '', code: 0 });
    expect(readFileSync(file, 'utf8')).toBe('');
    expect(await deltalines([file])).toStrictEqual({ stdout: '', stderr: '', code: 0 });
  });

  it('does not overwrite a file without --force', async () => {
    const file = folder.write('there', 'kept');
    expect(await deltalines(['record', file], { input: 'new' })).toStrictEqual({
      stdout: '',
      stderr: rows(`deltalines: ${file}: file already exists; --force overwrites it`),
      code: 1,
    });
    expect(readFileSync(file, 'utf8')).toBe('kept');
    expect(await deltalines(['record', '--force', file], { input: 'new' })).toStrictEqual({
      stdout: 'new',
      stderr: '',
      code: 0,
    });
    expect(readFileSync(file, 'utf8')).toBe('{"time":0,"text":"new","bytes":true}\n');
  });

  it('reports why it cannot write', async () => {
    const file = fileNamed('no/such/folder');
    expect(await deltalines(['record', file], { input: 'x' })).toStrictEqual({
      stdout: '',
      stderr: rows(`deltalines: ${file}: no such file or directory`),
      code: 1,
    });
  });

  it('copies everything even if the disk is full', async () => {
    expect(await deltalines(['record', '--force', '/dev/full'], { input: 'all of it' })).toStrictEqual({
      stdout: 'all of it',
      stderr: rows('deltalines: /dev/full: no space left on device'),
      code: 1,
    });
  });

  it('ends silently when its output closes', async () => {
    const child = start(['record', fileNamed('closed')]);
    const stderr = collect(child.stderr);
    child.stdout.destroy();
    child.stdin.on('error', () => undefined);
    child.stdin.write('x'.repeat(1_000_000));
    await once(child, 'close');
    expect([child.exitCode, stderr.text]).toStrictEqual([0, '']);
  });

  it.each([
    { args: ['record'], problem: "missing required argument 'file'" },
    {
      args: ['record', 'a', 'b'],
      problem: "too many arguments for 'record'. Expected 1 argument but got 2.",
    },
    { args: ['record', '--json', 'a'], problem: "unknown option '--json'" },
    {
      args: ['--json', '--pace', 'record', 'a'],
      problem: 'record does not take --json, --pace; a file of that name is ./record',
    },
  ])('rejects $args', async ({ args, problem }) => {
    const { stdout, stderr, code } = await deltalines(args, { directory: folder.path });
    expect([stdout, code]).toStrictEqual(['', 1]);
    expect(stderr).toContain(`deltalines: ${problem}\n`);
  });

  it('does not hide files called record or help', async () => {
    for (const name of ['record', 'help']) {
      writeFileSync(fileNamed(name), event(`in ${name}`));
    }
    const read = (...args: readonly string[]) => deltalines(args, { directory: folder.path });
    expect(await read('./record')).toMatchObject({ stdout: rows('answer m │ in record'), code: 0 });
    expect(await read('help')).toMatchObject({ stdout: rows('answer m │ in help'), code: 0 });
    expect((await read('help', 'record')).stdout.split('\n').sort()).toStrictEqual([
      '',
      'answer help │ in help',
      'answer record │ in record',
    ]);
  });

  it('is in the help', async () => {
    const { stdout } = await deltalines(['--help']);
    expect(stdout).toContain('record [options] <file>');
    expect((await deltalines(['record', '--help'])).stdout).toContain('--force');
  });
});

describe('a recording', () => {
  it('is replayed at its own times, whatever the times of its events', async () => {
    const recording = recordingOf(
      [0, event('at once\n')],
      [10, event('soon\n')],
      [36_000_000, event('hours later\n')],
    );
    const file = folder.write('timed', recording);
    const child = start(['--replay', '1x', file]);
    const printed = collect(child.stdout);
    await printed.until(rows('answer m │ at once', 'answer m │ soon'));
    child.kill('SIGINT');
    await finish(child);
    expect(child.exitCode).toBe(130);
    expect(printed.text).toBe(rows('answer m │ at once', 'answer m │ soon'));

    const all = rows('answer m │ at once', 'answer m │ soon', 'answer m │ hours later');
    for (const args of [[file], ['--replay', 'max', file], ['--replay', '10000000x', file]]) {
      expect(await deltalines(args)).toStrictEqual({ stdout: all, stderr: '', code: 0 });
    }
  });

  it('does not delay events by their own times', async () => {
    const late = (time: string, text: string) =>
      `${JSON.stringify({ ...(JSON.parse(event(text)) as object), ts: `2026-01-01T${time}Z` })}\n`;
    const file = folder.write('ts', recordingOf([0, late('00:00:00', 'a\n')], [1, late('20:00:00', 'b\n')]));
    expect(await deltalines(['--replay', '1x', file])).toMatchObject({
      stdout: rows('answer m │ a', 'answer m │ b'),
      code: 0,
    });
  });

  it('delays no other connection', async () => {
    const file = folder.write('slow', recordingOf([0, event('first\n')], [36_000_000, event('later\n')]));
    const other = folder.write('quick', recordingOf([0, event('1\n')], [5, event('2\n')]));
    const child = start(['--replay', '1x', file, other]);
    const printed = collect(child.stdout);
    await expect
      .poll(() => printed.text.trimEnd().split('\n').sort(), { timeout: 30_000 })
      .toStrictEqual(['answer quick │ 1', 'answer quick │ 2', 'answer slow │ first']);
    child.kill('SIGINT');
    await finish(child);
  });

  const crossed = Buffer.from(event('caf\u00e9 \u{1F600}'));
  const text = event('x\u{1F600}y');
  const pair = text.indexOf('\u{1F600}') + 1;

  it.each([
    {
      title: 'bytes that are cut in a character',
      recording: recordingOf(
        [0, crossed.subarray(0, 51)],
        [1, crossed.subarray(51, 54)],
        [2, crossed.subarray(54)],
      ),
      line: 'café \u{1F600}',
    },
    {
      title: 'text that is cut in a surrogate pair',
      recording: recordingOf([0, text.slice(0, pair)], [1, text.slice(pair)]),
      line: 'x\u{1F600}y',
    },
    { title: 'compressed bytes', recording: recordingOf([0, gzipSync(event('z'))]), line: 'z' },
    {
      title: 'a single byte at a time',
      recording: recordingOf(...Array.from(event('one')).map((each) => [0, Buffer.from(each)] as const)),
      line: 'one',
    },
    {
      title: 'lines with spaces',
      recording:
        '{ "time" : 0.5 , "text" : "{\\"type\\":\\"delta\\",\\"kind\\":\\"answer\\",\\"id\\":\\"m\\",\\"delta\\":\\"s\\"}" }',
      line: 's',
    },
  ])('may hold $title, compressed or not', async ({ recording, line }) => {
    const expected = { stdout: rows(`answer m │ ${line}`), stderr: '', code: 0 };
    expect(await deltalines([], { input: recording })).toStrictEqual(expected);
    expect(await deltalines([], { input: gzipSync(recording) })).toStrictEqual(expected);
  });

  it('is read up to an invalid line, which is reported', async () => {
    const file = folder.write('broken', `${recordingOf([0, event('a\n')])}{"time":1,"text":"x`);
    expect(await deltalines([file])).toStrictEqual({
      stdout: rows('answer m │ a'),
      stderr: rows(
        `deltalines: ${file}: Line 2 of the recording is not valid JSON; it begins with "{\\"time\\":1,\\"text\\":\\"x"`,
      ),
      code: 1,
    });
  });

  it('is recognized only by its whole first line', async () => {
    const docker = rows(JSON.stringify({ time: '2024-01-01T00:00:00Z', stream: 'stdout', log: 'a\n' }));
    const { stdout } = await deltalines([], { input: docker });
    expect(stdout).toContain('│ a\n');
  });
});
