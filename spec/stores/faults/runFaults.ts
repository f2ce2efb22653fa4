import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'tsup';

import type { CommitLog, StoredEntry } from '../../../src/core/log/commitLog.js';
import { RandomNumbers } from '../../../src/testing/randomNumbers.js';
import { all } from '../support/claims.js';
import { Proxy } from '../support/proxy.js';
import type { OpenLog, Store } from '../support/store.js';
import { persist, until } from '../support/until.js';
import { violationsOf } from './check.js';
import { Follower } from './follower.js';
import { hasAnswers, readAccounts, type WriterOptions } from './writerFile.js';

export interface FaultOptions {
  readonly store: Store;
  /** How many processes are killed with SIGKILL, writers and servers. */
  readonly kills: number;
  /** Determines the sequence of faults, but not the progress of each process at that time. */
  readonly seed: number;
}

export interface FaultReport {
  readonly killedWriters: number;
  readonly killedServers: number;
  readonly stoppedWriters: number;
  readonly cutConnections: number;
  readonly entries: number;
  readonly generations: number;
  readonly violations: readonly string[];
  /** The directory with the files of the writers; undefined after a run without violations. */
  readonly directory: string | undefined;
}

const LEASE = 1_500;
const WRITERS = 3;

interface RunningWriter {
  readonly options: WriterOptions;
  readonly process: ChildProcess;
  readonly ended: Promise<unknown>;
  /** The number of answers that it must have received before the next fault. */
  readonly answers: number;
}

/** Writes to a log while processes are killed or stopped and connections cut; then compares the log with the records. */
export async function runFaults({ store, kills, seed }: FaultOptions): Promise<FaultReport> {
  const run = new FaultRun(store, seed);
  try {
    const report = await run.run(kills);
    if (report.violations.length === 0) {
      run.deleteFiles();
    }
    return report;
  } finally {
    await run.dispose();
  }
}

class FaultRun {
  /** Ensures that no writer outlives the run, not even a stopped one. */
  readonly #onExit = (): void => {
    for (const { process } of this.#started) {
      process.kill('SIGKILL');
    }
  };
  readonly #store: Store;
  readonly #seed: number;
  /** Two sequences, so that the choice of faults is independent of the number of writers. */
  readonly #faults: RandomNumbers;
  readonly #random: RandomNumbers;
  readonly #directory = mkdtempSync(join(tmpdir(), 'deltalines-faults-'));
  readonly #writers = new Set<RunningWriter>();
  readonly #started = new Set<RunningWriter>();
  readonly #all: WriterOptions[] = [];
  readonly #disposals: (() => Promise<unknown>)[] = [];
  #isFinished = false;

  constructor(store: Store, seed: number) {
    this.#store = store;
    this.#seed = seed;
    this.#faults = new RandomNumbers(seed, 'faults');
    this.#random = new RandomNumbers(seed, 'writers');
    process.once('exit', this.#onExit);
  }

  async run(kills: number): Promise<FaultReport> {
    const server = await this.#store.start();
    this.#disposals.push(() => server.stop());
    const proxy = await Proxy.start(server.port);
    this.#disposals.push(() => proxy.stop());
    const { log } = await this.#open(server.address);
    const closers = [await this.#open(server.address), await this.#open(server.address)].map((open) =>
      this.#closeAbandoned(open.log),
    );
    const followers = [
      new Follower((await this.#open(server.address)).log),
      new Follower((await this.#open(proxy.address)).log),
    ];
    proxy.cutRandomly(this.#seed, 300_000);

    const program = await buildWriter(this.#directory);
    const count = { killedWriters: 0, killedServers: 0, stoppedWriters: 0 };
    const stopped: Promise<void>[] = [];
    while (count.killedWriters + count.killedServers < kills) {
      while (this.#writers.size < WRITERS) {
        this.#start(program, this.#random.below(2) === 0 ? server.address : proxy.address);
      }
      const victim = await until(
        () => [...this.#writers].find(({ options, answers }) => hasAnswers(options.file, answers)),
        'a writer appends',
        120_000,
      );
      const chance = this.#faults.below(100);
      if (chance < 70) {
        victim.process.kill('SIGKILL');
        await victim.ended;
        count.killedWriters++;
      } else if (chance < 82) {
        this.#writers.delete(victim);
        victim.process.kill('SIGSTOP');
        stopped.push(this.#continueFenced(log, victim));
        count.stoppedWriters++;
      } else if (chance < 90) {
        await server.kill();
        await server.restart();
        count.killedServers++;
      } else {
        proxy.loseAnswers(1 + this.#faults.below(3));
        proxy.cut();
      }
    }
    await Promise.all(stopped);
    await Promise.all([...this.#writers].map(({ ended }) => ended));
    proxy.stopCutting();
    proxy.cut();
    const entries = await until(async () => closedLog(await persist(() => all(log))), 'all is closed');
    this.#isFinished = true;
    await Promise.all(closers);
    await Promise.all(followers.map((follower) => follower.stop(entries.length)));

    const accounts = this.#all.flatMap(({ writer, file, streams }) => readAccounts(writer, file, streams));
    const violations = [
      ...violationsOf(accounts, entries),
      ...followers.flatMap((follower, index) => differencesOf(entries, follower.entries, index)),
    ];
    return {
      ...count,
      cutConnections: proxy.cuts,
      entries: entries.length,
      generations: entries.filter(({ commit }) => commit.type === 'open').length,
      violations,
      directory: violations.length > 0 ? this.#directory : undefined,
    };
  }

  async dispose(): Promise<void> {
    this.#isFinished = true;
    this.#onExit();
    process.off('exit', this.#onExit);
    await Promise.allSettled(this.#disposals.reverse().map((dispose) => dispose()));
  }

  deleteFiles(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #open(address: string): Promise<OpenLog> {
    const open = await persist(() => this.#store.open(address, 'faults'));
    this.#disposals.push(() => open.close());
    return open;
  }

  #start(program: string, address: string): void {
    const writer = `writer${this.#all.length}`;
    const options: WriterOptions = {
      store: this.#store.name,
      address,
      log: 'faults',
      writer,
      seed: this.#seed,
      file: join(this.#directory, `${writer}.jsonl`),
      streams: [...this.#random.choose(3, 12)].map((stream) => `stream${stream}`),
      commits: 100 + this.#random.below(500),
      lease: LEASE,
      usesOperator: this.#random.below(2) === 0,
      skew: [-60_000, 0, 60_000][this.#random.below(3)] ?? 0,
    };
    this.#all.push(options);
    const child = spawn(process.execPath, [program, JSON.stringify(options)], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const running: RunningWriter = {
      options,
      process: child,
      ended: once(child, 'exit').then(() => {
        this.#writers.delete(running);
        this.#started.delete(running);
      }),
      answers: this.#random.below(10),
    };
    this.#writers.add(running);
    this.#started.add(running);
  }

  /** Resumes a stopped writer once its streams are closed. It must find that it is fenced, and end. */
  async #continueFenced(log: CommitLog, { options, process: child, ended }: RunningWriter): Promise<void> {
    try {
      const accounts = readAccounts(options.writer, options.file, options.streams);
      for (const { id, generation } of accounts) {
        await until(
          () =>
            persist(() => log.entries({ kind: 'answer', id, generation: generation ?? 0 })).then(
              (entries) => entries === undefined,
            ),
          `${options.writer} is fenced from ${id}`,
        );
      }
    } finally {
      child.kill('SIGCONT');
    }
    await ended;
  }

  async #closeAbandoned(log: CommitLog): Promise<void> {
    while (!this.#isFinished) {
      await Promise.resolve(log.abandoned()).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** Bundles the writer into one file, which makes its process start many times faster. */
async function buildWriter(directory: string): Promise<string> {
  await build({
    entry: { writer: fileURLToPath(new URL('writer.ts', import.meta.url)) },
    outDir: directory,
    format: 'cjs',
    outExtension: () => ({ js: '.cjs' }),
    platform: 'node',
    target: 'node20',
    noExternal: [/./],
    config: false,
    silent: true,
  });
  return join(directory, 'writer.cjs');
}

/** The entries, once no stream is open. */
function closedLog(entries: readonly StoredEntry[]): readonly StoredEntry[] | undefined {
  let open = 0;
  for (const { commit } of entries) {
    open += commit.type === 'open' ? 1 : commit.type === 'close' ? -1 : 0;
  }
  return open === 0 ? entries : undefined;
}

function differencesOf(
  entries: readonly StoredEntry[],
  followed: readonly StoredEntry[],
  follower: number,
): readonly string[] {
  const index = followed.findIndex(({ position }, at) => position !== entries[at]?.position);
  return index === -1 && followed.length === entries.length
    ? []
    : [`follower ${follower} read ${followed.length} of ${entries.length} entries, wrong from ${index}`];
}
