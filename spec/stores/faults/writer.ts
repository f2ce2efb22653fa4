// A process of a fault run. It claims streams and appends until it is killed, fenced or done, and records each commit
// before it sends it, and the answer of the log. A write to a file survives SIGKILL.
import { openSync, writeSync } from 'node:fs';

import { lastValueFrom, Subject, tap } from 'rxjs';

import type { Commit, StreamRef } from '../../../src/commits.js';
import type { AppendRequest, Claim, CommitLog } from '../../../src/core/log/commitLog.js';
import { appendCommits } from '../../../src/log/appendCommits.js';
import { RandomNumbers } from '../../../src/testing/randomNumbers.js';
import { storeOf } from '../support/stores.js';
import { persist } from '../support/until.js';
import type { SentCommit, WriterLine, WriterOptions } from './writerFile.js';

const options = JSON.parse(process.argv[2] ?? '') as WriterOptions;
const file = openSync(options.file, 'a');
const record = (line: WriterLine): void => {
  writeSync(file, `${JSON.stringify(line)}\n`);
};

// The clocks of two machines differ.
const now = Date.now.bind(Date);
Date.now = () => now() + options.skew;

const random = new RandomNumbers(options.seed, options.writer);

/** Generates the commits of one stream. */
class Script {
  /** The number of the next entry. */
  number = 1;
  lines = 0;
  readonly stream: StreamRef;
  #isPart = false;

  constructor(stream: StreamRef) {
    this.stream = stream;
  }

  get isFinished(): boolean {
    return this.number > options.commits + 1;
  }

  next(): AppendRequest['commit'] {
    const { stream } = this;
    const number = this.number++;
    if (this.isFinished) {
      return { type: 'close', stream, reason: 'end', lines: this.lines };
    }
    if (this.lines > 1 && random.below(20) === 0) {
      this.lines -= 1;
      this.#isPart = false;
      return { type: 'revise', stream, index: this.lines };
    }
    const index = this.#isPart ? this.lines - 1 : this.lines;
    this.lines = index + 1;
    this.#isPart = random.below(10) === 0;
    const text = `${options.writer} ${stream.id} ${number} ${'x'.repeat(random.below(100))}`;
    return { type: 'line', stream, index, text, eol: this.#isPart ? '' : '\n' };
  }
}

function bodyOf(commit: AppendRequest['commit']): SentCommit {
  const body = { ...commit, stream: undefined };
  return body;
}

/** Random unfinished scripts, possibly with repeats. */
function* turns(scripts: ReadonlyMap<string, Script>): Iterable<Script> {
  for (let count = 1 + random.below(20); count > 0; count--) {
    const script = [...scripts.values()][random.below(scripts.size)];
    if (script?.isFinished === false) {
      yield script;
    }
  }
}

/** Calls the methods of the store directly. */
async function callStore(log: CommitLog): Promise<void> {
  const claims = await persist(() =>
    log.claim(
      options.streams.map((id) => ({
        stream: { kind: 'answer', id, generation: 0 },
        token: `${options.writer} ${id}`,
        lease: options.lease,
        existing: 'restart',
      })),
    ),
  );
  record({ claimed: claims.map(({ stream, position }) => [stream.id, stream.generation, position]) });
  const held = new Map(claims.map((claim): [string, Claim] => [claim.stream.id, claim]));
  const scripts = new Map(claims.map(({ stream }) => [stream.id, new Script(stream)]));
  const renewal = setInterval(() => {
    Promise.resolve(log.renew([...held.values()], options.lease)).catch(() => undefined);
  }, options.lease / 5);
  while (scripts.size > 0) {
    const batch: AppendRequest[] = [];
    for (const script of turns(scripts)) {
      const { number, stream } = script;
      const commit = script.next();
      batch.push({ stream, token: `${options.writer} ${stream.id}`, number, lines: script.lines, commit });
    }
    record({
      sent: batch.map(({ stream, number, commit }) => [stream.id, number, bodyOf(commit)]),
    });
    const answers = await persist(() => log.append(batch));
    record({
      answered: batch.map(({ stream, number }, index) => {
        const answer = answers[index];
        return [stream.id, number, answer?.type === 'stored' ? answer.position : 'fenced'];
      }),
    });
    batch.forEach(({ stream, commit }, index) => {
      if (commit.type === 'close' || answers[index]?.type !== 'stored') {
        held.delete(stream.id);
        scripts.delete(stream.id);
      }
    });
  }
  clearInterval(renewal);
}

/** Uses the operator, as applications do. */
async function useOperator(log: CommitLog): Promise<void> {
  const commits = new Subject<Commit>();
  const scripts = new Map(
    options.streams.map((id) => [id, new Script({ kind: 'answer', id, generation: 0 })]),
  );
  const answered = new Map<string, number>();
  const appended = commits.pipe(
    appendCommits(log, { lease: options.lease, retryFor: 120_000 }),
    tap((answer) => {
      const stream =
        answer.type === 'fenced'
          ? answer.stream
          : 'stream' in answer.commit
            ? answer.commit.stream
            : undefined;
      if (stream === undefined) {
        throw new Error('the writer sent an invalid commit');
      }
      const number = answered.get(stream.id) ?? 0;
      answered.set(stream.id, number + 1);
      if (answer.type === 'fenced') {
        record({ answered: [[stream.id, number, 'fenced']] });
        scripts.delete(stream.id);
      } else if (answer.commit.type === 'open') {
        record({ claimed: [[stream.id, stream.generation, answer.position ?? '']] });
      } else {
        record({ answered: [[stream.id, number, answer.position]] });
      }
    }),
  );
  const ended = lastValueFrom(appended, { defaultValue: undefined });
  for (const { stream } of scripts.values()) {
    commits.next({ type: 'open', stream });
  }
  while ([...scripts.values()].some(({ isFinished }) => !isFinished)) {
    for (const script of turns(scripts)) {
      const { number, stream } = script;
      const commit = script.next();
      record({ sent: [[stream.id, number, bodyOf(commit)]] });
      commits.next(commit);
    }
    // Like the source of an application, it continues whether or not the log has answered.
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, random.below(10)))]);
  }
  commits.complete();
  await ended;
}

async function write(): Promise<void> {
  const { log, close } = await persist(() => storeOf(options.store).open(options.address, options.log));
  try {
    await (options.usesOperator ? useOperator(log) : callStore(log));
    record({ done: true });
  } catch (error) {
    record({ failed: String(error) });
  }
  await close();
}

void write();
