import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it, vi } from 'vitest';

import packageJson from '../../package.json' with { type: 'json' };
import type { DeltaEvent } from '../../src/index.js';
import { protocols } from '../../src/protocols/index.js';
import { collect, commandPath, deltalines, finish, start, temporaryFolder } from './command.js';

// Each spec starts the command, and a machine that is busy takes its time for that.
vi.setConfig({ testTimeout: 60_000 });

const folder = temporaryFolder();

const delta = (id: string, text: string, kind = 'answer'): DeltaEvent => ({
  type: 'delta',
  kind,
  id,
  delta: text,
});
const end = (id: string, kind = 'answer'): DeltaEvent => ({ type: 'end', kind, id });

const jsonLines = (...events: unknown[]) => events.map((event) => `${JSON.stringify(event)}\n`).join('');
const messages = (...events: unknown[]) =>
  events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
const rows = (...lines: string[]) => lines.map((line) => `${line}\n`).join('');

const twoStreams = [
  delta('m1', 'one\ntw'),
  delta('t1', 'hm\n', 'reasoning'),
  delta('m1', 'o\n'),
  delta('t1', 'well', 'reasoning'),
  end('m1'),
  end('m1'),
];

/** The message for a user who must choose the protocol. */
const choice = `choose one with --protocol: ${Object.keys(protocols).join(', ')}`;

describe('deltalines', () => {
  it.each([
    { name: 'JSON lines', text: jsonLines(...twoStreams) },
    { name: 'server-sent events', text: messages(...twoStreams) },
    { name: 'server-sent events with CR LF', text: messages(...twoStreams).replaceAll('\n', '\r\n') },
    {
      name: 'a byte order mark, blank lines and a comment',
      text: `\ufeff\n\n: hi\n\n${messages(...twoStreams)}`,
    },
    { name: 'a byte order mark and JSON lines', text: `\ufeff${jsonLines(...twoStreams)}` },
    { name: 'a last line without an end', text: jsonLines(...twoStreams).trimEnd() },
    { name: 'a last message without an end', text: messages(...twoStreams).trimEnd() },
  ])('reads $name from standard input and from a file', async ({ text }) => {
    const expected = {
      stdout: rows('answer m1 │ one', 'reasoning t1 │ hm', 'answer m1 │ two', 'reasoning t1 │ well'),
      stderr: rows('deltalines: 1 event dropped: 1 late'),
      code: 0,
    };
    const file = folder.write('events', text);
    expect(await deltalines([], { input: text })).toStrictEqual(expected);
    expect(await deltalines(['-'], { input: text })).toStrictEqual(expected);
    expect(await deltalines([file])).toStrictEqual(expected);
  });

  it('prints nothing for empty input', async () => {
    expect(await deltalines([])).toStrictEqual({ stdout: '', stderr: '', code: 0 });
  });

  it('marks the rest of a line that was too long', async () => {
    const { stdout } = await deltalines([], { input: jsonLines(delta('m1', `${'x'.repeat(65_536)}y\n`)) });
    expect(stdout).toBe(rows(`answer m1 │ ${'x'.repeat(65_536)}`, 'answer m1 ┊ y'));
  });

  it('never sends control characters', async () => {
    const attack = '\u001b]0;owned\u0007\u009b2J\u202e';
    const shown = '\\x1b]0;owned\\x07\\x9b2J\\u202e';
    const { stdout, stderr } = await deltalines([`no${attack}file`, '-', '--summary'], {
      input: `${jsonLines(delta(attack, attack, attack)) + attack}\n{${attack}`,
    });
    expect(stdout).toContain(`${shown} stdin │ ${shown}\n`);
    expect(stdout).toContain(`other stdin │ ${shown}\n`);
    expect(stderr).toContain(`deltalines: no${shown}file: no such file or directory\n`);
    expect(stderr).toContain(`deltalines: stdin:3: broken JSON: {${shown}\n`);
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });

  it('prints no colors into a pipe', async () => {
    const { stdout } = await deltalines([], {
      input: jsonLines(delta('m1', 'a')),
      environment: { FORCE_COLOR: '3', COLORTERM: 'truecolor' },
    });
    expect(stdout).toBe(rows('answer m1 │ a'));
  });
});

describe('several files', () => {
  it('are read one event of each in turn, and named like the files', async () => {
    const first = folder.write('first', jsonLines(delta('m', 'a\n'), delta('m', 'b\n'), delta('m', 'c\n')));
    const second = folder.write('second', messages(delta('m', '1\n'), delta('m', '2\n')));
    const third = folder.write('third', '');
    const { stdout } = await deltalines([first, third, second]);
    expect(stdout).toBe(
      rows(
        'answer first │ a',
        'answer second │ 1',
        'answer first │ b',
        'answer second │ 2',
        'answer first │ c',
      ),
    );
  });

  it('are named by their paths if their names are equal', async () => {
    for (const name of ['a', 'b']) {
      mkdirSync(join(folder.path, name), { recursive: true });
      writeFileSync(join(folder.path, name, 'log'), jsonLines(delta('m', `${name}\n`)));
    }
    folder.write('other', jsonLines(delta('m', 'c\n')));
    const { stdout } = await deltalines(['a/log', './b/log', './other', '-'], {
      directory: folder.path,
      input: jsonLines(delta('m', 'd\n')),
    });
    expect(stdout.split('\n').sort()).toStrictEqual([
      '',
      'answer ./b │ b',
      'answer a │ a',
      'answer other │ c',
      'answer stdin │ d',
    ]);
  });

  it('take turns even if they are longer than a chunk', async () => {
    const events = (name: string) =>
      Array.from({ length: 5_000 }, (_, index) => delta('m', `${name}${index}\n`));
    const first = folder.write('first', jsonLines(...events('a')));
    const second = folder.write('second', messages(...events('b')));
    const { stdout } = await deltalines([first, second]);
    const texts = stdout
      .trimEnd()
      .split('\n')
      .map((row) => row.slice(row.indexOf('│') + 2));
    expect(texts).toStrictEqual(events('').flatMap((_, index) => [`a${index}`, `b${index}`]));
  });

  it('are not delayed by a silent pipe', async () => {
    const pipe = join(folder.path, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const file = folder.write('file', jsonLines(delta('m', 'file\n')));
    const child = start([pipe, file]);
    const printed = collect(child.stdout);
    await printed.until(rows('answer file │ file'));
    await writeFile(pipe, jsonLines(delta('m', 'pipe\n')));
    expect((await finish(child)).code).toBe(0);
    expect(printed.text).toBe(rows('answer file │ file', 'answer pipe │ pipe'));
  });
});

describe('a live connection', () => {
  it('is printed line by line until it ends', async () => {
    const child = start([]);
    const printed = collect(child.stdout);
    child.stdin.write(jsonLines(delta('m', 'one\ntw')));
    await printed.until(rows('answer m │ one'));
    child.stdin.write(messages(delta('m', 'o\n')).slice('data: '.length));
    await printed.until(rows('answer m │ one', 'answer m │ two'));
    child.stdin.end();
    expect((await finish(child)).code).toBe(0);
  });

  it('has its streams closed after --idle-timeout without events', async () => {
    const child = start(['--idle-timeout', '50']);
    const printed = collect(child.stdout);
    child.stdin.write(jsonLines(delta('m', 'unfinished')));
    await printed.until(rows('answer m │ unfinished'));
    child.stdin.end();
    expect((await finish(child)).code).toBe(0);
  });

  it('of parallel go tests prints one test after another with --order grouped', async () => {
    const child = start(['--order', 'grouped']);
    const printed = collect(child.stdout);
    const event = (action: string, test: string, output?: string) => ({
      Action: action,
      Package: 'p',
      Test: test,
      ...(output === undefined ? {} : { Output: output }),
    });
    child.stdin.write(
      jsonLines(
        event('run', 'A'),
        event('run', 'B'),
        event('output', 'A', 'a half '),
        event('output', 'B', 'b1\n'),
        event('output', 'A', 'line\n'),
        event('output', 'B', 'b2\n'),
        event('pass', 'B'),
      ),
    );
    await printed.until(rows('output p/B │ b1', 'output p/B │ b2'));
    child.stdin.write(jsonLines(event('fail', 'A')));
    await printed.until(rows('output p/B │ b1', 'output p/B │ b2', 'output p/A │ a half line'));
    child.stdin.end();
    expect((await finish(child)).code).toBe(0);
  });

  it('with an unknown protocol is not read to its end', async () => {
    const child = start([]);
    child.stdin.on('error', () => undefined);
    child.stdin.write(jsonLines(...Array.from({ length: 100 }, () => ({ hello: 1 }))));
    const { code, stderr } = await finish(child);
    expect({ code, stderr }).toStrictEqual({
      code: 1,
      stderr: `deltalines: stdin: unknown protocol (no sign of a protocol; events looked at: 64); ${choice}\n`,
    });
  });

  it('may be closed at its output', async () => {
    const child = start([
      folder.write('long', jsonLines(...Array.from({ length: 50_000 }, () => delta('m', 'a\n')))),
    ]);
    const result = finish(child);
    child.stdout.once('data', () => child.stdout.destroy());
    expect(await result).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('--json', () => {
  it('prints each commit as a line', async () => {
    const { stdout } = await deltalines(['--json'], { input: jsonLines(...twoStreams) });
    const answer = { kind: 'answer', id: 'm1', generation: 0 };
    const reasoning = { kind: 'reasoning', id: 't1', generation: 0 };
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toStrictEqual([
      { type: 'open', stream: answer },
      { type: 'line', stream: answer, index: 0, text: 'one', eol: '\n' },
      { type: 'open', stream: reasoning },
      { type: 'line', stream: reasoning, index: 0, text: 'hm', eol: '\n' },
      { type: 'line', stream: answer, index: 1, text: 'two', eol: '\n' },
      { type: 'close', stream: answer, reason: 'end', lines: 2 },
      { type: 'drop', reason: 'late', event: end('m1') },
      { type: 'line', stream: reasoning, index: 1, text: 'well', eol: '' },
      { type: 'close', stream: reasoning, reason: 'complete', lines: 2 },
    ]);
  });
});

describe('--order', () => {
  const input = jsonLines(
    { ...delta('b', 'b1\n'), order: [2] },
    { ...delta('a', 'a1\n'), order: [1] },
    { ...delta('c', 'c1\n'), order: [0] },
    delta('b', 'b2\n'),
    end('a'),
    end('b'),
  );

  it.each([
    { order: 'arrival', lines: ['b │ b1', 'a │ a1', 'c │ c1', 'b │ b2'] },
    { order: 'sequential', lines: ['b │ b1', 'b │ b2', 'c │ c1', 'a │ a1'] },
    { order: 'grouped', lines: ['a │ a1', 'b │ b1', 'b │ b2', 'c │ c1'] },
  ])('$order', async ({ order, lines }) => {
    const { stdout, code } = await deltalines(['--order', order], { input });
    expect(stdout).toBe(rows(...lines.map((line) => `answer ${line}`)));
    expect(code).toBe(0);
  });

  it('prints the streams of one file after those of another', async () => {
    const first = folder.write('first', jsonLines({ ...delta('x', '1\n'), order: [9] }, delta('x', '2\n')));
    const second = folder.write(
      'second',
      jsonLines({ ...delta('y', '3\n'), order: [1] }, { ...delta('z', '4\n'), order: [0] }),
    );
    const { stdout } = await deltalines([first, second, '--order', 'sequential']);
    expect(stdout).toBe(
      rows('answer first │ 1', 'answer first │ 2', 'answer second/z │ 4', 'answer second/y │ 3'),
    );
  });

  it('accepts only its three values', async () => {
    const { stderr, code } = await deltalines(['--order', 'random'], { input });
    expect(stderr).toContain('arrival, sequential, grouped');
    expect(code).toBe(1);
  });
});

describe('a final text that differs', () => {
  const input = jsonLines(delta('a', 'one\ntwo\n'), { ...end('a'), text: 'one\nTWO\n' });

  it('is shown as a correction', async () => {
    const { stdout } = await deltalines([], { input });
    expect(stdout).toBe(
      rows('answer a │ one', 'answer a │ two', 'answer a ↺ corrected from line 2 on:', 'answer a │ TWO'),
    );
  });

  it('is a revise in --json', async () => {
    const { stdout } = await deltalines(['--json'], { input });
    expect(stdout).toContain(
      '{"type":"revise","stream":{"kind":"answer","id":"a","generation":0},"index":1}',
    );
  });
});

describe('--kind', () => {
  it.each([
    { args: ['--kind', 'answer'], kinds: ['answer'] },
    { args: ['--kind', 'answer', '--kind', 'tool'], kinds: ['answer', 'tool'] },
    { args: ['--kind', 'answer,tool'], kinds: ['answer', 'tool'] },
    { args: ['--kind', 'none'], kinds: [] },
  ])('prints only $kinds', async ({ args, kinds }) => {
    const input = jsonLines(...['answer', 'reasoning', 'tool'].map((kind) => delta('m', 'a\n', kind)));
    const { stdout } = await deltalines(args, { input });
    expect(stdout).toBe(rows(...kinds.map((kind) => `${kind} m │ a`)));
  });

  it('prints drops', async () => {
    const { stdout } = await deltalines(['--kind', 'none', '--json'], { input: jsonLines(...twoStreams) });
    expect(stdout).toBe(
      rows('{"type":"drop","reason":"late","event":{"type":"end","kind":"answer","id":"m1"}}'),
    );
  });

  it('reports a stream that failed and is not printed', async () => {
    const failed = { type: 'error', kind: 'tool', id: 'call', error: 'boom' };
    const input = jsonLines(delta('m', 'a\n'), failed);
    expect(await deltalines(['--kind', 'answer'], { input })).toStrictEqual({
      stdout: rows('answer m │ a'),
      stderr: rows('deltalines: tool call: boom'),
      code: 1,
    });
  });
});

describe('--summary', () => {
  const table = rows(
    'kind       id  lines  characters  closed',
    'answer     m1      2           8  end',
    'reasoning  t1      2           7  complete',
    'stdin: deltas, event 1 has the type "delta" with a kind and an id',
    'at most 2 streams at once',
    '2 streams, 4 lines, 15 characters, 1 drop',
  );
  /** The same without the times, which standard input has, because it arrives as it is sent. */
  const withoutTimes = (printed: string) =>
    printed
      .replace(/  first line/, '')
      .replaceAll(/ +[\d.]+ m?s(?=  )/g, '')
      .replace(/^first line: .*\n/m, '');

  it('ends with a table', async () => {
    const { stdout, stderr } = await deltalines(['--summary'], { input: jsonLines(...twoStreams) });
    expect(withoutTimes(stdout)).toBe(
      rows('answer m1 │ one', 'reasoning t1 │ hm', 'answer m1 │ two', 'reasoning t1 │ well') + table,
    );
    expect(stderr).toBe(rows('deltalines: 1 event dropped: 1 late'));
  });

  it('prints to stderr with --json', async () => {
    const { stdout, stderr } = await deltalines(['--summary', '--json'], { input: jsonLines(...twoStreams) });
    expect(stdout.trimEnd().split('\n')).toHaveLength(9);
    expect(withoutTimes(stderr)).toBe(table);
  });

  it('has times for live input and for a replay, but not for a file', async () => {
    const file = folder.write('lines', jsonLines(...twoStreams));
    const times = /^first line: [\d.]+ m?s on average, [\d.]+ m?s at most$/m;
    const printed = await Promise.all([
      deltalines(['--summary'], { input: jsonLines(...twoStreams) }),
      deltalines(['--summary', '--replay', '100x', file]),
      deltalines(['--summary', file]),
    ]);
    expect(printed.map(({ stdout }) => times.test(stdout))).toStrictEqual([true, true, false]);
  });

  it('counts only the printed kinds', async () => {
    const { stdout } = await deltalines(['--summary', '--kind', 'reasoning'], {
      input: jsonLines(...twoStreams),
    });
    expect(withoutTimes(stdout)).toBe(
      rows(
        'reasoning t1 │ hm',
        'reasoning t1 │ well',
        'kind       id  lines  characters  closed',
        'reasoning  t1      2           7  complete',
        'stdin: deltas, event 1 has the type "delta" with a kind and an id',
        'at most 1 stream at once',
        '1 stream, 2 lines, 7 characters, 1 drop',
      ),
    );
  });
});

describe('--protocol', () => {
  it('is not needed if an early event is typical', async () => {
    const unknown = Array.from({ length: 20 }, (_, index) => ({ index }));
    const { stdout, code } = await deltalines(['--json'], { input: jsonLines(...unknown, delta('m', 'a')) });
    expect({ drops: stdout.match(/"malformed"/g)?.length, code }).toStrictEqual({ drops: 20, code: 0 });
  });

  it('is not guessed if an event has signs of two', async () => {
    const input = jsonLines({ type: 'response.created', object: 'chat.completion.chunk', choices: [] });
    const { stderr, code } = await deltalines([], { input });
    expect(stderr).toContain('stdin: ambiguous protocol (openai-responses: event 1 has');
    expect(code).toBe(1);
  });

  it('sets the protocol of events without a sign', async () => {
    const input = jsonLines({ type: 'response.unheard', id: 'm' }, delta('m', 'a'));
    expect(await deltalines(['--protocol', 'deltas'], { input })).toMatchObject({
      stdout: rows('answer m │ a'),
    });
    expect(await deltalines(['--protocol', 'codex'], { input })).toMatchObject({ stdout: '', code: 0 });
  });
});

describe('a problem', () => {
  it('is reported with its line, and the rest is printed', async () => {
    const lines = folder.write(
      'lines',
      `${jsonLines(delta('m', 'a\n'))}\n{"type":\n${jsonLines(delta('m', 'b\n'))}`,
    );
    const sse = folder.write(
      'sse',
      `${messages(delta('m', 'a\n'))}event: x\ndata: {\n\n${messages(delta('m', 'b\n'))}`,
    );
    const missing = join(folder.path, 'missing');
    expect(await deltalines([lines, missing, folder.path, sse])).toStrictEqual({
      stdout: rows('answer lines │ a', 'answer sse │ a', 'answer lines │ b', 'answer sse │ b'),
      stderr: rows(
        `deltalines: ${missing}: no such file or directory`,
        `deltalines: ${folder.path}: illegal operation on a directory`,
        `deltalines: ${lines}:3: broken JSON: {"type":`,
        `deltalines: ${sse}:4: broken JSON: {`,
      ),
      code: 1,
    });
  });

  it('that occurs a thousand times is reported twenty times', async () => {
    const { stdout, stderr, code } = await deltalines([], {
      input: '{"\n'.repeat(1000) + jsonLines(delta('m', 'a')),
    });
    const reported = Array.from(
      { length: 20 },
      (_, index) => `deltalines: stdin:${index + 1}: broken JSON: {"`,
    );
    expect({ stdout, stderr, code }).toStrictEqual({
      stdout: rows('answer m │ a'),
      stderr: rows(...reported, 'deltalines: stdin: 980 more broken lines'),
      code: 1,
    });
  });

  it('is an unknown protocol', async () => {
    const known = folder.write('known', jsonLines(delta('m', 'a')));
    const unknown = folder.write('unknown', jsonLines({ hello: 1 }));
    expect(await deltalines([unknown, known])).toStrictEqual({
      stdout: rows('answer known │ a'),
      stderr: rows(
        `deltalines: ${unknown}: unknown protocol (no sign of a protocol; events looked at: 1); ${choice}`,
      ),
      code: 1,
    });
  });

  it.each([
    { args: ['--nothing'], message: "unknown option '--nothing'" },
    { args: ['--protocol', 'x'], message: "option '--protocol <name>' argument 'x' is invalid" },
    { args: ['--kind'], message: "option '--kind <kind>' argument missing" },
    ...['0', '-1', 'soon', '', 'NaN', '2147483648'].map((value) => ({
      args: [`--idle-timeout=${value}`],
      message: `option '--idle-timeout <ms>' argument '${value}' is invalid`,
    })),
  ])('is $args', async ({ args, message }) => {
    const { stdout, stderr, code } = await deltalines(args);
    expect({ stdout, code }).toStrictEqual({ stdout: '', code: 1 });
    expect(stderr).toContain(`deltalines: ${message}`);
    expect(stderr).toContain('Try deltalines --help\n');
  });
});

describe('the command', () => {
  it('prints its help', async () => {
    const { stdout, code } = await deltalines(['--help']);
    expect(stdout).toContain('Usage: deltalines [options] [file...]');
    expect(code).toBe(0);
  });

  it('prints its version', async () => {
    expect(await deltalines(['--version'])).toStrictEqual({
      stdout: rows(packageJson.version),
      stderr: '',
      code: 0,
    });
  });
});

describe('a shell', () => {
  it('may end the command early with head', () => {
    const file = folder.write('long', jsonLines(...Array.from({ length: 50_000 }, () => delta('m', 'a\n'))));
    const script = '{ "$0" "$1" "$2" 2>&1; echo "exit code $?" >&2; } | head -n 1';
    const { stdout, stderr } = spawnSync('sh', ['-c', script, process.execPath, commandPath, file], {
      encoding: 'utf8',
    });
    expect({ stdout, stderr }).toStrictEqual({ stdout: rows('answer m │ a'), stderr: rows('exit code 0') });
  });
});
