import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, it, vi } from 'vitest';

import { codeBlocksOf, documents, filesIn, root } from '../scripts/codeBlocks.js';
import { needsOtherPackages } from './support/codeBlocks.js';

/** The examples that a reader might copy. */
const examples = [...documents(), ...filesIn('src', '.ts')]
  .flatMap(codeBlocksOf)
  .filter((block) => block.output !== undefined && !needsOtherPackages(block));

mkdirSync(join(root, 'reports'), { recursive: true });
const folder = mkdtempSync(join(root, 'reports', 'examples-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('the examples in the documentation', () => {
  it.each(examples)('$file, number $number, logs what it says', async ({ file, number, ...block }) => {
    const module = join(folder, `${file.replaceAll(/\W/g, '-')}-${String(number)}.${block.language}`);
    writeFileSync(module, block.code);
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await import(module);
    const logged = log.mock.calls.map((parameters) => parameters.map(String).join(' ')).join('\n');
    log.mockRestore();
    expect(logged.split('\n')).toStrictEqual(block.output);
  });
});
