import type { CommitLog, StoredCommit } from '../../src/core/log/commitLog.js';
import type { StreamRef } from '../../src/index.js';

/** A stream that a spec writes to a log by hand. */
export interface OpenStream {
  readonly stream: StreamRef;
  /** The position of the `open`. */
  readonly position: string;
  readonly line: (text: string) => Promise<string>;
  readonly lines: (texts: readonly string[]) => Promise<readonly string[]>;
  readonly tail: (text: string) => void;
  readonly close: (error?: unknown) => Promise<string>;
}

let claims = 0;

export async function openStream(log: CommitLog, id = '1', kind = 'answer'): Promise<OpenStream> {
  const token = `claim ${String(++claims)}`;
  const request = { stream: { kind, id, generation: 0 }, token, lease: 60_000, existing: 'restart' } as const;
  const [claim] = await log.claim([request]);
  if (claim === undefined) {
    throw new Error('The log did not answer the claim');
  }
  const { stream, position } = claim;
  let number = claim.entries;
  let count = 0;
  const append = async (commits: readonly Exclude<StoredCommit, { type: 'open' }>[]) => {
    const requests = commits.map((commit) => ({
      stream,
      token,
      number: number++,
      lines: commit.type === 'line' ? commit.index + 1 : count,
      commit,
    }));
    return (await log.append(requests)).map((result) => {
      if (result.type === 'fenced' || result.position === undefined) {
        throw new Error('The entry was not stored');
      }
      return result.position;
    });
  };
  const lines = (texts: readonly string[]) =>
    append(texts.map((text) => ({ type: 'line', stream, index: count++, text, eol: '\n' })));
  return {
    stream,
    position,
    lines,
    line: async (text) => (await lines([text]))[0] ?? '',
    tail: (text) => {
      log.publish({ commit: { type: 'tail', stream, index: count, text }, number });
    },
    close: async (error) => {
      const close = { type: 'close', stream, lines: count } as const;
      const commit =
        error === undefined
          ? ({ ...close, reason: 'end' } as const)
          : ({ ...close, reason: 'error', error } as const);
      return (await append([commit]))[0] ?? '';
    },
  };
}
