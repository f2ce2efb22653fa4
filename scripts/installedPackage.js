import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Packs the package as `npm publish` would, and installs it with RxJS in an empty folder, as a user would.
 *
 * @param {(folder: string) => void} use What to do there; the folder is removed afterwards.
 */
export function withInstalledPackage(use) {
  const folder = mkdtempSync(join(tmpdir(), 'deltalines-'));
  try {
    run(root, 'npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder]);
    const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz')) ?? '';
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    run(folder, 'npm', ['install', '--silent', '--no-audit', '--no-fund', `./${tarball}`, 'rxjs@^7.8.0']);
    use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Runs a command in a folder, and returns what it wrote. Throws, with all of that, when it fails.
 *
 * @param {string} folder
 * @param {string} command
 * @param {readonly string[]} parameters
 * @param {string} [input]
 */
export function run(folder, command, parameters, input = '') {
  const { status, stdout, stderr, error } = spawnSync(command, parameters, {
    cwd: folder,
    encoding: 'utf8',
    input,
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    const what = [command, ...parameters].join(' ');
    throw new Error(`${what} ended with ${String(status ?? error)}\n${stdout}${stderr}`);
  }
  return stdout;
}
