import { describe, expect, it } from 'vitest';

import type { CommitLog } from '../../src/log/index.js';
import { memoryLog } from '../../src/log/index.js';
import { checkCommitLog } from '../../src/testing/index.js';

/** A memory log with some methods replaced. */
function broken(change: (log: CommitLog) => Partial<CommitLog>): () => CommitLog {
  return () => {
    const log = memoryLog();
    const methods: CommitLog = {
      claim: (requests) => log.claim(requests),
      append: (requests) => log.append(requests),
      renew: (claims, lease) => log.renew(claims, lease),
      abandoned: () => log.abandoned(),
      entries: (stream) => log.entries(stream),
      read: (request) => log.read(request),
      publish: (tail) => {
        log.publish(tail);
      },
      watch: (watcher) => log.watch(watcher),
    };
    return { ...methods, ...change(log) };
  };
}

async function failuresOf(make: () => CommitLog): Promise<readonly string[]> {
  try {
    await checkCommitLog(make);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(AggregateError);
    const { errors, message } = error as AggregateError;
    expect(message).toMatch(new RegExp(`^${String(errors.length)} of \\d+ checks of the log failed:`));
    return (errors as readonly Error[]).map((each) => each.message.split(':')[0] ?? '');
  }
}

describe('checkCommitLog', { timeout: 120_000 }, () => {
  it.each([
    {
      title: 'ignores tokens',
      log: broken((log) => {
        let claims = 0;
        return {
          claim: (requests) =>
            log.claim(
              requests.map((request) => ({ ...request, token: `${request.token} ${String(claims++)}` })),
            ),
        };
      }),
      fails: 'a claim that is repeated with its token is the same claim',
    },
    {
      title: 'never continues',
      log: broken((log) => ({
        claim: (requests) => log.claim(requests.map((request) => ({ ...request, existing: 'restart' }))),
      })),
      fails: 'a claim may continue the open generation',
    },
    {
      title: 'reverses appends',
      log: broken((log) => ({
        append: async (requests) => [...(await log.append(requests))].reverse(),
      })),
      fails: 'entries have the order, numbers and positions that appending gave them',
    },
    {
      title: 'renews nothing',
      log: broken(() => ({ renew: () => undefined })),
      fails: 'a claim that is renewed is not abandoned',
    },
    {
      title: 'sends tails twice',
      log: broken((log) => ({
        publish: (tail) => {
          log.publish(tail);
          log.publish(tail);
        },
      })),
      fails: 'tails reach watchers and are not stored',
    },
    {
      title: 'repeats the entry at the position',
      log: broken((log) => ({
        read: async (request) => {
          const reader = await log.read(request.after === undefined ? request : {});
          return reader;
        },
      })),
      fails: 'a reader returns the entries after a position, in pages',
    },
    {
      title: 'cuts names at a NUL',
      log: broken((log) => ({
        claim: (requests) =>
          log.claim(
            requests.map((request) => {
              const [id = ''] = request.stream.id.split('\0');
              return { ...request, stream: { ...request.stream, id } };
            }),
          ),
      })),
      fails: 'names may contain any characters',
    },
  ])('finds a log that $title', async ({ log, fails }) => {
    expect(await failuresOf(log)).toContain(fails);
  });

  it('accepts a promise of a log', async () => {
    await checkCommitLog(() => Promise.resolve(memoryLog()));
  });

  it('is rejected if no log is created', async () => {
    const errors = await failuresOf(() => {
      throw new Error('no server');
    });
    expect(errors.length).toBeGreaterThan(20);
    await expect(checkCommitLog(undefined as unknown as () => CommitLog)).rejects.toThrow(
      new TypeError('The function that creates a log is undefined'),
    );
  });
});
