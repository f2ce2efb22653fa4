import { execSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

// Each example is a project of its own that has the packed package installed, as a user would have it. A starter is copied
// and installed in an empty folder, as its page says.
//
//   npm run examples                     tests all
//   npm run examples -- react            tests this one; several names test several
//   npm run examples -- --start react    starts this one

const library = new URL('../', import.meta.url);

const STARTER = 'starter-';

/** The playground needs a browser and has scripts of its own. */
const LEFT_OUT = 'playground';

const { values, positionals } = parseArgs({
  options: { start: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const examples = readdirSync(new URL('examples/', library)).filter(
  (name) => name !== LEFT_OUT && existsSync(new URL('package.json', folderOf(name))),
);
const unknown = positionals.filter((name) => !examples.includes(name));
if (unknown.length > 0 || (values.start && positionals.length !== 1)) {
  const what = unknown.length > 0 ? `There is no example ${unknown.join(', ')}` : 'Name the one to start';
  console.error(`${what}; there are: ${examples.join(', ')}`);
  process.exit(2);
}

if (!existsSync(new URL('node_modules/.package-lock.json', library))) {
  run('npm ci', library);
}
run('npm run --silent build -- --silent', library);
const failed = (positionals.length > 0 ? positionals : examples).filter((name) => !succeeds(name));
if (failed.length > 0) {
  console.error(`Failed: ${failed.join(', ')}`);
  process.exit(1);
}

/** @param {string} name */
function folderOf(name) {
  return new URL(`examples/${name}/`, library);
}

/** @param {string} name */
function succeeds(name) {
  const start = performance.now();
  console.log(`\n── ${name}`);
  try {
    const command = values.start ? 'npm start' : 'npm test';
    if (name.startsWith(STARTER)) {
      runCopy(name.slice(STARTER.length), command);
    } else {
      const folder = folderOf(name);
      if (!isInstalled(folder)) {
        run('npm ci --silent --prefer-offline --no-audit --no-fund', folder);
      }
      run(command, folder);
    }
  } catch {
    // What went wrong has been printed.
    return false;
  } finally {
    console.log(`── ${name}: ${((performance.now() - start) / 1000).toFixed(0)} s`);
  }
  return true;
}

/**
 * Copies a starter, and runs a command in the copy.
 *
 * @param {string} starter
 * @param {string} command
 */
function runCopy(starter, command) {
  const temporary = mkdtempSync(join(tmpdir(), 'deltalines-starter-'));
  try {
    const folder = join(temporary, 'app');
    run(`node scripts/starter.js ${starter} ${folder}`, library);
    run('npm install --silent --prefer-offline --no-audit --no-fund', pathToFileURL(folder));
    run(command, pathToFileURL(folder));
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/**
 * Whether all is there that the lock file names, and the package is the one that was just built: it is a copy, and does
 * not follow what it was copied from.
 *
 * @param {URL} folder
 */
function isInstalled(folder) {
  const installed = new URL('node_modules/.package-lock.json', folder);
  const copy = new URL('node_modules/deltalines/', folder);
  if (!existsSync(installed) || !existsSync(new URL('dist/', copy))) {
    return false;
  }
  const isCurrent = statSync(installed).mtimeMs >= statSync(new URL('package-lock.json', folder)).mtimeMs;
  return isCurrent && contentOf(copy) === contentOf(library);
}

/**
 * What is in the package of this folder.
 *
 * @param {URL} folder
 */
function contentOf(folder) {
  const names = readdirSync(new URL('dist/', folder)).sort();
  return ['package.json', ...names.map((name) => `dist/${name}`)]
    .map((name) => `${name}\n${readFileSync(new URL(name, folder), 'utf8')}`)
    .join('\n');
}

/**
 * @param {string} command
 * @param {URL} folder
 */
function run(command, folder) {
  execSync(command, { cwd: fileURLToPath(folder), stdio: 'inherit' });
}
