import { once } from 'node:events';

import { describe, expect, it, vi } from 'vitest';

import type { DeltaEvent } from '../../src/index.js';
import { collect, deltalines, finish, start } from './command.js';

vi.setConfig({ testTimeout: 60_000 });

const delta = (id: string, text: string): DeltaEvent => ({ type: 'delta', kind: 'answer', id, delta: text });
const jsonLines = (...events: readonly unknown[]) =>
  events.map((event) => `${JSON.stringify(event)}\n`).join('');
const rows = (...lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

describe('a signal', () => {
  it.each([
    { signal: 'SIGINT', code: 130 },
    { signal: 'SIGTERM', code: 143 },
    { signal: 'SIGHUP', code: 129 },
  ] as const)('$signal prints the tails, the closes and the summary first', async ({ signal, code }) => {
    const child = start(['--json', '--summary']);
    const printed = collect(child.stdout);
    const problems = collect(child.stderr);
    child.stdin.write(jsonLines(delta('m', 'one\ntwo')) + '{"type":"del');
    await expect.poll(() => printed.text, { timeout: 30_000 }).toContain('"one"');
    child.kill(signal);
    await once(child, 'close');
    expect(child.exitCode).toBe(code);
    expect(printed.text.trimEnd().split('\n').slice(2)).toStrictEqual([
      expect.stringContaining('"text":"two","eol":""'),
      expect.stringContaining('"type":"close"'),
    ]);
    expect(problems.text).toMatch(/1 stream, 2 lines, 7 characters, 0 drops\n$/);
  });

  it('prints at once the lines that --pace delays', async () => {
    const child = start(['--pace']);
    const printed = collect(child.stdout);
    const lines = Array.from({ length: 2000 }, (_, index) => `${index}\n`);
    child.stdin.write(jsonLines(delta('m', lines.join(''))));
    await expect.poll(() => printed.text, { timeout: 30_000 }).toContain('│ 0\n');
    child.kill('SIGINT');
    await once(child, 'close');
    expect(printed.text).toBe(lines.map((line) => `answer m │ ${line}`).join(''));
  });

  it('ends the command at once when it is repeated', async () => {
    const child = start([]);
    child.stdout.pause();
    child.stdin.write(jsonLines(delta('m', 'x'.repeat(60_000).concat('\n').repeat(10))));
    await expect.poll(() => child.stdout.readableLength, { timeout: 30_000 }).toBeGreaterThan(0);
    child.kill('SIGINT');
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect([130, 143]).toContain(child.exitCode);
    child.stdout.destroy();
  });
});

describe('lines of a log', () => {
  it('are the events of their protocol', async () => {
    const time = '2026-01-01T00:00:00Z';
    const input = `${time} stdout P 10 %\r\n${time} stderr F oops\n${time} stdout F 20 %\nplain\n${time} stdout F end`;
    expect(await deltalines(['--json'], { input })).toMatchObject({ stderr: '', code: 0 });
    expect(await deltalines([], { input })).toStrictEqual({
      stdout: rows(
        'stderr log │ oops',
        'stdout log │ 10 %\\x0d20 %',
        'other lines │ plain',
        'stdout log │ end',
      ),
      stderr: '',
      code: 0,
    });
  });

  it('are the pipes of a recorded session, from its first line', async () => {
    const input = 'STDERR: starting\nplain\nSTDIN: {"jsonrpc":"2.0"}\nSTDERR:\nSTDOUT: {"jsonrpc":"2.0"}\n';
    expect(await deltalines([], { input })).toStrictEqual({
      stdout: rows(
        'stderr stdio │ starting',
        'other lines │ plain',
        'input stdio │ {"jsonrpc":"2.0"}',
        'stderr stdio │ ',
        'stdout stdio │ {"jsonrpc":"2.0"}',
      ),
      stderr: '',
      code: 0,
    });
  });

  it('are plain text if no protocol has them', async () => {
    expect(await deltalines([], { input: 'STDERR: starting\n' })).toStrictEqual({
      stdout: rows('other lines │ STDERR: starting'),
      stderr: rows('deltalines: stdin: plain text, and no server-sent events, JSON lines or JSON array'),
      code: 1,
    });
  });

  it('are read from kubectl, also with --protocol', async () => {
    const input = '[pod/web-1/app] a\n[pod/web-2/app] b\n';
    const stdout = rows('output web-1 │ a', 'output web-2 │ b');
    expect(await deltalines([], { input })).toMatchObject({ stdout, code: 0 });
    expect(await deltalines(['--protocol', 'kubernetes'], { input })).toMatchObject({ stdout, code: 0 });
  });
});

describe('plain lines between the events', () => {
  it('are printed as lines of the kind other', async () => {
    const input = `go: downloading\n${jsonLines(delta('m', 'a\n'))}[warn] b\nc\n${jsonLines(delta('m', 'd\n'))}`;
    expect(await deltalines([], { input })).toStrictEqual({
      stdout: rows(
        'other lines │ go: downloading',
        'answer m │ a',
        'other lines │ [warn] b',
        'other lines │ c',
        'answer m │ d',
      ),
      stderr: '',
      code: 0,
    });
  });

  it('delay no stream with --order', async () => {
    const input = `one\n${jsonLines(delta('m', 'a\n'))}two\n`;
    const { stdout } = await deltalines(['--order', 'sequential'], { input });
    expect(stdout).toBe(rows('other lines │ one', 'answer m │ a', 'other lines │ two'));
  });

  it('are a problem if there is no event', async () => {
    expect(await deltalines([], { input: 'hello\n' })).toStrictEqual({
      stdout: rows('other lines │ hello'),
      stderr: rows('deltalines: stdin: plain text, and no server-sent events, JSON lines or JSON array'),
      code: 1,
    });
  });
});

describe('--ids', () => {
  const input = jsonLines(delta('r/1', 'a\n'), delta('s/1', 'b\n'), delta('s/2', 'c\n'));

  it('are as short as possible by default', async () => {
    const { stdout } = await deltalines([], { input });
    expect(stdout).toBe(rows('answer r │ a', 'answer s │ b', 'answer s/2 │ c'));
  });

  it('are complete with full', async () => {
    const { stdout } = await deltalines(['--ids', 'full'], { input });
    expect(stdout).toBe(rows('answer r/1 │ a', 'answer s/1 │ b', 'answer s/2 │ c'));
  });
});

describe('a failure', () => {
  it('of a stream is marked, and the exit code is 1', async () => {
    const input = jsonLines(delta('m', 'half'), {
      type: 'error',
      kind: 'answer',
      id: 'm',
      error: { message: 'overloaded' },
    });
    expect(await deltalines([], { input })).toStrictEqual({
      stdout: rows('answer m │ half', 'answer m ✗ overloaded'),
      stderr: '',
      code: 1,
    });
  });

  it.each([
    { body: { error: { message: 'Bad key' } }, message: 'Bad key' },
    { body: { error: 'no model' }, message: 'no model' },
    { body: [{ error: { message: 'quota' } }], message: 'quota' },
    { body: { type: 'error', error: { type: 'x', message: 'busy' } }, message: 'busy' },
    { body: { detail: 'Not Found' }, message: 'Not Found' },
    { body: { throttlingException: { message: 'Too many' } }, message: 'Too many' },
  ])('of a request is reported: $body', async ({ body, message }) => {
    const expected = { stdout: '', stderr: rows(`deltalines: stdin: ${message}`), code: 1 };
    expect(await deltalines([], { input: JSON.stringify(body) })).toStrictEqual(expected);
    expect(await deltalines([], { input: JSON.stringify(body, undefined, 2) })).toStrictEqual(expected);
  });

  it('of a request is reported if no stream is open', async () => {
    const input = JSON.stringify({ error: { message: 'Bad key' } });
    expect(await deltalines(['--protocol', 'openai-chat'], { input })).toMatchObject({
      stderr: rows('deltalines: stdin: Bad key'),
      code: 1,
    });
  });

  it.each([
    { name: 'before the first stream', events: [] },
    {
      name: 'after the last stream',
      events: [
        { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'Hi' } } },
        { contentBlockStop: { contentBlockIndex: 0 } },
        { messageStop: { stopReason: 'end_turn' } },
      ],
    },
  ])('of Amazon Bedrock is reported $name', async ({ events }) => {
    const input = jsonLines(...events, { modelStreamErrorException: { message: 'overloaded' } });
    expect(await deltalines(['--protocol', 'bedrock'], { input })).toStrictEqual({
      stdout: events.length === 0 ? '' : rows('answer 1 │ Hi'),
      stderr: rows('deltalines: stdin: overloaded'),
      code: 1,
    });
  });

  it('of Amazon Bedrock is reported once if it fails a stream', async () => {
    const input = jsonLines(
      { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'Hi' } } },
      { modelStreamErrorException: { message: 'overloaded' } },
    );
    const { stdout, stderr } = await deltalines([], { input });
    expect(`${stdout}${stderr}`.split('overloaded')).toHaveLength(2);
  });

  it('of a server that sends a page is reported with its title', async () => {
    const input = '<html>\n<head><title>502 Bad Gateway</title></head>\n</html>\n';
    expect(await deltalines([], { input })).toStrictEqual({
      stdout: '',
      stderr: rows('deltalines: stdin:1: an HTML page instead of events: 502 Bad Gateway'),
      code: 1,
    });
  });
});

describe('an end that is not normal', () => {
  const chunk = (choice: object) => ({ id: 'c', choices: [{ index: 0, ...choice }] });
  const chat = (reason: string) =>
    jsonLines(chunk({ delta: { content: 'half' } }), chunk({ delta: {}, finish_reason: reason }));
  const anthropic = jsonLines(
    { type: 'message_start', message: { id: 'm' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'half' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'max_tokens' } },
    { type: 'message_stop' },
  );

  it('is marked with the reason of the producer', async () => {
    expect(await deltalines([], { input: chat('length') })).toStrictEqual({
      stdout: rows('answer c │ half', 'answer c … [length]'),
      stderr: '',
      code: 0,
    });
    expect((await deltalines([], { input: anthropic })).stdout).toBe(
      rows('answer m │ half', 'answer m … [max_tokens]'),
    );
  });

  it('is in the commits of --json', async () => {
    const { stdout } = await deltalines(['--json'], { input: chat('content_filter') });
    expect(stdout).toContain('"reason":"end","lines":1,"finishReason":"content_filter"}');
  });

  it('is distinguished from a normal one', async () => {
    expect((await deltalines([], { input: chat('tool_calls') })).stdout).toBe(rows('answer c │ half'));
  });
});

describe('an error of a provider', () => {
  const half = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'half' } };

  it('in the middle of a stream is marked, and the exit code is 1', async () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
    expect(
      await deltalines([], {
        input: jsonLines({ type: 'message_start', message: { id: 'm' } }, half, error),
      }),
    ).toStrictEqual({
      stdout: rows('answer m │ half', 'answer m ✗ Overloaded'),
      stderr: '',
      code: 1,
    });
  });

  it('is reported if the prompt was blocked', async () => {
    const input = jsonLines({
      promptFeedback: { blockReason: 'SAFETY' },
      responseId: 'r',
      modelVersion: 'g',
    });
    expect(await deltalines([], { input })).toStrictEqual({
      stdout: rows('answer r ✗ the prompt was blocked: SAFETY'),
      stderr: '',
      code: 1,
    });
  });
});

describe('dropped events', () => {
  it('are counted in one line at the end', async () => {
    const end = { type: 'end', kind: 'answer', id: 'm' };
    const input = jsonLines(delta('m', 'a\n'), end, end, { type: 'delta' }, end);
    expect(await deltalines([], { input })).toStrictEqual({
      stdout: rows('answer m │ a'),
      stderr: rows('deltalines: 3 events dropped: 2 late, 1 malformed'),
      code: 0,
    });
  });

  it('are in the output of --json', async () => {
    const end = { type: 'end', kind: 'answer', id: 'm' };
    const { stderr } = await deltalines(['--json'], { input: jsonLines(delta('m', 'a\n'), end, end) });
    expect(stderr).toBe('');
  });
});

describe('a command that finishes', () => {
  it('ends with 0', async () => {
    const child = start([]);
    child.stdin.end(jsonLines(delta('m', 'a')));
    expect((await finish(child)).code).toBe(0);
  });
});
