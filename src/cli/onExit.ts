/**
 * Calls `restore` before the process ends, also after a crash, and before Ctrl-Z suspends it.
 *
 * @returns A function that removes the listeners.
 */
export function onExit(restore: () => void): () => void {
  const suspend = () => {
    restore();
    process.kill(process.pid, 'SIGSTOP');
  };
  process.on('exit', restore).on('SIGTSTP', suspend);
  return () => {
    process.off('exit', restore).off('SIGTSTP', suspend);
  };
}
