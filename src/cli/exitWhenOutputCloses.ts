import { noop } from 'rxjs';

import { describeError, type Problems } from './problems.js';

/** Exits when the reader of stdout, such as `head`, closes it. This is not a problem; any other error is reported. */
export function exitWhenOutputCloses(problems: Problems): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') {
      problems.report('stdout', describeError(error));
    }
    process.exit();
  });
  process.stderr.on('error', noop);
}
