import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * A code block that a reader might copy.
 *
 * @typedef {object} CodeBlock
 * @property {string} file Where it stands, from the root folder.
 * @property {number} number Which of its file it is, from 1.
 * @property {'ts' | 'js'} language
 * @property {string} code
 * @property {readonly string[] | undefined} output What it says it logs, line by line; none when it does not say.
 */

/**
 * The files of a folder with this ending, from the root folder, without what is installed or built.
 *
 * @param {string} folder
 * @param {string} ending
 * @returns {readonly string[]}
 */
export function filesIn(folder, ending) {
  const notWritten = new Set(['node_modules', '.vitepress', 'reference']);
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        return notWritten.has(entry.name) ? [] : filesIn(path, ending);
      }
      return entry.name.endsWith(ending) ? [path] : [];
    })
    .sort();
}

/** The pages that are written by hand. */
export function documents() {
  return ['README.md', ...filesIn('docs', '.md')];
}

/**
 * The code blocks of a page, or of the doc comments of a source, where each line begins with an asterisk.
 *
 * @param {string} file
 * @returns {readonly CodeBlock[]}
 */
export function codeBlocksOf(file) {
  const content = readFileSync(join(root, file), 'utf8');
  const text = file.endsWith('.ts') ? content.replaceAll(/^ *\* ?/gm, '') : content;
  return [...text.matchAll(/^```(ts|js)\n(.*?)^```/gms)].map(([, language, block = ''], index) => {
    const [code = '', output] = block.split('// Logs:\n');
    return {
      file: file.replaceAll(sep, '/'),
      number: index + 1,
      language: language === 'js' ? 'js' : 'ts',
      code,
      output: output
        ?.trimEnd()
        .split('\n')
        .map((line) => line.replace(/^\/\/ ?/, '')),
    };
  });
}
