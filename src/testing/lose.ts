import type { DeltaEvent } from '../events.js';
import { checkOptions, count as countOption, requiredCallback } from '../rx/options.js';
import { checkList, randomNumbers } from './parameters.js';

/** The options of `lose`. */
export interface LoseOptions<T> {
  /**
   * The number of values to lose, limited to those that may be lost. A whole number from 0, or `Infinity` for all.
   *
   * @default 1
   */
  readonly count?: number | undefined;
  /**
   * Returns whether a value may be lost.
   *
   * @default the events of the type `delta`
   */
  readonly which?: ((value: T) => boolean) | undefined;
}

/**
 * Removes some deltas, as a connection without acknowledgements does.
 *
 * ```text
 * events   a1 b1 a2 b2 a:end b:end
 *          lose(seed, events, { count: 2 })
 *          a1 b2 a:end b:end
 * ```
 *
 * Exactly `count` deltas are lost, so that a test never runs without a loss. `start`, `end`, `error` and the order
 * are kept. The same seed returns the same list on every platform.
 *
 * @example
 *
 * ```ts
 * import { commitLines, type DeltaEvent } from 'deltalines';
 * import { lose } from 'deltalines/testing';
 * import { from } from 'rxjs';
 *
 * const answer = { kind: 'answer', id: '1' } as const;
 * const events: DeltaEvent[] = [
 *   { ...answer, type: 'delta', delta: 'one\n' },
 *   { ...answer, type: 'delta', delta: 'two\n' },
 *   { ...answer, type: 'delta', delta: 'three\n' },
 *   { ...answer, type: 'end', text: 'one\ntwo\nthree\n' },
 * ];
 *
 * from(lose(1, events))
 *   .pipe(commitLines())
 *   .subscribe((commit) => console.log(commit.type === 'line' ? `line ${commit.text}` : commit.type));
 *
 * // Logs:
 * // open
 * // line one
 * // line three
 * // revise
 * // line two
 * // line three
 * // close
 * ```
 *
 * @param seed A safe integer.
 * @param events The events; or values of any other type, with an option `which`.
 * @param options How many, and which; see {@link LoseOptions}.
 * @returns A new list of the same values.
 * @throws `TypeError` or `RangeError` if a parameter is wrong.
 * @see {@link shuffle} and {@link repeat} for other faults of a connection.
 */
export function lose<E extends DeltaEvent>(seed: number, events: readonly E[], options?: LoseOptions<E>): E[];
export function lose<T>(
  seed: number,
  values: readonly T[],
  options: LoseOptions<T> & { readonly which: (value: T) => boolean },
): T[];
export function lose(
  seed: number,
  values: readonly unknown[],
  options: LoseOptions<unknown> = {},
): unknown[] {
  const random = randomNumbers(seed, 'lose');
  checkList('The list of events', values);
  checkOptions(options);
  const count = countOption('count', options.count, 1, 0);
  const { which = isDelta } = options;
  requiredCallback('which', which);
  const indices = values.flatMap((value, index) => (which(value) ? [index] : []));
  const chosen = random.choose(count, indices.length);
  const lost = new Set(indices.filter((_, number) => chosen.has(number)));
  return values.filter((_, index) => !lost.has(index));
}

function isDelta(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'delta';
}
