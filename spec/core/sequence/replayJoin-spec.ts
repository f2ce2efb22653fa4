import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { CommitSink } from '../../../src/core/commitSink.js';
import { ReplayJoin, type ReplayGap } from '../../../src/core/sequence/replayJoin.js';

/** Writes down each call in words. The subscriber leaves after `limit` values. */
class Log implements CommitSink<string> {
  readonly entries: string[] = [];
  private readonly limit: number;

  constructor(limit = Infinity) {
    this.limit = limit;
  }

  get closed(): boolean {
    return this.entries.length >= this.limit;
  }

  next(value: string): void {
    this.entries.push(value);
  }

  readonly gap = ({ from, to }: ReplayGap): void => {
    this.entries.push(`gap ${String(from)} to ${String(to)}`);
  };
}

/** A value is what it is called and its number, if it has one. */
const numberOf = (value: string) => (/\d/.test(value) ? Number(value.slice(1)) : undefined);

/** `held` are the live values during the history, `live` those after it. */
function join(
  { history = [], held = [], live = [] }: { history?: string[]; held?: string[]; live?: string[] },
  log = new Log(),
): readonly string[] {
  const replay = new ReplayJoin(log, log.gap);
  for (const value of held) {
    replay.accept(value, numberOf(value));
  }
  for (const value of history) {
    replay.replay(value, numberOf(value));
  }
  replay.join();
  for (const value of live) {
    replay.accept(value, numberOf(value));
  }
  return log.entries;
}

describe('ReplayJoin', () => {
  // prettier-ignore
  it.each([
    { title: 'emits live values when there is no history',             input: { live: ['l5', 'l6'] },                                 output: ['l5', 'l6'] },
    { title: 'emits the history first',                                input: { history: ['h1', 'h2'], held: ['l3'] },                output: ['h1', 'h2', 'l3'] },
    { title: 'emits a number that is in both once',                    input: { history: ['h1', 'h2'], held: ['l2', 'l3'] },          output: ['h1', 'h2', 'l3'] },
    { title: 'emits a number that the history repeats once',           input: { history: ['h1', 'h1', 'h2'] },                        output: ['h1', 'h2'] },
    { title: 'sorts the held values',                                  input: { history: ['h1'], held: ['l3', 'l2'] },                output: ['h1', 'l2', 'l3'] },
    { title: 'keeps held values without a number in position',         input: { held: ['x', 'l2', 'y', 'l1'] },                       output: ['x', 'l1', 'y', 'l2'] },
    { title: 'reports a gap before the held values',                   input: { history: ['h1'], held: ['l4'] },                      output: ['h1', 'gap 2 to 3', 'l4'] },
    { title: 'reports a gap before the first value after the history', input: { history: ['h1'], live: ['l4'] },                      output: ['h1', 'gap 2 to 3', 'l4'] },
    { title: 'reports a gap after a live value without a number',      input: { history: ['h1'], live: ['x', 'l4'] },                 output: ['h1', 'x', 'gap 2 to 3', 'l4'] },
    { title: 'drops a repeat after a value without a number',          input: { history: ['h1', 'x', 'h1'] },                         output: ['h1', 'x'] },
    { title: 'reports no gap when the history was empty',              input: { held: ['l4'] },                                       output: ['l4'] },
    { title: 'reports no gap inside the live source',                  input: { history: ['h1'], held: ['l2'], live: ['l9'] },        output: ['h1', 'l2', 'l9'] },
    { title: 'drops a live value that a later one has overtaken',      input: { history: ['h1'], live: ['l2', 'l4', 'l3'] },          output: ['h1', 'l2', 'l4'] },
    { title: 'does not treat a repeat as the end of the gap',          input: { history: ['h1', 'h2'], held: ['l2'], live: ['l5'] },  output: ['h1', 'h2', 'gap 3 to 4', 'l5'] },
  ])('$title', ({ input, output }) => {
    expect(join(input)).toStrictEqual(output);
  });

  it('holds no live value that the history has emitted', () => {
    const log = new Log();
    const replay = new ReplayJoin(log, log.gap);
    replay.replay('h2', 2);
    for (const value of ['l1', 'l2', 'l3', 'x']) {
      replay.accept(value, numberOf(value));
    }
    expect(replay.held?.map(({ value }) => value)).toStrictEqual(['l3', 'x']);
  });

  it('emits no held value after unsubscribe', () => {
    expect(join({ history: ['h1'], held: ['l2', 'l3'] }, new Log(2))).toStrictEqual(['h1', 'l2']);
  });

  it('emits each number once and in order, wherever the history ends', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.nat(20), fc.nat(20), fc.nat(20), (count, historyEnd, heldFrom, heldTo) => {
        const numbers = Array.from({ length: count }, (_, i) => i);
        const overlap = Math.min(historyEnd, heldFrom);
        const output = join({
          history: numbers.slice(0, historyEnd).map((n) => `h${String(n)}`),
          held: numbers.slice(overlap, Math.max(heldTo, historyEnd)).map((n) => `l${String(n)}`),
          live: numbers.slice(Math.max(heldTo, historyEnd)).map((n) => `l${String(n)}`),
        });
        expect(output.map(numberOf)).toStrictEqual(numbers);
      }),
    );
  });
});
