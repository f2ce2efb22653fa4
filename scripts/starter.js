import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

// Copies a starter to a new folder, with the package as it is built here, so that it can be used before it is published:
//
//   npm run starter -- react ../my-app

const examples = fileURLToPath(new URL('../examples', import.meta.url));
const PREFIX = 'starter-';

/** What is installed or built is not part of a starter. */
const NOT_COPIED = new Set(['node_modules', 'dist', '.angular', 'package-lock.json']);

const [name = '', target = ''] = process.argv.slice(2);
const names = readdirSync(examples)
  .filter((folder) => folder.startsWith(PREFIX))
  .map((folder) => folder.slice(PREFIX.length));
if (!names.includes(name) || target === '') {
  fail(`npm run starter -- <${names.join('|')}> <folder>`);
}
const folder = resolve(process.env['INIT_CWD'] ?? process.cwd(), target);
if (existsSync(folder) && readdirSync(folder).length > 0) {
  fail(`The folder ${folder} is not empty`);
}

cpSync(join(examples, PREFIX + name), folder, {
  recursive: true,
  filter: (source) => !NOT_COPIED.has(basename(source)),
});
const tarball = npm('pack', '--silent', '--ignore-scripts', '--pack-destination', folder).trim();
setPackage(join(folder, 'package.json'), tarball);
console.log(`Now: cd ${relative(process.env['INIT_CWD'] ?? '', folder)} && npm install && npm start`);

/**
 * Gives the copy a name of its own, and the package that lies beside it.
 *
 * @param {string} file
 * @param {string} tarball
 */
function setPackage(file, tarball) {
  /** @type {(text: string) => { name: string, dependencies: Record<string, string> }} */
  const parseManifest = JSON.parse;
  const manifest = parseManifest(readFileSync(file, 'utf8'));
  manifest.name = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-');
  manifest.dependencies['deltalines'] = `file:./${tarball}`;
  writeFileSync(file, `${JSON.stringify(manifest, undefined, 2)}\n`);
}

/** @param {readonly string[]} parameters */
function npm(...parameters) {
  return execFileSync('npm', parameters, {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  console.error(message);
  process.exit(2);
}
