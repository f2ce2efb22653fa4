import { afterEach, describe, expect, it, vi } from 'vitest';

import { Terminal } from '../../scripts/terminal.js';
import type { DeltaEvent } from '../../src/index.js';
import { commandPath, deltalines, temporaryFolder } from './command.js';

vi.setConfig({ testTimeout: 60_000 });

/** A machine that is busy takes its time to start the command. */
const PATIENCE = 30_000;

const folder = temporaryFolder();
const terminals: Terminal[] = [];

afterEach(() => {
  terminals.splice(0).forEach((terminal) => {
    terminal.kill();
  });
});

const delta = (id: string, text: string): DeltaEvent => ({ type: 'delta', kind: 'answer', id, delta: text });

/** A recording that pauses for an hour after these events. */
function recording(...events: readonly DeltaEvent[]): string {
  const stamped = [...events.map((event) => ({ ...event, ts: '2026-01-01T00:00:00Z' })), lateEvent];
  return folder.write('recording', stamped.map((event) => `${JSON.stringify(event)}\n`).join(''));
}

const lateEvent = { ...delta('late', 'late'), ts: '2026-01-01T01:00:00Z' };

function open(
  args: readonly string[],
  size = { columns: 40, rows: 8 },
  environment: Readonly<Record<string, string>> = {},
): Terminal {
  const terminal = new Terminal([process.execPath, commandPath, ...args], { ...size, environment });
  terminals.push(terminal);
  return terminal;
}

/** The screen, without how long a busy machine took. */
function screenOf(terminal: Terminal): string {
  return terminal.text.replaceAll(/ \ds/g, ' 0s');
}

/** Waits for this screen. */
async function shows(terminal: Terminal, ...rows: readonly string[]): Promise<void> {
  await expect.poll(() => screenOf(terminal), { timeout: PATIENCE }).toBe(rows.join('\n'));
}

/** Waits for a part of the screen. */
async function comes(terminal: Terminal, text: string): Promise<void> {
  await expect.poll(() => terminal.text, { timeout: PATIENCE }).toContain(text);
}

const twoStreams = [delta('a', 'one\ntwo'), delta('b', 'other\nand the end of a tail that is too long')];

const screenOfTwoStreams = [
  'answer a │ one',
  'answer b │ other',
  '● answer a  1 line  0s  two▌',
  '● answer b  1 line  0s  …at is too long▌',
];

describe('--live', () => {
  it('shows the open streams below the lines', async () => {
    const terminal = open(['--live', recording(...twoStreams)]);
    await shows(terminal, ...screenOfTwoStreams);
    expect(terminal.hasCursor).toBe(false);
  });

  it('leaves the lines, the cursor and the summary at the end', async () => {
    const file = folder.write('short', twoStreams.map((event) => `${JSON.stringify(event)}\n`).join(''));
    const terminal = open(['--live', '--summary', file], { columns: 80, rows: 12 });
    expect(await terminal.exitCode).toBe(0);
    expect(terminal.history.split('\n').slice(0, 5)).toStrictEqual([
      'answer a │ one',
      'answer b │ other',
      'answer a │ two',
      'answer b │ and the end of a tail that is too long',
      'kind    id  lines  characters  first line  closed',
    ]);
    expect(terminal.hasCursor).toBe(true);
  });

  it('counts wide characters, emoji and combining marks as the terminal does', async () => {
    const terminal = open([
      '--live',
      recording(
        delta('字', '漢字かな交じり文漢字かな交じり文'),
        delta('🙂', 'one 🙂 two 🙂 three 🙂'),
        delta('é', 'cafe\u0301 cafe\u0301 cafe\u0301 cafe\u0301'),
      ),
    ]);
    await shows(
      terminal,
      '● answer 字  0 lines  0s  …かな交じり文▌',
      '● answer 🙂  0 lines  0s  … 🙂 three 🙂▌',
      '● answer é   0 lines  0s  …fe\u0301 cafe\u0301 cafe\u0301▌',
    );
  });

  it('keeps each row on one row if the terminal shows wider characters', async () => {
    const family = '👩‍👩‍👧‍👦';
    const terminal = open(['--live', recording(delta('a', `one\n${family.repeat(6)}`), delta('b', 'x'))]);
    await comes(terminal, 'answer b  0 lines');
    const rows = terminal.text.split('\n');
    expect(rows.map((row) => row.slice(0, 10))).toStrictEqual(['answer a │', '● answer a', '● answer b']);
  });

  it('redraws when the terminal becomes narrower, lower, wider and higher', async () => {
    const terminal = open(['--live', recording(...twoStreams, delta('c', '1\n2\n3\n4\n5\n6\n'))], {
      columns: 60,
      rows: 8,
    });
    const lines = (first: number) =>
      ['1', '2', '3', '4', '5', '6'].slice(first).map((line) => `answer c │ ${line}`);
    const rows = (...tails: readonly string[]) => [
      `● answer a   1 line  0s${tails[0] ?? ''}`,
      `● answer b   1 line  0s${tails[1] ?? ''}`,
      '● answer c  6 lines  0s',
    ];
    await shows(terminal, ...lines(2), ...rows('  two▌', '  …he end of a tail that is too long▌'));
    terminal.resize(26, 8);
    await shows(terminal, ...lines(5), ...rows());
    terminal.resize(60, 4);
    await shows(terminal, '● answer a  1 line  0s  two▌', 'and 2 more');
    terminal.resize(70, 12);
    await comes(terminal, '● answer c  6 lines');
    terminal.type('\u0003');
    expect(await terminal.exitCode).toBe(130);
    expect(terminal.history.replace('^C', '')).toBe(
      [
        'answer a │ one',
        'answer b │ other',
        ...lines(0),
        'answer a │ two',
        'answer b │ and the end of a tail that is too long',
      ].join('\n'),
    );
  });

  it('never sends control characters of a stream to the terminal', async () => {
    const attack = '\u001b[2J\u001b]0;owned\u0007\u001b[?25h\u009b5A\u202e';
    const file = recording(delta('a', `${attack}\n`), delta(attack, attack), delta('c', `before\n\tafter`));
    const terminal = open(['--live', file], { columns: 110, rows: 8 });
    const shown = '\\x1b[2J\\x1b]0;owned\\x07\\x1b[?25h\\x9b5A\\u202e';
    await shows(
      terminal,
      `answer a │ ${shown}`,
      'answer c │ before',
      `● answer a${' '.repeat(43)}   1 line  0s`,
      `● answer ${shown}  0 lines  0s  …${shown.slice(4)}▌`,
      `● answer c${' '.repeat(43)}   1 line  0s   after▌`,
    );
    expect(terminal.hasCursor).toBe(false);
    expect(terminal.title).toBe('');
  });

  it('shows problems above the open streams', async () => {
    const terminal = open(['--live', recording(...twoStreams), `${folder.path}/missing`], {
      columns: 100,
      rows: 8,
    });
    await comes(terminal, '● answer recording');
    expect(terminal.text.split('\n').map((row) => row.split(' ')[0])).toStrictEqual([
      'deltalines:',
      'answer',
      'answer',
      '●',
      '●',
    ]);
  });

  it.each([
    { name: 'Ctrl-C', end: (terminal: Terminal) => terminal.type('\u0003'), code: 130 },
    { name: 'SIGTERM', end: ({ processId }: Terminal) => process.kill(processId, 'SIGTERM'), code: 143 },
    { name: 'SIGHUP', end: ({ processId }: Terminal) => process.kill(processId, 'SIGHUP'), code: 129 },
  ])('prints the tails and restores the terminal at $name', async ({ end, code }) => {
    const terminal = open(['--live', '--pace', recording(...twoStreams)]);
    await shows(terminal, ...screenOfTwoStreams);
    end(terminal);
    expect(await terminal.exitCode).toBe(code);
    expect(terminal.history.replace('^C', '').split('\n')).toStrictEqual([
      'answer a │ one',
      'answer b │ other',
      'answer a │ two',
      'answer b │ and the end of a tail that is too long',
    ]);
    expect(terminal.hasCursor).toBe(true);
  });

  it('restores the terminal at a crash', async () => {
    const bomb = `process.on("SIGUSR2",()=>{throw new Error("crash")})`;
    const terminal = open(
      ['--live', recording(...twoStreams)],
      { columns: 40, rows: 30 },
      {
        NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(bomb)}`,
      },
    );
    await shows(terminal, ...screenOfTwoStreams);
    process.kill(terminal.processId, 'SIGUSR2');
    expect(await terminal.exitCode).not.toBe(0);
    expect(terminal.history).toContain('Error: crash');
    expect(terminal.history).not.toContain('●');
    expect(terminal.hasCursor).toBe(true);
  });

  it('restores the terminal at Ctrl-Z, and continues afterwards', async () => {
    const terminal = open(['--live', recording(...twoStreams)]);
    await shows(terminal, ...screenOfTwoStreams);
    terminal.type('\u001a');
    await expect.poll(() => terminal.hasCursor, { timeout: PATIENCE }).toBe(true);
    process.kill(terminal.processId, 'SIGCONT');
    await shows(terminal, ...screenOfTwoStreams);
    expect(terminal.hasCursor).toBe(false);
  });

  it('needs a terminal', async () => {
    const message = 'deltalines: --live needs a terminal, and stdout is not a terminal\n';
    expect(await deltalines(['--live', recording()])).toStrictEqual({ stdout: '', stderr: message, code: 1 });
    const dumb = open(['--live', recording()], { columns: 80, rows: 8 }, { TERM: 'dumb' });
    expect(await dumb.exitCode).toBe(1);
    expect(dumb.text).toBe('deltalines: --live needs a terminal that can move the cursor, and TERM is dumb');
  });

  it('cannot be combined with --json', async () => {
    const { stdout, stderr, code } = await deltalines(['--live', '--json', recording()]);
    expect({ stdout, code }).toStrictEqual({ stdout: '', code: 1 });
    expect(stderr).toContain("deltalines: option '--live' cannot be used with option '--json'\n");
  });
});
