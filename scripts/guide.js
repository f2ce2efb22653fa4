import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import ts from 'typescript';

import { codeBlocksOf, filesIn, root } from './codeBlocks.js';

/** @import { CodeBlock } from './codeBlocks.js' */

// Does what a reader of the guide does: packs the package, installs it in an empty folder as the page says, copies each
// block into a file, compiles it, runs it with plain Node, and looks whether it logs what the page says.

const pages = [...filesIn('docs/guide', '.md'), ...filesIn('docs/coming-from', '.md')];
const temporary = mkdtempSync(join(tmpdir(), 'deltalines-guide-'));

try {
  const tarball = join(temporary, npm(root, ['pack', '--silent', '--pack-destination', temporary]).trim());
  const failures = pages.flatMap((page) => follow(page, tarball));
  console.log(failures.length === 0 ? 'Every block does what its page says.' : failures.join('\n\n'));
  process.exitCode = failures.length === 0 ? 0 : 1;
} finally {
  rmSync(temporary, { recursive: true });
}

/**
 * Follows one page in a folder of its own, and returns what did not go as it says.
 *
 * @param {string} page
 * @param {string} tarball
 * @returns {readonly string[]}
 */
function follow(page, tarball) {
  const folder = mkdtempSync(join(temporary, 'page-'));
  const [, packages = ''] = /^npm install (.+)$/m.exec(readFileSync(join(root, page), 'utf8')) ?? [];
  const names = packages.split(' ').map((name) => (name.endsWith('.tgz') ? tarball : name));
  npm(folder, ['init', '--yes']);
  npm(folder, ['install', '--no-audit', '--no-fund', ...names, '@types/node@20']);

  const blocks = codeBlocksOf(page).filter(({ output }) => output !== undefined);
  const files = new Map(
    blocks.map((block) => [join(folder, `step-${block.number}.m${block.language}`), block]),
  );
  files.forEach(({ code }, file) => writeFileSync(file, code));
  const failures = [
    ...compile([...files.keys()]),
    ...[...files].flatMap(([file, block]) => run(file, block)),
  ];
  console.log(`${page}: ${blocks.length} blocks, ${failures.length} failures`);
  return failures.map((failure) => `${page}: ${failure}`);
}

/**
 * Compiles as a reader's editor does, with the declarations of the packages that are installed in the folder.
 *
 * @param {readonly string[]} files
 */
function compile(files) {
  const program = ts.createProgram(files, {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.dom.asynciterable.d.ts'],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    allowJs: true,
    checkJs: true,
    strict: true,
    skipLibCheck: true,
    noEmit: true,
  });
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    return `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}

/**
 * @param {string} file
 * @param {CodeBlock} block
 * @returns {readonly string[]}
 */
function run(file, { number, language, code, output = [] }) {
  let program = file;
  if (language === 'ts') {
    program = `${file}.mjs`;
    const { target, module } = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
    const { outputText } = ts.transpileModule(code, { compilerOptions: { target, module } });
    writeFileSync(program, outputText);
  }
  const { stdout, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8', timeout: 60_000 });
  const expected = output.join('\n');
  const logged = stdout.trimEnd();
  return logged === expected && stderr === ''
    ? []
    : [`block ${number} logs\n${logged}\n${stderr}\nand not\n${expected}`];
}

/**
 * @param {string} folder
 * @param {readonly string[]} parameters
 */
function npm(folder, parameters) {
  return execFileSync('npm', parameters, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: process.platform === 'win32',
  });
}
