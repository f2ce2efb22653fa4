import type {
  AppendRequest,
  Claim,
  ClaimRequest,
  CommitLog,
  LogWatcher,
  StoredEntry,
} from '../../../src/core/log/commitLog.js';

let tokens = 0;

/** A request with a token of its own. */
export function request(id: string, changes: Partial<ClaimRequest> = {}): ClaimRequest {
  const stream = { kind: 'answer', id, generation: 0 };
  return { stream, token: `token ${tokens++}`, lease: 60_000, existing: 'restart', ...changes };
}

export function claim(log: CommitLog, id: string, changes?: Partial<ClaimRequest>): Promise<Claim> {
  return claimAs(log, request(id, changes));
}

export async function claimAs(log: CommitLog, claimRequest: ClaimRequest): Promise<Claim> {
  return only(await log.claim([claimRequest]));
}

export async function claimBoth(log: CommitLog): Promise<readonly [Claim, Claim]> {
  return [await claim(log, 'a'), await claim(log, 'b')];
}

export function only<T>([value]: readonly T[]): T {
  if (value === undefined) {
    throw new Error('the array is empty');
  }
  return value;
}

/** The append of a line; all entries before it are lines, too. */
export function line({ stream, token }: Claim, number: number, text = `line ${number}`): AppendRequest {
  const commit = { type: 'line', stream, index: number - 1, text, eol: '\n' } as const;
  return { stream, token, number, lines: number, commit };
}

/** The append of a close; all entries before it are lines. */
export function close({ stream, token }: Claim, number: number): AppendRequest {
  const commit = { type: 'close', stream, reason: 'end', lines: number - 1 } as const;
  return { stream, token, number, lines: number - 1, commit };
}

/** All entries after a position. */
export async function all(log: CommitLog, after?: string): Promise<readonly StoredEntry[]> {
  const reader = await log.read({ after });
  const entries: StoredEntry[] = [];
  for (;;) {
    const page = await reader.next(1000);
    if (page.length === 0) {
      reader.close();
      return entries;
    }
    entries.push(...page);
  }
}

export function shown(entries: readonly StoredEntry[]): readonly string[] {
  return entries.map(({ commit, number }) => {
    const { id, generation } = commit.stream;
    const rest =
      commit.type === 'line'
        ? commit.text
        : commit.type === 'close'
          ? `${commit.reason} ${commit.lines}`
          : '';
    return `${id}/${generation} ${number} ${commit.type} ${rest}`.trim();
  });
}

export const silent: LogWatcher = {
  appended: () => undefined,
  tail: () => undefined,
  error: () => undefined,
};
