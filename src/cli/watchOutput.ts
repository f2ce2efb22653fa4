import { noop } from 'rxjs';

import { describeError, type Problems } from './problems.js';

/** A reader that closes stdout, such as `head`, ends the command without a problem. */
export function watchOutput(problems: Problems): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') {
      problems.report('stdout', describeError(error));
    }
    process.exit();
  });
  process.stderr.on('error', noop);
}
