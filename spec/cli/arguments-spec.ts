import { describe, expect, it, vi } from 'vitest';

import type { Commit } from '../../src/index.js';
import { textOf } from '../support/arbitraries.js';
import { deltalines, temporaryFolder } from './command.js';

vi.setConfig({ testTimeout: 60_000 });

const recording = 'examples/recordings/two-files.sse';
const folder = temporaryFolder();

/** What stands in the recording, read by eye. */
const texts = {
  'answer resp_1/0/0': 'I write **two files** at once:\n\n1. the code\n2. its description\n',
  'tool resp_1/1/0#/path': 'src/lines.ts',
  'tool resp_1/1/0#/content': `/** The lines of a text; the last one may have no end. */
export function linesOf(text: string): readonly string[] {
  return text.split(/(?<=\\n)/);
}

// A tab\t, a quote " and an emoji 🚀 arrive in escapes.
export const example = linesOf('one\\ntwo');
`,
  'tool resp_1/2/0#/path': 'README.md',
  'tool resp_1/2/0#/overwrite': 'true',
  'tool resp_1/2/0#/content': `# lines

Splits a text into **lines**, each with its end.

- one function
- no dependency

\`\`\`ts
linesOf('one\\ntwo'); // ['one\\n', 'two']
\`\`\`

| input | lines |
| ----- | ----- |
| empty | 1     |
| \`a\\n\` | 2     |
`,
};

const rows = (...lines: string[]) => lines.map((line) => `${line}\n`).join('');
const delta = (text: string, id = 'call_1') => ({ type: 'delta', kind: 'tool', id, delta: text });
const end = (id = 'call_1') => ({ type: 'end', kind: 'tool', id });
const jsonLines = (...events: unknown[]) => events.map((event) => `${JSON.stringify(event)}\n`).join('');

/** Runs the command with `--arguments` on plain delta events. */
const shown = (...events: unknown[]) => deltalines(['--arguments'], { input: jsonLines(...events) });

function textsOf(stdout: string): Readonly<Record<string, string>> {
  const streams = new Map<string, Commit[]>();
  for (const row of stdout.trimEnd().split('\n')) {
    const commit = JSON.parse(row) as Commit;
    if (commit.type !== 'drop') {
      const key = `${commit.stream.kind} ${commit.stream.id}`;
      streams.set(key, [...(streams.get(key) ?? []), commit]);
    }
  }
  return Object.fromEntries([...streams].map(([key, commits]) => [key, textOf(commits)]));
}

describe('--arguments', () => {
  it('prints the texts of two files that two calls write at the same time', async () => {
    const { stdout, stderr, code } = await deltalines(['--arguments', '--json', recording]);
    expect({ stderr, code }).toStrictEqual({ stderr: '', code: 0 });
    expect(textsOf(stdout)).toStrictEqual(texts);
  });

  it('prints lines as the model writes them', async () => {
    const { stdout } = await deltalines(['--arguments', '--kind', 'tool', recording]);
    const lines = stdout.split('\n');
    expect(lines.slice(0, 6)).toStrictEqual([
      'tool resp_1/1#/path │ src/lines.ts',
      'tool resp_1/2#/path │ README.md',
      'tool resp_1/2#/overwrite │ true',
      'tool resp_1/2#/content │ # lines',
      'tool resp_1/2#/content │ ',
      'tool resp_1/1#/content │ /** The lines of a text; the last one may have no end. */',
    ]);
    const turns = lines.map((line) => line.slice(0, 13)).filter((id, index, ids) => id !== ids[index - 1]);
    expect(turns.length).toBeGreaterThan(8);
  });

  it('prints each value complete with --order grouped', async () => {
    const { stdout } = await deltalines(['--arguments', '--order', 'grouped', '--kind', 'tool', recording]);
    const content = texts['tool resp_1/1/0#/content'].trimEnd().split('\n');
    expect(stdout).toContain(rows(...content.map((line) => `tool resp_1/1#/content │ ${line}`)));
  });

  it('shortens the id of the call, but never the pointer', async () => {
    const other = folder.write('other', jsonLines(delta('{"a":{"b":[{"c/d":1}]}}'), end()));
    const { stdout } = await deltalines(['--arguments', '--kind', 'tool', other, recording]);
    expect(stdout).toContain(rows('tool other#/a/b/0/c~1d │ 1'));
    expect(stdout).toContain(rows('tool two-files.sse/resp_1/1#/path │ src/lines.ts'));
    expect(stdout).toContain(rows('tool two-files.sse/resp_1/2#/path │ README.md'));
    const full = await deltalines(['--arguments', '--ids', 'full', other]);
    expect(full.stdout).toBe(rows('tool call_1#/a/b/0/c~1d │ 1'));
  });

  it('changes nothing without tool calls or without the option', async () => {
    const answers = 'examples/recordings/turn-1.sse';
    expect(await deltalines(['--arguments', answers])).toStrictEqual(await deltalines([answers]));
    const { stdout } = await deltalines([], { input: jsonLines(delta('{"a":'), delta('1}'), end()) });
    expect(stdout).toBe(rows('tool call_1 │ {"a":1}'));
  });

  it('does not change plain text', async () => {
    expect(await shown(delta('\n'), delta('*** Begin {patch}\n'), delta('+1'), end())).toStrictEqual({
      stdout: rows('tool call_1 │ ', 'tool call_1 │ *** Begin {patch}', 'tool call_1 │ +1'),
      stderr: '',
      code: 0,
    });
  });

  it.each([
    {
      name: 'in a value',
      events: [delta('{"path":"a","content":"on'), end()],
      stdout: rows(
        'tool call_1#/path │ a',
        'tool call_1#/content │ on',
        'tool call_1#/content ✗ The JSON ends after 25 characters, before it is complete',
      ),
    },
    {
      name: 'between two values',
      events: [delta('{"path":"a",'), end()],
      stdout: rows(
        'tool call_1#/path │ a',
        'tool call_1# ✗ The JSON ends after 12 characters, before it is complete',
      ),
    },
    {
      name: 'before the first value, without an end',
      events: [delta('{"pa')],
      stdout: rows('tool call_1# ✗ The JSON ends after 4 characters, before it is complete'),
    },
  ])('fails once for arguments that are cut off $name', async ({ events, stdout }) => {
    expect(await shown(...events)).toStrictEqual({ stdout, stderr: '', code: 1 });
  });

  it('fails once for arguments that are not JSON', async () => {
    const { stdout, code } = await shown(delta('{"path":"a","b":x}'), end(), delta('{"c":1}', 'call_2'));
    expect(stdout).toMatch(
      /^tool call_1#\/path │ a\ntool call_2#\/c │ 1\ntool call_1#(?:\/b)? ✗ .*\n$|^tool call_1#\/path │ a\ntool call_1#(?:\/b)? ✗ .*\ntool call_2#\/c │ 1\n$/,
    );
    expect(code).toBe(1);
  });

  it('counts late events, and prints them with --json', async () => {
    const late = delta('"late"');
    const input = jsonLines(delta('{"a":1}'), end(), late);
    const { stdout, stderr } = await deltalines(['--arguments'], { input });
    expect(stdout).toBe(rows('tool call_1#/a │ 1'));
    expect(stderr).toBe(rows('deltalines: 1 event dropped: 1 late'));
    const json = await deltalines(['--arguments', '--json'], { input });
    expect(json.stdout).toContain(rows(JSON.stringify({ type: 'drop', reason: 'late', event: late })));
  });

  it('continues after malformed events', async () => {
    const { stdout, stderr } = await shown(
      delta('{"a":'),
      { type: 'delta', kind: 'tool', id: 'call_1', delta: 7 },
      { type: 'delta', kind: 'tool', id: 7, delta: 'x' },
      delta('1}'),
      end(),
    );
    expect(stdout).toBe(rows('tool call_1#/a │ 1'));
    expect(stderr).toBe(rows('deltalines: 2 events dropped: 2 malformed'));
  });
});
