/** Polls until the answer is neither undefined nor false. Real servers have clocks of their own. */
export async function until<T>(
  ask: () => T | Promise<T>,
  what: string,
  within = 30_000,
): Promise<Exclude<T, false | undefined>> {
  const start = performance.now();
  while (performance.now() - start < within) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) {
      return answer as Exclude<T, false | undefined>;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`not within ${within} ms: ${what}`);
}

/** Retries a call that fails because of the connection or the server. */
export async function persist<T>(call: () => T | PromiseLike<T>, within = 60_000): Promise<T> {
  const start = performance.now();
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (performance.now() - start > within) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
