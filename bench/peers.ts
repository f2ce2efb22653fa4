import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const folder = new URL('peers/', import.meta.url);

/** Installs the packages that only benchmarks need. They have a folder of their own, as one brings another rxjs. */
export function installPeers(): void {
  if (!existsSync(new URL('node_modules', folder))) {
    execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: fileURLToPath(folder), stdio: 'inherit' });
  }
}

/** Imports one of them; `T` says what is used of it, since its types are missing where it is not installed. */
export async function importPeer<T>(name: string): Promise<T> {
  const file = createRequire(new URL('package.json', folder)).resolve(name);
  return (await import(pathToFileURL(file).href)) as T;
}
