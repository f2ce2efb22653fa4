import { describe, expect, it, vi } from 'vitest';

import type { DeltaEvent } from '../../src/index.js';
import { collect, deltalines, finish, start, temporaryFolder } from './command.js';

vi.setConfig({ testTimeout: 60_000 });

const folder = temporaryFolder();

const delta = (id: string, text: string): DeltaEvent => ({ type: 'delta', kind: 'answer', id, delta: text });
const at = (time: string, event: DeltaEvent) => ({ ...event, ts: `2026-01-01T${time}Z` });
const jsonLines = (...events: readonly unknown[]) =>
  events.map((event) => `${JSON.stringify(event)}\n`).join('');
const rows = (...lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

describe('--pace', () => {
  it('prints every line, and ends after the last', async () => {
    const numbers = Array.from({ length: 20 }, (_, index) => index);
    const input = jsonLines(...numbers.map((number) => delta('m', `${number}\n`)), delta('m', 'end'));
    expect(await deltalines(['--pace'], { input })).toStrictEqual({
      stdout: rows(...numbers.map((number) => `answer m │ ${number}`), 'answer m │ end'),
      stderr: '',
      code: 0,
    });
  });

  it('applies to --json, and precedes --summary', async () => {
    const input = jsonLines(delta('m', '1\n2\n3'));
    const { stdout } = await deltalines(['--pace', '--json'], { input });
    expect(stdout.trimEnd().split('\n')).toHaveLength(5);
    const summary = await deltalines(['--pace', '--summary'], { input });
    expect(summary.stdout.split(' ')[0]).toBe('answer');
    expect(summary.stdout.indexOf('│ 3\nkind ')).toBeGreaterThan(0);
  });

  it('reads a file only as fast as it prints', async () => {
    const file = folder.write(
      'long',
      jsonLines(...Array.from({ length: 50_000 }, () => delta('m', 'line\n'))),
    );
    const child = start(['--pace', file]);
    const printed = collect(child.stdout);
    await expect.poll(() => printed.text.split('\n').length, { timeout: 30_000 }).toBeGreaterThan(5);
    child.kill();
    await finish(child);
    expect(printed.text.split('\n').length).toBeLessThan(1000);
  });
});

describe('--replay', () => {
  const file = (name: string) =>
    folder.write(
      name,
      jsonLines(
        at('00:00:00', delta('m', 'at once\n')),
        at('00:00:00.010', delta('m', 'soon\n')),
        at('10:00:00', delta('m', 'hours later\n')),
      ),
    );

  it('waits as long as the recording did, separately for each file, until a signal', async () => {
    const other = folder.write(
      'other',
      jsonLines(at('23:00:00', delta('m', 'later, but first\n')), at('23:00:00.001', delta('m', 'end'))),
    );
    const child = start(['--replay', '1x', file('first'), other]);
    const printed = collect(child.stdout);
    await expect
      .poll(() => printed.text.trimEnd().split('\n').sort(), { timeout: 30_000 })
      .toStrictEqual(['answer first │ at once', 'answer first │ soon', 'answer other │ later, but first']);
    child.kill('SIGINT');
    await finish(child);
    expect(child.exitCode).toBe(130);
  });

  it.each(['max', '10000000x', '10000000', '10000000.5x'])('plays at %s', async (speed) => {
    expect(await deltalines(['--replay', speed, file('fast')])).toStrictEqual({
      stdout: rows('answer m │ at once', 'answer m │ soon', 'answer m │ hours later'),
      stderr: '',
      code: 0,
    });
  });

  it('replays a pipe', async () => {
    const input = jsonLines(delta('m', '1\n'), delta('m', '2\n'), delta('m', '3'));
    expect(await deltalines(['--replay', '10x'], { input })).toMatchObject({
      stdout: rows('answer m │ 1', 'answer m │ 2', 'answer m │ 3'),
      code: 0,
    });
  });

  it('waits for numbers out of order, however slow the replay', async () => {
    const events = [
      { type: 'response.created', sequence_number: 0, response: { id: 'r' } },
      ...['c', 'b', 'a'].map((text, index) => ({
        type: 'response.output_text.delta',
        sequence_number: 3 - index,
        item_id: 'm',
        output_index: 0,
        content_index: 0,
        delta: text,
      })),
    ].map((event, index) => ({ ...event, ts: `2026-01-01T00:00:${String(index * 10).padStart(2, '0')}Z` }));
    const recording = folder.write('out-of-order', jsonLines(...events));
    const { stdout } = await deltalines(['--replay', '30x', recording]);
    expect(stdout).toMatch(/│ abc\n$/);
  });

  it.each(['0', '0x', '-1x', 'fast', '', '1y', 'Infinity'])('is not "%s"', async (speed) => {
    const { stderr, code } = await deltalines([`--replay=${speed}`]);
    expect(code).toBe(1);
    expect(stderr).toContain(`deltalines: option '--replay <speed>' argument '${speed}' is invalid`);
  });
});
