import { Bench } from 'tinybench';

import type { Outcome } from './contender.js';
import { createContender, type Entrant } from './contenders/index.js';

/** What a process is asked to run. */
export interface Assignment {
  readonly entrant: Entrant;
  /** The milliseconds for the rounds that count, after half as many to warm up. With 0, one round runs, cold. */
  readonly time: number;
  readonly clock: Clock;
}

/**
 * Wall time is what users wait for. On a busy machine it says little; the time of the processor says more there, but
 * counts the threads with it that collect garbage and compile at the same time.
 */
export type Clock = 'wall' | 'cpu';

/** What it answers. */
export interface Report {
  /** How many milliseconds each round took, the shortest first. */
  readonly rounds: readonly number[];
  readonly outcome: Outcome;
}

const CLOCKS: Readonly<Record<Clock, () => number>> = {
  wall: () => performance.now(),
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};

async function run({ entrant, time, clock }: Assignment): Promise<Report> {
  const contender = await createContender(entrant);
  const now = CLOCKS[clock];
  if (time === 0) {
    const start = now();
    const outcome = await contender.run();
    return { rounds: [now() - start], outcome };
  }
  let outcome: Outcome | Promise<Outcome> | undefined;
  const bench = new Bench({
    now,
    time,
    iterations: 8,
    warmupTime: time / 2,
    warmupIterations: 3,
    retainSamples: true,
    throws: true,
  });
  bench.add(entrant.contender, () => (outcome = contender.run()), { async: contender.isAsync === true });
  const [task] = await bench.run();
  if (task?.result.state !== 'completed') {
    throw new Error(`${entrant.contender} did not finish`);
  }
  return { rounds: task.result.latency.samples ?? [], outcome: (await outcome) ?? {} };
}

process.once('message', (assignment: Assignment) => {
  void run(assignment).then((report) => {
    // Timers that a contender has left must not keep the process, and its memory, while others are measured.
    process.send?.(report, () => process.exit());
  });
});
