import { afterEach, describe, expect, it, vi } from 'vitest';

import { Terminal } from '../../scripts/terminal.js';
import { commandPath, deltalines, temporaryFolder } from './command.js';

vi.setConfig({ testTimeout: 60_000 });

const folder = temporaryFolder();
const terminals: Terminal[] = [];

afterEach(() => {
  terminals.splice(0).forEach((terminal) => {
    terminal.kill();
  });
});

const text =
  '# Title\n\nSome **bold** text\u001b[2J\n\n```js\nrun();\n```\n\n| a | b |\n|---|--:|\n| long | 1 |\n';
const file = folder.write(
  'answer',
  [
    { type: 'delta', kind: 'answer', id: 'a', delta: text },
    { type: 'end', kind: 'answer', id: 'a' },
  ]
    .map((event) => `${JSON.stringify(event)}\n`)
    .join(''),
);

describe('--markdown', () => {
  it('draws each block on a terminal', async () => {
    const terminal = new Terminal(
      [process.execPath, commandPath, '--markdown', '--protocol', 'deltas', file],
      {
        columns: 60,
        rows: 20,
        environment: {},
      },
    );
    terminals.push(terminal);
    expect(await terminal.exitCode).toBe(0);
    const rows = terminal.text.split('\n').map((row) => row.trimEnd());
    expect(rows).toEqual(
      expect.arrayContaining([
        'answer a │ Title',
        'answer a │ Some bold text\\x1b[2J',
        'answer a │ ▏ run();',
        'answer a │ a    │ b',
        'answer a │ long │ 1',
      ]),
    );
  });

  it('is refused on a pipe', async () => {
    const { code, stderr, stdout } = await deltalines(['--markdown', file]);
    expect({ code, stderr, stdout }).toStrictEqual({
      code: 1,
      stderr: 'deltalines: --markdown needs a terminal, and stdout is not a terminal\n',
      stdout: '',
    });
  });

  it('is refused with --json', async () => {
    const { code, stderr } = await deltalines(['--markdown', '--json', file]);
    expect(code).toBe(1);
    expect(stderr).toContain("'--markdown' cannot be used with option '--json'");
  });
});
