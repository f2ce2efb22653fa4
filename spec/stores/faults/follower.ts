import type { CommitLog, StoredEntry } from '../../../src/core/log/commitLog.js';
import { until } from '../support/until.js';

/** Reads a log from its beginning and follows it. After a failure, it continues after the last position. */
export class Follower {
  readonly entries: StoredEntry[] = [];
  failures = 0;
  readonly #log: CommitLog;
  #isStopped = false;
  readonly #ended: Promise<void>;

  constructor(log: CommitLog) {
    this.#log = log;
    this.#ended = this.#follow();
  }

  /** Stops once it has read this number of entries. */
  async stop(entries: number): Promise<void> {
    await until(() => this.entries.length >= entries, `a follower reads ${entries} entries`).finally(() => {
      this.#isStopped = true;
    });
    await this.#ended;
  }

  #isRunning(): boolean {
    return !this.#isStopped;
  }

  async #follow(): Promise<void> {
    while (this.#isRunning()) {
      let wake = (): void => undefined;
      let unwatch = (): void => undefined;
      try {
        let isNew = true;
        unwatch = await this.#log.watch({
          appended: () => {
            isNew = true;
            wake();
          },
          tail: () => undefined,
          error: () => wake(),
        });
        const reader = await this.#log.read({ after: this.entries.at(-1)?.position });
        while (this.#isRunning()) {
          isNew = false;
          const page = await reader.next(100);
          this.entries.push(...page);
          if (page.length === 0) {
            await Promise.race([
              new Promise<void>((resolve) => {
                wake = resolve;
                if (isNew) {
                  resolve();
                }
              }),
              // Checks again whether it is stopped.
              new Promise((resolve) => setTimeout(resolve, 500)),
            ]);
          }
        }
      } catch {
        this.failures++;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      unwatch();
    }
  }
}
