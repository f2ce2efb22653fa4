import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, describe, expect, it, vi } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The files whose examples a reader might copy. */
const files = [
  'README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file)),
  ...readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join('src', file)),
];

const examples = files.flatMap((file) =>
  blocksOf(readFileSync(join(root, file), 'utf8')).map((code, number) => ({
    file,
    number: number + 1,
    code,
  })),
);

/** The code blocks of a text that say what they log; in a comment, each line begins with an asterisk. */
function blocksOf(text: string): readonly string[] {
  const code = text.replaceAll(/^ *\* ?/gm, '');
  return [...code.matchAll(/^```ts\n(.*?)^```/gms)]
    .map(([, block = '']) => block)
    .filter((block) => block.includes('// Logs:'));
}

mkdirSync(join(root, 'reports'), { recursive: true });
const folder = mkdtempSync(join(root, 'reports', 'examples-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('the examples in the documentation', () => {
  it.each(examples)('$file, number $number, logs what it says', async ({ file, number, code }) => {
    const [program = '', output = ''] = code.split('// Logs:\n');
    const expected = output
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/^\/\/ ?/, ''));
    const module = join(folder, `${file.replaceAll(/\W/g, '-')}-${String(number)}.ts`);
    writeFileSync(module, program);
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await import(module);
    const logged = log.mock.calls.map((parameters) => parameters.map(String).join(' '));
    log.mockRestore();
    expect(logged).toStrictEqual(expected);
  });
});
