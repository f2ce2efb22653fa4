import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// The site has dependencies of its own, which only those who build it need.
const docs = new URL('../docs/', import.meta.url);
const [script = 'build'] = process.argv.slice(2);

if (changedAt('node_modules/.package-lock.json') < changedAt('package-lock.json')) {
  npm(['ci', '--no-audit', '--no-fund']);
}
npm(['run', '--silent', script]);

/**
 * When a file was changed; 0 if it does not exist.
 *
 * @param {string} file
 */
function changedAt(file) {
  return statSync(new URL(file, docs), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** @param {readonly string[]} parameters */
function npm(parameters) {
  const { status } = spawnSync('npm', parameters, {
    cwd: fileURLToPath(docs),
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    process.exit(status ?? 1);
  }
}
