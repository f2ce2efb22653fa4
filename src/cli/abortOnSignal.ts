const END_SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;

/**
 * Aborts at the first signal that ends the process, so that everything received is printed before the process exits.
 * A second signal ends the process at once.
 *
 * @returns An abort signal whose `reason` is the exit code that shells expect after this signal.
 */
export function abortOnSignal(): AbortSignal {
  const controller = new AbortController();
  const abort = (_signal: NodeJS.Signals, number: number) => {
    const exitCode = 128 + number;
    if (controller.signal.aborted) {
      process.exit(exitCode);
    }
    controller.abort(exitCode);
  };
  END_SIGNALS.forEach((signal) => process.on(signal, abort));
  return controller.signal;
}
