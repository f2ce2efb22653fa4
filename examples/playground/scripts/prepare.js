import { execSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// Makes the package and installs it here like any other: npm packs and copies it. Its folder is installed anew each time,
// because a copy does not follow what it was copied from.
const playground = new URL('../', import.meta.url);
const library = new URL('../../', playground);

if (!existsSync(new URL('node_modules/.package-lock.json', library))) {
  run('npm ci', library);
}
run('npm run --silent build -- --silent', library);
run('npm ci --silent --prefer-offline --no-audit --no-fund', playground);

/**
 * @param {string} command
 * @param {URL} folder
 */
function run(command, folder) {
  execSync(command, { cwd: fileURLToPath(folder), stdio: 'inherit' });
}
