import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

import type { Contender } from '../contender.js';
import { jsonLinesFile, type Recording } from '../jsonLinesFile.js';

const command = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const peakMemory = new URL('../peakMemory.js', import.meta.url).href;

/** The command, which prints the lines of a file to where nobody reads; its size is its peak memory in megabytes. */
export default function commandContender(recording: Recording): Contender {
  const file = jsonLinesFile(recording);
  return {
    isAsync: true,
    run: async () => {
      const child = spawn(process.execPath, ['--import', peakMemory, command, file], {
        stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
      });
      const [kilobytes] = await Promise.all([text(child.stdio[3] as Readable), once(child, 'exit')]);
      if (child.exitCode !== 0) {
        throw new Error(`The command ended with exit code ${child.exitCode ?? 'none'}`);
      }
      return { size: Number(kilobytes) / 1000 };
    },
  };
}
