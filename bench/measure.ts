import type { Entrant } from './contenders/index.js';

export type Goal = { readonly atMost: number } | { readonly atLeast: number };

/** A full version for people, a short one for every change. */
export type Version = 'full' | 'short';

interface Case {
  /** What tells it from the other cases of its measure. */
  readonly label: string;
  /** None for a case that is only there to be compared with. */
  readonly goal?: Goal;
  /** The only version that it is part of. */
  readonly version?: Version;
  /** Its place, in a measure that is shown as a matrix. */
  readonly cell?: Cell;
  /** What keeps it from its goal, as far as that is known; said in the report while the goal is not met. */
  readonly limit?: string;
}

/** How much longer one entrant takes than the other. */
export interface RatioCase extends Case {
  readonly of: Entrant;
  readonly to: Entrant;
  /** How often the work of `of` is needed, where only a part of it is measured; once by default. */
  readonly multiple?: number;
  /** Whether the two differ in what they do; otherwise they must come to the same outcome. */
  readonly isOtherWork?: boolean;
  /** A whole program runs once in each process, cold; anything else runs many times, after a warm-up. */
  readonly isProgram?: boolean;
  /** Whether `of` takes minutes. Then it runs once, cold, and there is one pair of processes. */
  readonly isLong?: boolean;
}

/** A size that an entrant finds out, as the `size` of its outcome. */
export interface SizeCase extends Case {
  readonly of: Entrant;
  /** Whether the entrant runs a whole program; those take long and are run once. */
  readonly isProgram?: boolean;
  readonly unit: 'B' | 'kB' | 'MB';
}

export interface Cell {
  readonly row: string;
  readonly column: string;
}

export interface Measure {
  readonly title: string;
  /** What the median of all cases should be, for a measure that is shown as a matrix. */
  readonly medianGoal?: Goal;
  readonly cases: readonly (RatioCase | SizeCase)[];
}

export function isRatio(benchmark: RatioCase | SizeCase): benchmark is RatioCase {
  return 'to' in benchmark;
}
