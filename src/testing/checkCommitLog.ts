import { firstValueFrom, lastValueFrom, map, race, timer } from 'rxjs';

import type { CloseCommit, CloseReason, StreamRef, TailCommit } from '../commits.js';
import type {
  AppendRequest,
  AppendResult,
  Awaitable,
  Claim,
  CommitLog,
  LiveTail,
  LogReader,
  ReadRequest,
  StoredEntry,
} from '../core/log/commitLog.js';
import { formatValue } from '../rx/options.js';

/** The bounds that a check needs for its log. */
export interface CheckedLogBounds {
  /** The number of entries that the log must retain; `undefined` for all. The log may retain more. */
  readonly maxEntries?: number | undefined;
}

/**
 * Checks that a store conforms to `CommitLog`.
 *
 * The checks run one after another, each on its own log: order, repeats, claims and generations, fencing, leases,
 * readers, bounds, hostile names, long texts and tails. A failed check does not stop the others. The checks of leases
 * wait for about a second of real time.
 *
 * It does not check crashes of a process or lost connections, because those need several processes.
 *
 * @example
 *
 * ```ts
 * import { memoryLog } from 'deltalines/log';
 * import { checkCommitLog } from 'deltalines/testing';
 *
 * await checkCommitLog((bounds) => memoryLog(bounds));
 * ```
 *
 * @param make Creates an empty log, or a promise of one. Called once for each check.
 * @returns A promise that is fulfilled if all checks pass.
 * @throws The promise is rejected with an `AggregateError` that has the names and errors of the failed checks, or
 *   with a `TypeError` if `make` is not a function.
 */
export async function checkCommitLog(
  make: (bounds: CheckedLogBounds) => Awaitable<CommitLog>,
): Promise<void> {
  if (typeof make !== 'function') {
    throw new TypeError(`The function that creates a log is ${formatValue(make)}`);
  }
  const errors: Error[] = [];
  for (const [name, check] of Object.entries(checks)) {
    try {
      await inTime(runCheck(make, check));
    } catch (error) {
      errors.push(new Error(`${name}: ${messageOf(error)}`, { cause: error }));
    }
  }
  if (errors.length > 0) {
    const failed = errors.map(({ message }) => `- ${message}`).join('\n');
    throw new AggregateError(
      errors,
      `${String(errors.length)} of ${String(Object.keys(checks).length)} checks of the log failed:\n${failed}`,
    );
  }
}

type MakeLog = (bounds: CheckedLogBounds) => Awaitable<CommitLog>;
type Check = (trial: Trial, make: MakeLog) => Promise<void>;

async function runCheck(make: MakeLog, check: Check): Promise<void> {
  await check(new Trial(await make({})), make);
}

/** A check fails after this many milliseconds, so that a store that does not answer does not stop the other checks. */
const MAX_CHECK_TIME = 60_000;

function inTime(check: Promise<void>): Promise<void> {
  const tooLate = timer(MAX_CHECK_TIME).pipe(
    map(() => {
      throw new Error(`it took more than ${String(MAX_CHECK_TIME / 1000)} seconds`);
    }),
  );
  return firstValueFrom(race(check, tooLate), { defaultValue: undefined });
}

const LONG_LEASE = 600_000;

/** Names that a store may interpret in another way. */
const HOSTILE_NAMES = [
  '',
  '.',
  '..',
  '*',
  '>',
  'a.b',
  'a.*',
  'a.>',
  '$JS.API',
  ' ',
  'a b',
  '\t',
  '\n',
  '\r\n',
  '\0',
  'a\0b',
  '/',
  '\\',
  '"',
  "'",
  '{a}',
  '[1]',
  '%2e',
  '-',
  '+',
  '?#&=',
  '__proto__',
  'constructor',
  'ä',
  'a\u0308',
  '\u{1F600}',
  '\ud83d',
  '\ude00',
  'null',
  '0',
];

const checks: Readonly<Record<string, Check>> = {
  'an empty log has no entries, no streams and nothing abandoned': async ({ log }) => {
    same(await readAll(log), [], 'the entries');
    same(await log.entries(refOf('a')), undefined, 'the number of entries of a stream');
    same(await log.abandoned(), [], 'the abandoned streams');
    same(await readAll(log, { stream: refOf('a') }), [], 'the entries of a stream');
  },

  'a claim opens generation 0': async ({ log }) => {
    const [claim] = await log.claim([
      { stream: refOf('a', 7), token: 't', lease: LONG_LEASE, existing: 'restart' },
    ]);
    same(claim?.stream, refOf('a'), 'the stream of the claim');
    same([claim?.token, claim?.entries], ['t', 1], 'the token and the number of entries of the claim');
    const [entry, ...others] = await readAll(log);
    same([entry?.commit, entry?.number, others], [{ type: 'open', stream: refOf('a') }, 0, []], 'the entry');
    same(entry?.position, claim?.position, 'its position');
    same(await log.entries(refOf('a')), 1, 'the number of entries');
  },

  'entries have the order, numbers and positions that appending gave them': async ({ log, claims }) => {
    const [a, b] = await Promise.all([claims.one('a'), claims.one('b')]);
    const positions: (string | undefined)[] = [];
    const requests: AppendRequest[] = [];
    for (let round = 0; round < 5; round++) {
      const batch = [a.line('1'), b.line('2'), b.line('3'), a.line('4')];
      requests.push(...batch);
      positions.push(...positionsOf(await log.append(batch)));
    }
    const entries = await readAll(log);
    same(entries.length, 22, 'the number of entries');
    same(
      entries.slice(2).map(({ commit, number }) => ({ commit, number })),
      requests.map(({ commit, number }) => ({ commit, number })),
      'the entries',
    );
    same(
      entries.slice(2).map(({ position }) => position),
      positions,
      'the positions',
    );
    same(new Set(entries.map(({ position }) => position)).size, 22, 'the number of different positions');
    same([await log.entries(a.stream), await log.entries(b.stream)], [11, 11], 'the numbers of entries');
  },

  'many entries are appended at once': async ({ log, claims }) => {
    const writers = await claims.all(Array.from({ length: 20 }, (_, index) => String(index)));
    const requests = Array.from({ length: 500 }, (_, index) =>
      present(writers[index % 20], 'a writer').line(String(index)),
    );
    same(
      typesOf(await log.append(requests)),
      Array.from({ length: 500 }, () => 'stored'),
      'the answers',
    );
    const texts = (await readAll(log)).slice(20).map(textOf);
    same(
      texts,
      requests.map(({ commit }) => textOf({ commit })),
      'the texts',
    );
  },

  'nothing is stored by empty requests': async ({ log }) => {
    same([await log.claim([]), await log.append([])], [[], []], 'the answers');
    await log.renew([], LONG_LEASE);
    same(await readAll(log), [], 'the entries');
  },

  'commits are read as they were appended': async ({ log }) => {
    const order = [1, 0, -2.5];
    const [claim] = await log.claim([
      { stream: { ...refOf('a'), order }, token: 't', lease: LONG_LEASE, existing: 'restart' },
    ]);
    same(claim?.stream, { ...refOf('a'), order }, 'the stream of the claim');
    const stream = present(claim, 'a claim').stream;
    const error = Object.assign(new TypeError('broken'), { code: 7 });
    const close = { type: 'close', stream, reason: 'error', lines: 1, finishReason: 'length' } as const;
    const commits: AppendRequest['commit'][] = [
      { type: 'line', stream, index: 0, text: 'one', eol: '\n' },
      { type: 'line', stream, index: 1, text: '', eol: '\r\n' },
      { type: 'line', stream, index: 2, text: 'a \ud83d b \ude00 c \0 \u2028 \u001b[1m "\\', eol: '' },
      { type: 'revise', stream, index: 0 },
      { type: 'line', stream, index: 0, text: '{"type":"close"}', eol: '' },
      { ...close, error },
    ];
    const lines = [1, 2, 3, 0, 1, 1];
    await log.append(
      commits.map((commit, index) => ({
        stream,
        token: 't',
        number: index + 1,
        lines: lines[index] ?? 0,
        commit,
      })),
    );
    const read = (await readAll(log)).map(({ commit }) => commit);
    const plainError = { name: 'TypeError', message: 'broken' };
    same(
      read,
      [{ type: 'open', stream }, ...commits.slice(0, -1), { ...close, error: plainError }],
      'the commits',
    );
  },

  'an append that is repeated is stored once': async ({ log, claims }) => {
    const writer = await claims.one('a');
    const first = [writer.line('1'), writer.line('2'), writer.line('3')];
    const positions = positionsOf(await log.append(first));
    const repeated = await log.append(first);
    same(typesOf(repeated), ['stored', 'stored', 'stored'], 'the answers to the repeat');
    checkRepeatedPositions(repeated, positions);
    const more = [...first.slice(1), writer.line('4')];
    same(
      typesOf(await log.append(more)),
      ['stored', 'stored', 'stored'],
      'the answers to a repeat with one more',
    );
    same((await readAll(log)).slice(1).map(textOf), ['1', '2', '3', '4'], 'the texts');
  },

  'two equal concurrent appends are stored once': async ({ log, claims }) => {
    const writer = await claims.one('a');
    const batch = [writer.line('1'), writer.line('2')];
    await Promise.all(Array.from({ length: 4 }, () => attempt(() => log.append(batch))));
    await log.append(batch);
    same((await readAll(log)).slice(1).map(textOf), ['1', '2'], 'the texts');
  },

  'a close that is repeated by its writer is stored once': async ({ log, claims }) => {
    const writer = await claims.one('a');
    const batch = [writer.line('1'), writer.close()];
    const positions = positionsOf(await log.append(batch));
    const repeated = await log.append(batch);
    same(typesOf(repeated), ['stored', 'stored'], 'the answers to the repeat');
    checkRepeatedPositions(repeated, positions);
    same((await readAll(log)).map(typeOf), ['open', 'line', 'close'], 'the entries');
  },

  'a claim that is repeated with its token is the same claim': async ({ log }) => {
    const request = { stream: refOf('a'), token: 't', lease: LONG_LEASE, existing: 'restart' } as const;
    const first = await log.claim([request]);
    same(await log.claim([request]), first, 'the answer to the repeat');
    const writer = new Writer(present(first[0], 'a claim'));
    await log.append([writer.line('1')]);
    const [again] = await log.claim([request]);
    same(again?.stream, writer.stream, 'the stream of a later repeat');
    same(
      typesOf(await log.append([writer.line('2')])),
      ['stored'],
      'the answer to an append after the repeat',
    );
    same((await readAll(log)).map(typeOf), ['open', 'line', 'line'], 'the entries');
  },

  'a claim that is repeated after another one fenced it changes nothing': async ({ log, claims }) => {
    const request = { stream: refOf('a'), token: 't', lease: LONG_LEASE, existing: 'restart' } as const;
    await log.claim([request]);
    const second = await claims.one('a');
    const [again] = await log.claim([request]);
    same(again?.stream, refOf('a', 0), 'the stream of the repeat');
    same(typesOf(await log.append([second.line('1')])), ['stored'], 'the answer to the second writer');
    same((await readAll(log)).map(typeOf), ['open', 'close', 'open', 'line'], 'the entries');
  },

  'streams are claimed together, each in its own step': async ({ log, claims }) => {
    const first = await claims.one('b');
    await log.append([first.line('1')]);
    const writers = await claims.all(['a', 'b', 'c']);
    same(
      writers.map(({ stream }) => [stream.id, stream.generation]),
      [
        ['a', 0],
        ['b', 1],
        ['c', 0],
      ],
      'the streams of the claims',
    );
    const entries = await readAll(log);
    const positions = new Map(entries.map((entry) => [entry.position, entry]));
    for (const { claim } of writers) {
      same(
        positions.get(claim.position)?.commit,
        { type: 'open', stream: claim.stream },
        'what a claim points at',
      );
    }
    same(
      (await readAll(log, { stream: refOf('b') })).map(typeOf),
      ['open', 'line', 'close'],
      'the entries of b 0',
    );
  },

  'a claim closes the open generation as superseded': async ({ log, claims }) => {
    const first = await claims.one('a');
    await log.append([first.line('1'), first.line('2'), first.part('3')]);
    const second = await claims.one('a');
    same(second.stream, refOf('a', 1), 'the stream of the second claim');
    same(second.claim.entries, 1, 'the number of its entries');
    const [close, open, ...others] = (await readAll(log)).slice(4);
    same(close?.commit, closeOf(first.stream, 'superseded', 3), 'the close');
    same([close?.number, open?.number, others], [4, 0, []], 'the numbers');
    same(open?.commit, { type: 'open', stream: second.stream }, 'the open');
    same(
      [await log.entries(first.stream), await log.entries(second.stream)],
      [undefined, 1],
      'the open entries',
    );
  },

  'a close by the log counts the lines that revisions left': async ({ log, claims }) => {
    const first = await claims.one('a');
    await log.append([first.line('1'), first.line('2'), first.revise(1)]);
    await claims.one('a');
    same((await readAll(log))[4]?.commit, closeOf(first.stream, 'superseded', 1), 'the close');
    const third = await claims.one('b');
    await claims.one('b');
    const read = await readAll(log, { stream: third.stream });
    same(read[1]?.commit, closeOf(third.stream, 'superseded', 0), 'the close of a stream without lines');
  },

  'a generation takes over the order of the one before': async ({ log, claims }) => {
    const orderOf = async (order?: readonly number[]) => {
      const stream = order === undefined ? refOf('a') : { ...refOf('a'), order };
      const writer = await claims.ref(stream);
      await log.append([writer.line('1')]);
      return writer.stream.order;
    };
    same(
      [await orderOf([3, 1]), await orderOf(), await orderOf(), await orderOf([]), await orderOf()],
      [[3, 1], [3, 1], [3, 1], [], []],
      'the orders',
    );
    const orders = (await readAll(log))
      .filter(({ commit }) => commit.type === 'open')
      .map(({ commit }) => commit.stream.order);
    same(orders, [[3, 1], [3, 1], [3, 1], [], []], 'the orders of the entries');
  },

  'a claim after a close opens the next generation': async ({ log, claims }) => {
    for (let generation = 0; generation < 4; generation++) {
      const writer = await claims.one('a');
      same(writer.stream.generation, generation, 'the generation');
      await log.append([writer.line('1'), writer.close()]);
    }
    const all = Array.from({ length: 4 }, () => ['open', 'line', 'close']).flat();
    same((await readAll(log)).map(typeOf), all, 'the entries');
  },

  'an append after the close is fenced': async ({ log, claims }) => {
    const writer = await claims.one('a');
    await log.append([writer.close()]);
    same(typesOf(await log.append([writer.line('1')])), ['fenced'], 'the answer');
    same((await readAll(log)).length, 2, 'the number of entries');
  },

  'a fenced writer stores nothing more, and its other streams go on': async ({ log, claims }) => {
    const [a, b] = await Promise.all([claims.one('a'), claims.one('b')]);
    await log.append([a.line('1'), b.line('1')]);
    const other = await claims.one('a');
    const results = await log.append([a.line('2'), b.line('2'), a.line('3'), b.line('3'), a.close()]);
    same(typesOf(results), ['fenced', 'stored', 'fenced', 'stored', 'fenced'], 'the answers');
    same(typesOf(await log.append([a.line('4')])), ['fenced'], 'the answer to one more append');
    await log.append([other.line('5')]);
    same(
      (await readAll(log, { stream: a.stream })).map(typeOf),
      ['open', 'line', 'close'],
      'the entries of the first',
    );
    same(
      (await readAll(log, { stream: b.stream })).slice(1).map(textOf),
      ['1', '2', '3'],
      'the texts of the other stream',
    );
    same(
      (await readAll(log, { stream: other.stream })).slice(1).map(textOf),
      ['5'],
      'the texts of the second',
    );
  },

  'an unknown token is fenced': async ({ log, claims }) => {
    const writer = await claims.one('a');
    const request = { ...writer.line('1'), token: 'unknown' };
    same(typesOf(await log.append([request])), ['fenced'], 'the answer');
    const nowhere = new Writer({ ...writer.claim, stream: refOf('b'), token: 'another' });
    same(
      typesOf(await log.append([nowhere.line('1')])),
      ['fenced'],
      'the answer for a stream that is not there',
    );
    same((await readAll(log)).length, 1, 'the number of entries');
  },

  'a claim may continue the open generation': async ({ log, claims }) => {
    const first = await claims.one('a');
    await log.append([first.line('1'), first.line('2')]);
    const request = { stream: refOf('a'), token: 't2', lease: LONG_LEASE, existing: 'continue' } as const;
    const [claim] = await log.claim([request]);
    same(claim, { ...first.claim, token: 't2', entries: 3 }, 'the claim');
    same(await log.claim([request]), [claim], 'the answer to its repeat');
    same(typesOf(await log.append([first.line('3')])), ['fenced'], 'the answer to the first writer');
    const second = new Writer(present(claim, 'a claim'), 2);
    same(
      typesOf(await log.append([second.line('4'), second.close()])),
      ['stored', 'stored'],
      'the other answers',
    );
    same((await readAll(log)).map(typeOf), ['open', 'line', 'line', 'line', 'close'], 'the entries');
    same((await readAll(log))[3]?.number, 3, 'the number of the entry after those before');
  },

  'a claim that finds nothing open to continue opens a generation': async ({ log, claims }) => {
    const first = await claims.one('a', 'continue');
    same([first.stream, first.claim.entries], [refOf('a'), 1], 'the first claim');
    await log.append([first.close()]);
    const second = await claims.one('a', 'continue');
    same([second.stream, second.claim.entries], [refOf('a', 1), 1], 'the second claim');
  },

  'concurrent claims of a stream get a generation each': async ({ log, claims }) => {
    const writers = await Promise.all(Array.from({ length: 8 }, () => claims.one('a')));
    const generations = writers.map(({ stream }) => stream.generation).sort((one, other) => one - other);
    same(generations, [0, 1, 2, 3, 4, 5, 6, 7], 'the generations');
    const requests = writers.map((writer) => [writer.line('1')]);
    const answers = await Promise.all(
      requests.map(async (batch) => typesOf(await attempt(() => log.append(batch)))),
    );
    const stored = writers.filter((_, index) => answers[index]?.[0] === 'stored');
    same(
      stored.map(({ stream }) => stream.generation),
      [7],
      'the generations that may be appended to',
    );
    checkWellFormed(await readAll(log));
  },

  'nothing of a writer comes after the claim that fenced it': async ({ log, claims }) => {
    let writer = await claims.one('a');
    for (let round = 0; round < 10; round++) {
      const batches = Array.from({ length: 5 }, () => [writer.line('1'), writer.line('2')]);
      const [claimed] = await Promise.all([
        claims.one('a'),
        (async () => {
          for (const batch of batches) {
            await attempt(() => log.append(batch));
          }
        })(),
      ]);
      writer = claimed;
    }
    const entries = await readAll(log);
    checkWellFormed(entries);
    same(entries.filter(({ commit }) => commit.type === 'open').length, 11, 'the number of generations');
  },

  'a stream is abandoned when its lease expires, and is returned once': async ({ log, claims }) => {
    const kept = await claims.one('kept');
    const left = await claims.one('left', 'restart', 1);
    await log.append([left.line('1'), kept.line('1'), left.line('2')]);
    same(await untilAbandoned(log, 1), [left.stream], 'the abandoned streams');
    same(await log.abandoned(), [], 'what is abandoned after that');
    const entries = await readAll(log, { stream: left.stream });
    same(entries.at(-1)?.commit, closeOf(left.stream, 'idle', 2), 'the close');
    same(
      entries.map(({ number }) => number),
      [0, 1, 2, 3],
      'the numbers',
    );
    const answers = typesOf(await log.append([left.line('3'), kept.line('2')]));
    same(answers, ['fenced', 'stored'], 'the answers to a late append');
    same(await log.entries(left.stream), undefined, 'the number of its entries');
    same((await claims.one('left')).stream, refOf('left', 1), 'the next generation');
    await log.append([kept.close()]);
    checkWellFormed(await readAll(log));
  },

  'abandoned streams are returned to one of two concurrent callers': async ({ log, claims }) => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    await claims.all(ids, 1);
    const said: StreamRef[] = [];
    await until('all streams to be abandoned', async () => {
      const answers = await Promise.all(Array.from({ length: 4 }, () => attempt(() => log.abandoned())));
      said.push(...answers.flat());
      return said.length >= ids.length;
    });
    same(said.map(({ id }) => id).sort(), ids, 'the abandoned streams');
    const entries = await readAll(log);
    same(entries.filter(({ commit }) => commit.type === 'close').length, 5, 'the number of closes');
    checkWellFormed(entries);
  },

  'a claim that is renewed is not abandoned': async ({ log, claims }) => {
    const lease = 500;
    const renewed = await claims.one('renewed', 'restart', lease);
    const left = await claims.one('left', 'restart', lease);
    await log.renew([renewed.claim], LONG_LEASE);
    same(await untilAbandoned(log, 1), [left.stream], 'the abandoned streams');
    same(typesOf(await log.append([renewed.line('1')])), ['stored'], 'the answer to the other writer');
    // A claim starts a new lease, whatever was left of the old one.
    const continued = await claims.one('renewed', 'continue', 1);
    same(await untilAbandoned(log, 1), [continued.stream], 'the abandoned streams after a shorter claim');
  },

  'renewing ignores lost claims': async ({ log, claims }) => {
    const fenced = await claims.one('a');
    const closed = await claims.one('b');
    await log.append([closed.close()]);
    const writer = await claims.one('a', 'restart', 1);
    await log.renew([fenced.claim, closed.claim], LONG_LEASE);
    same(await untilAbandoned(log, 1), [writer.stream], 'the abandoned streams');
    const [left] = await readAll(log, { stream: closed.stream });
    await log.renew([writer.claim], LONG_LEASE);
    same(
      [await log.entries(writer.stream), left?.number],
      [undefined, 0],
      'what renewing does not open again',
    );
  },

  'a reader returns the entries after a position, in pages': async ({ log, claims }) => {
    const [a, b] = await Promise.all([claims.one('a'), claims.one('b')]);
    for (let round = 0; round < 6; round++) {
      await log.append([a.line(String(round)), b.line(String(round)), b.line('x')]);
    }
    const all = await readAll(log);
    same(all.length, 20, 'the number of entries');
    for (let index = 0; index < all.length; index++) {
      const after = all[index]?.position;
      same(await readAll(log, { after }), all.slice(index + 1), `the entries after number ${String(index)}`);
    }
    const reader = await log.read({});
    const pages: StoredEntry[] = [];
    for (const limit of [1, 2, 3, 5]) {
      const page = await reader.next(limit);
      check(
        page.length > 0 && page.length <= limit,
        `a page of at most ${String(limit)} has ${String(page.length)}`,
      );
      pages.push(...page);
    }
    reader.close();
    same(pages, all.slice(0, pages.length), 'the pages');
  },

  'a reader at the end continues with appended entries': async ({ log, claims }) => {
    const reader = await log.read({});
    same(await reader.next(10), [], 'the page of an empty log');
    const writer = await claims.one('a');
    for (const text of ['1', '2', '3']) {
      await log.append([writer.line(text)]);
      const last = (await rest(reader)).at(-1);
      same(
        last?.commit,
        { type: 'line', stream: writer.stream, index: Number(text) - 1, text, eol: '\n' },
        'the entry',
      );
    }
    reader.close();
    const all = await readAll(log);
    const fromEnd = await log.read({ after: all.at(-1)?.position });
    same(await fromEnd.next(10), [], 'the page after the last position');
    await log.append([writer.line('4')]);
    same((await rest(fromEnd)).map(textOf), ['4'], 'the texts after it');
    fromEnd.close();
  },

  'readers miss and repeat nothing while writers write': async ({ log, claims }) => {
    const writers = await claims.all(['a', 'b', 'c']);
    const total = 3 + 3 * 40 * 3;
    const readers = await Promise.all([log.read({}), log.read({}), log.read({})]);
    const writing = writers.map(async (writer) => {
      for (let round = 0; round < 40; round++) {
        const batch = [writer.line('1'), writer.line('2'), writer.line('3')];
        await attempt(() => log.append(batch));
      }
    });
    const reading = readers.map(async (reader, index) => {
      const entries: StoredEntry[] = [];
      await until('a reader to get all entries', async () => {
        entries.push(...(await reader.next(index * 10 + 1)));
        return entries.length >= total;
      });
      reader.close();
      return entries;
    });
    const [read] = await Promise.all([Promise.all(reading), ...writing]);
    const all = await readAll(log);
    same(all.length, total, 'the number of entries');
    checkWellFormed(all);
    for (const entries of read) {
      same(positionsOf(entries), positionsOf(all), 'the positions that a reader got');
    }
  },

  'a reader of one stream returns only its generation': async ({ log, claims }) => {
    const [a, b] = await Promise.all([claims.one('a'), claims.one('b')]);
    for (let round = 0; round < 5; round++) {
      await log.append([a.line(String(round)), b.line('x')]);
    }
    const next = await claims.one('a');
    await log.append([next.line('y')]);
    const entries = await readAll(log, { stream: a.stream });
    same(
      entries.map(({ number }) => number),
      [0, 1, 2, 3, 4, 5, 6],
      'the numbers',
    );
    same(entries.slice(1, -1).map(textOf), ['0', '1', '2', '3', '4'], 'the texts');
    const after = entries[3]?.position;
    same(await readAll(log, { stream: a.stream, after }), entries.slice(4), 'the entries after a position');
    same(
      (await readAll(log, { stream: next.stream })).map(typeOf),
      ['open', 'line'],
      'the entries of the next one',
    );
    same(await readAll(log, { stream: refOf('a', 2) }), [], 'the entries of one that is not there');
  },

  'reading after an invalid position fails with a RangeError': async ({ log, claims }) => {
    const writer = await claims.one('a');
    await log.append([writer.line('1')]);
    for (const after of [
      '',
      ' ',
      'no position',
      '-1',
      '1e400',
      '\0',
      '\n',
      '*',
      '9'.repeat(400),
      '__proto__',
      '\ud83d',
    ]) {
      const error = await failureOf(async () => {
        const reader = await log.read({ after });
        await reader.next(1);
      });
      same(nameOf(error), 'RangeError', `the name of the error for the position ${JSON.stringify(after)}`);
    }
  },

  'reading after a deleted position fails with a TruncatedError': async (_, make) => {
    const { log, claims } = new Trial(await make({ maxEntries: 50 }));
    const writer = await claims.one('a');
    const slow = await log.read({});
    const [open] = await slow.next(1);
    const first = present(open, 'an entry').position;
    const texts = Array.from({ length: 500 }, (__, index) => String(index));
    for (let index = 0; index < texts.length; index += 50) {
      await log.append(texts.slice(index, index + 50).map((text) => writer.line(text)));
    }
    const outcomeOf = async (reader: Awaitable<LogReader>) => (await rest(await reader)).map(textOf);
    for (const [name, read] of [
      ['a reader that starts', async () => outcomeOf(log.read({ after: first }))],
      ['a slow reader', async () => outcomeOf(slow)],
    ] as const) {
      const error = await failureOf(async () => {
        same(await read(), texts, `the texts that ${name} got, in a log that has removed nothing`);
      });
      const isExpected = error === undefined || nameOf(error) === 'TruncatedError';
      check(isExpected, `${name}: ${messageOf(error)}`);
    }
    const kept = (await readAll(log)).filter(({ commit }) => commit.type === 'line').map(textOf);
    check(kept.length >= 49, `only ${String(kept.length)} entries are left of a log of 50`);
    same(kept, texts.slice(-kept.length), 'the texts that are left');
    same(typesOf(await log.append([writer.line('more')])), ['stored'], 'the answer to one more append');
    same(await log.entries(writer.stream), 502, 'the number of entries, with those that are gone');
  },

  'names may contain any characters': async (trial) => {
    const refs = [
      ...HOSTILE_NAMES.map((id) => ({ kind: 'answer', id, generation: 0 })),
      ...HOSTILE_NAMES.map((kind) => ({ kind, id: '1', generation: 0 })),
      { kind: 'a:b', id: 'c', generation: 0 },
      { kind: 'a', id: 'b:c', generation: 0 },
      { kind: 'a', id: 'b.c', generation: 0 },
    ];
    await checkNames(trial, refs);
    await checkTails(
      trial.log,
      refs.map(({ kind }) => ({ kind, id: kind, generation: 0 })),
    );
  },

  'names may be long': async (trial) => {
    const long = 'n\u{1F600}.'.repeat(250_000);
    await checkNames(trial, [refOf(`${long}1`), refOf(`${long}2`), { kind: long, id: '', generation: 0 }]);
  },

  'texts may be long': async ({ log, claims }) => {
    const writer = await claims.one('a');
    const texts = [
      'x'.repeat(300_000),
      'ä\u{1F600}\0"'.repeat(50_000),
      '\ud83d'.repeat(65_536),
      '\n\\'.repeat(65_536),
    ];
    for (const text of texts) {
      same(typesOf(await log.append([writer.line(text)])), ['stored'], 'the answer');
    }
    const read = (await readAll(log)).slice(1).map(textOf);
    same(
      read.map(({ length }) => length),
      texts.map(({ length }) => length),
      'the lengths',
    );
    check(
      read.every((text, index) => text === texts[index]),
      'a long text was changed',
    );
  },

  'the entries of an open generation are counted': async ({ log, claims }) => {
    const writer = await claims.one('a');
    const counts = [await log.entries(writer.stream)];
    for (let round = 0; round < 3; round++) {
      await log.append([writer.line('1'), writer.line('2')]);
      counts.push(await log.entries(writer.stream));
    }
    same(counts, [1, 3, 5, 7], 'the counts');
    same(await log.entries(refOf('a', 1)), undefined, 'the count of the next generation');
    await log.append([writer.close()]);
    same(await log.entries(writer.stream), undefined, 'the count of a closed one');
  },

  'watchers are notified of entries until they leave': async ({ log, claims }) => {
    let calls = 0;
    const watcher = {
      appended: () => {
        calls++;
      },
      tail: () => undefined,
      error: () => undefined,
    };
    const stop = await log.watch(watcher);
    const isNotified = async (what: string, change: () => Awaitable<unknown>) => {
      const before = calls;
      await change();
      await until(`a watcher to be notified of ${what}`, () => calls > before);
    };
    const writers: Writer[] = [];
    await isNotified('a claim', async () => writers.push(await claims.one('a')));
    const writer = present(writers[0], 'a writer');
    await isNotified('an append', () => log.append([writer.line('1')]));
    await isNotified('a close', () => log.append([writer.close()]));
    await isNotified('a claim with a short lease', () => claims.one('b', 'restart', 1));
    await isNotified('an abandoned stream', () => untilAbandoned(log, 1));
    stop();
    await settle();
    const before = calls;
    await claims.one('c');
    await settle();
    same(calls, before, 'the number of calls after leaving');
  },

  'tails reach watchers and are not stored': async ({ log, claims }) => {
    const writer = await claims.one('a');
    const tailOf = (text: string): TailCommit => ({ type: 'tail', stream: writer.stream, index: 0, text });
    log.publish({ commit: tailOf('early'), number: 1 });
    await settle();
    const tails: LiveTail[] = [];
    const others: LiveTail[] = [];
    const watcherOf = (list: LiveTail[]) => ({
      appended: () => undefined,
      tail: (tail: LiveTail) => {
        list.push(tail);
      },
      error: () => undefined,
    });
    const stop = await log.watch(watcherOf(tails));
    const stopOther = await log.watch(watcherOf(others));
    log.publish({ commit: tailOf('h \u{1F600}'), number: 1 });
    await until('a tail to reach both watchers', () => tails.length > 0 && others.length > 0);
    same(tails, [{ commit: tailOf('h \u{1F600}'), number: 1 }], 'the tails');
    same(others, tails, 'the tails of the other watcher');
    stopOther();
    await log.append([writer.line('hello')]);
    log.publish({ commit: tailOf('next'), number: 2 });
    await until('a second tail', () => tails.length > 1);
    same(tails[1]?.number, 2, 'the number of the second tail');
    same(others.length, 1, 'the number of tails after leaving');
    stop();
    same((await readAll(log)).map(typeOf), ['open', 'line'], 'the entries');
    same(await log.entries(writer.stream), 2, 'the number of entries');
  },
};

/** Claims streams with these names, appends to them, and reads all entries. */
async function checkNames({ log, claims }: Trial, refs: readonly StreamRef[]): Promise<void> {
  const writers: Writer[] = [];
  for (const ref of refs) {
    const writer = await claims.ref(ref);
    checkNamesOf(writer.stream, ref, 'the stream of the claim');
    writers.push(writer);
  }
  for (const [index, writer] of writers.entries()) {
    await log.append([writer.line(String(index))]);
  }
  for (const [index, { stream }] of writers.entries()) {
    const what = `of ${shorten(JSON.stringify(stream))}`;
    same(await log.entries(stream), 2, `the number of entries ${what}`);
    const entries = await readAll(log, { stream });
    same(entries.map(typeOf), ['open', 'line'], `the entries ${what}`);
    same(textOf(present(entries[1], 'a line')), String(index), `the text ${what}`);
  }
  for (const writer of writers) {
    await log.append([writer.close()]);
  }
  const all = await readAll(log);
  same(all.length, 3 * refs.length, 'the number of entries');
  all.forEach(({ commit }, index) => {
    checkNamesOf(
      commit.stream,
      present(refs[index % refs.length], 'a stream'),
      `the stream of entry ${String(index)}`,
    );
  });
}

async function checkTails(log: CommitLog, streams: readonly StreamRef[]): Promise<void> {
  const tails: LiveTail[] = [];
  const stop = await log.watch({
    appended: () => undefined,
    tail: (tail) => {
      tails.push(tail);
    },
    error: () => undefined,
  });
  const published = streams.map((stream): LiveTail => ({
    commit: { type: 'tail', stream, index: 0, text: 't' },
    number: 1,
  }));
  published.forEach((tail) => {
    log.publish(tail);
  });
  await until('all tails to arrive', () => tails.length >= published.length);
  same(tails, published, 'the tails');
  stop();
}

/** Compares names. They may be too long for a message. */
function checkNamesOf(actual: StreamRef, expected: StreamRef, what: string): void {
  const isSame = actual.kind === expected.kind && actual.id === expected.id;
  check(isSame, `${what} has other names than ${shorten(JSON.stringify(expected))}`);
}

/** The log of one check, and its claims. */
class Trial {
  readonly log: CommitLog;
  readonly claims: Claims;

  constructor(log: CommitLog) {
    this.log = log;
    this.claims = new Claims(log);
  }
}

type Existing = 'restart' | 'continue';

/** Claims streams with different tokens. */
class Claims {
  private readonly log: CommitLog;
  private tokens = 0;

  constructor(log: CommitLog) {
    this.log = log;
  }

  one(id: string, existing: Existing = 'restart', lease = LONG_LEASE): Promise<Writer> {
    return this.ref(refOf(id), existing, lease);
  }

  async ref(stream: StreamRef, existing: Existing = 'restart', lease = LONG_LEASE): Promise<Writer> {
    const [writer, ...others] = await this.refs([stream], existing, lease);
    same(others, [], 'the answers to other claims');
    return present(writer, 'a claim');
  }

  all(ids: readonly string[], lease = LONG_LEASE): Promise<readonly Writer[]> {
    return this.refs(
      ids.map((id) => refOf(id)),
      'restart',
      lease,
    );
  }

  private async refs(
    streams: readonly StreamRef[],
    existing: Existing,
    lease: number,
  ): Promise<readonly Writer[]> {
    const requests = streams.map((stream) => ({
      stream,
      token: `token ${String(this.tokens++)}`,
      lease,
      existing,
    }));
    return (await attempt(() => this.log.claim(requests))).map((claim) => new Writer(claim));
  }
}

/** Creates the append requests of one claim. */
class Writer {
  readonly claim: Claim;
  private number: number;
  private index: number;

  constructor(claim: Claim, index = 0) {
    this.claim = claim;
    this.number = claim.entries;
    this.index = index;
  }

  get stream(): StreamRef {
    return this.claim.stream;
  }

  line(text: string): AppendRequest {
    const index = this.index++;
    return this.request({ type: 'line', stream: this.stream, index, text, eol: '\n' }, index + 1);
  }

  /** A part of a line. */
  part(text: string): AppendRequest {
    const { stream, index } = this;
    return this.request({ type: 'line', stream, index, text, eol: '' }, index + 1);
  }

  revise(index: number): AppendRequest {
    this.index = index;
    return this.request({ type: 'revise', stream: this.stream, index }, index);
  }

  close(): AppendRequest {
    return this.request(closeOf(this.stream, 'end', this.index), this.index);
  }

  private request(commit: AppendRequest['commit'], lines: number): AppendRequest {
    const { stream, token } = this.claim;
    return { stream, token, number: this.number++, lines, commit };
  }
}

function refOf(id: string, generation = 0): StreamRef {
  return { kind: 'answer', id, generation };
}

function closeOf(stream: StreamRef, reason: CloseReason, lines: number): CloseCommit {
  return { type: 'close', stream, reason, lines };
}

async function readAll(log: CommitLog, request: ReadRequest = {}): Promise<readonly StoredEntry[]> {
  const reader = await log.read(request);
  const entries = await rest(reader);
  reader.close();
  return entries;
}

/** All entries up to the end. */
async function rest(reader: LogReader): Promise<readonly StoredEntry[]> {
  const entries: StoredEntry[] = [];
  for (;;) {
    const page = await reader.next(100);
    if (page.length === 0) {
      return entries;
    }
    entries.push(...page);
  }
}

/** Repeats a call, because a store may reject it, for example while another call changes the same stream. */
async function attempt<T>(call: () => Awaitable<T>): Promise<T> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await call();
    } catch (error) {
      if (attempts === 20) {
        throw error;
      }
      await pause(attempts);
    }
  }
}

async function untilAbandoned(log: CommitLog, count: number): Promise<readonly StreamRef[]> {
  const streams: StreamRef[] = [];
  await until('a stream to be abandoned', async () => {
    streams.push(...(await log.abandoned()));
    return streams.length >= count;
  });
  return streams;
}

async function until(what: string, condition: () => Awaitable<boolean>): Promise<void> {
  for (let waited = 0; !(await condition()); waited++) {
    check(waited < 5000, `waited too long for ${what}`);
    await pause(2);
  }
}

/** Waits for notifications that may still arrive. */
async function settle(): Promise<void> {
  await pause(50);
}

async function pause(milliseconds: number): Promise<void> {
  await lastValueFrom(timer(milliseconds), { defaultValue: undefined });
}

async function failureOf(call: () => Promise<void>): Promise<unknown> {
  try {
    await call();
    return undefined;
  } catch (error) {
    return error;
  }
}

/**
 * Checks that the entries of each generation are numbered from its open to its close, and that generations do not
 * overlap.
 */
function checkWellFormed(entries: readonly StoredEntry[]): void {
  const streams = new Map<string, { generation: number; number: number; isClosed: boolean }>();
  for (const { commit, number } of entries) {
    const { kind, id, generation } = commit.stream;
    const what = `entry ${String(number)} of ${shorten(JSON.stringify(commit.stream))}`;
    const key = JSON.stringify([kind, id]);
    const state = streams.get(key);
    if (commit.type === 'open') {
      const before = state ?? { generation: -1, number: 0, isClosed: true };
      check(before.isClosed, `${what} comes before the close of the generation before`);
      same([generation, number], [before.generation + 1, 0], `the generation and number of ${what}`);
      streams.set(key, { generation, number: 1, isClosed: false });
    } else {
      check(state?.generation === generation && !state.isClosed, `${what} comes outside of its generation`);
      same(number, state.number, `the number of ${what}`);
      streams.set(key, { generation, number: number + 1, isClosed: commit.type === 'close' });
    }
  }
}

function checkRepeatedPositions(
  results: readonly AppendResult[],
  positions: readonly (string | undefined)[],
): void {
  positionsOf(results).forEach((position, index) => {
    check(position === undefined || position === positions[index], 'a repeat has another position');
  });
}

function positionsOf(results: readonly (AppendResult | StoredEntry)[]): readonly (string | undefined)[] {
  return results.map((result) => ('position' in result ? result.position : undefined));
}

function typesOf(results: readonly AppendResult[]): readonly string[] {
  return results.map(({ type }) => type);
}

function typeOf({ commit }: Pick<StoredEntry, 'commit'>): string {
  return commit.type;
}

function textOf({ commit }: Pick<StoredEntry, 'commit'>): string {
  return commit.type === 'line' ? commit.text : commit.type;
}

function check(condition: boolean, message: string): asserts condition {
  if (!condition) {
    throw new Error(message);
  }
}

function present<T>(value: T | undefined, what: string): T {
  check(value !== undefined, `there is not ${what}`);
  return value;
}

function same(actual: unknown, expected: unknown, what: string): void {
  check(
    isSame(actual, expected),
    `${what}: ${shorten(inJSON(actual))} instead of ${shorten(inJSON(expected))}`,
  );
}

/** Compares plain values. An undefined field equals a missing one. */
function isSame(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) {
    return Object.is(one, other);
  }
  if (Array.isArray(one) !== Array.isArray(other)) {
    return false;
  }
  const [fields, others] = [fieldsOf(one), fieldsOf(other)];
  return (
    fields.size === others.size &&
    [...fields].every(([name, value]) => others.has(name) && isSame(value, others.get(name)))
  );
}

function fieldsOf(value: object): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(value).filter(([, field]: [string, unknown]) => field !== undefined));
}

function inJSON(value: unknown): string {
  return value === undefined ? 'undefined' : JSON.stringify(value);
}

function shorten(text: string): string {
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}

function nameOf(error: unknown): unknown {
  return error instanceof Error ? error.name : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : formatValue(error);
}
