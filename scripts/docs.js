import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// The site has dependencies of its own, which nobody needs who does not build it.
const docs = fileURLToPath(new URL('../docs/', import.meta.url));
const [script = 'build'] = process.argv.slice(2);

if (!existsSync(new URL('../docs/node_modules', import.meta.url))) {
  npm(['ci', '--no-audit', '--no-fund']);
}
npm(['run', '--silent', script]);

/** @param {readonly string[]} parameters */
function npm(parameters) {
  const { status } = spawnSync('npm', parameters, {
    cwd: docs,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    process.exit(status ?? 1);
  }
}
