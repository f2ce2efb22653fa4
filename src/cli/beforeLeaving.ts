/**
 * Calls `leave` before the process ends or is suspended, by whatever: Ctrl-C, Ctrl-Z, a crash.
 *
 * @returns What is to be called when there is nothing left to do before.
 */
export function beforeLeaving(leave: () => void): () => void {
  const suspend = () => {
    leave();
    process.kill(process.pid, 'SIGSTOP');
  };
  process.on('exit', leave).on('SIGTSTP', suspend);
  END_SIGNALS.forEach((signal) => process.on(signal, end));
  return () => {
    process.off('exit', leave).off('SIGTSTP', suspend);
    END_SIGNALS.forEach((signal) => process.off(signal, end));
  };
}

const END_SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;

/** A listener keeps a signal from ending the process, which has to end as shells expect it. */
function end(_signal: NodeJS.Signals, number: number): void {
  process.exit(128 + number);
}
