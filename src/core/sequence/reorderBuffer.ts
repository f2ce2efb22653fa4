import type { CommitSink } from '../commitSink.js';
import { Heap, type Positioned } from '../collections/heap.js';
import { type Linked, LinkedList } from '../collections/linkedList.js';

/** The bounds of a buffer. */
export interface ReorderLimits {
  /** The first number of each scope; `undefined` to begin with the first number seen. */
  readonly start: number | undefined;
  /** A missing number is skipped once this many values of its scope are held. */
  readonly maxReorder: number;
  /** The most scopes with state. */
  readonly maxScopes: number;
}

/** Numbers of a scope that did not arrive in time. */
export interface SequenceGap {
  /** What the option `scope` returned; `undefined` without it. */
  readonly scope: unknown;
  /** The first missing number. */
  readonly from: number;
  /** The last missing number. */
  readonly to: number;
}

/** Why a value is dropped: its number was emitted or held before, or the number was skipped. */
export type SequenceDropReason = 'repeat' | 'late';

/** Receives the values of a buffer. */
export interface ReorderObserver<T> {
  drop(value: T, reason: SequenceDropReason): void;
  /** These numbers are skipped. */
  gap(gap: SequenceGap): void;
}

/** A value that waits for lower numbers. */
export interface HeldValue<T> extends Linked<HeldValue<T>>, Positioned {
  readonly value: T;
  readonly number: number;
  readonly scope: ReorderScope<T>;
  /** When it arrived. */
  readonly heldAt: number;
}

/** Numbers that are compared with each other. */
export interface ReorderScope<T> extends Linked<ReorderScope<T>> {
  readonly key: unknown;
  /** The number that the scope began with. */
  readonly start: number;
  /** The next number to be emitted. */
  expected: number;
  /** Whether the scope may have been evicted before, so that the numbers of its first gap may have been emitted. */
  mayHaveBegun: boolean;
  readonly held: Map<number, HeldValue<T>>;
  /** The held values, lowest number first. */
  readonly ranked: Heap<HeldValue<T>>;
  /** The latest skipped numbers, in ascending order. */
  readonly gaps: SequenceGap[];
}

/**
 * How many gaps of a scope are remembered to distinguish late values from repeats. Beyond that, the oldest is
 * deleted.
 */
export const REMEMBERED_GAPS = 100;

/**
 * Restores the order of numbered values in each scope, and drops repeats.
 *
 * Numbers are compared and never iterated over, so that the cost of a gap does not depend on its length.
 */
export class ReorderBuffer<T> {
  readonly limits: ReorderLimits;
  private readonly now: () => number;
  private readonly sink: CommitSink<T>;
  private readonly observer: ReorderObserver<T>;
  /** By their keys. */
  readonly scopes = new Map<unknown, ReorderScope<T>>();
  /** The scopes, least recent first. */
  readonly leastRecent = new LinkedList<ReorderScope<T>>();
  /** The keys of the scopes that were evicted last, at most `maxScopes`. */
  readonly evicted = new Set<unknown>();
  /** Whether keys were deleted from `evicted`, so that any new scope may have been evicted before. */
  hasDeletedEvicted = false;
  /** The held values of all scopes, in the order of arrival. */
  readonly held = new LinkedList<HeldValue<T>>();

  constructor(limits: ReorderLimits, now: () => number, sink: CommitSink<T>, observer: ReorderObserver<T>) {
    this.limits = limits;
    this.now = now;
    this.sink = sink;
    this.observer = observer;
  }

  /** Emits, holds or drops a value. Its number must be a safe integer. */
  accept(value: T, number: number, scopeKey: unknown): void {
    const scope = this.scopeOf(scopeKey, number);
    if (number === scope.expected) {
      scope.expected++;
      scope.mayHaveBegun = false;
      this.sink.next(value);
      this.emitRun(scope);
    } else if (number < scope.expected) {
      this.observer.drop(value, this.isMissed(number, scope) ? 'late' : 'repeat');
    } else if (scope.held.has(number)) {
      this.observer.drop(value, 'repeat');
    } else {
      this.hold(value, number, scope);
    }
  }

  /** Emits the oldest held value, and skips the numbers missing before it. */
  expireOldest(): void {
    const oldest = this.held.first;
    while (oldest !== undefined && this.held.first === oldest) {
      this.skipFirstGap(oldest.scope);
    }
  }

  /** The source ended: emits all held values, as if they had expired. */
  flush(): void {
    while (this.held.size > 0) {
      this.expireOldest();
    }
  }

  /** Deletes all state. A sink may call this during any other call, which then ends. */
  clear(): void {
    for (const scope of this.scopes.values()) {
      scope.held.clear();
    }
    this.scopes.clear();
    this.evicted.clear();
    this.hasDeletedEvicted = false;
    this.leastRecent.clear();
    this.held.clear();
  }

  private scopeOf(key: unknown, number: number): ReorderScope<T> {
    const { last } = this.leastRecent;
    if (last !== undefined && last.key === key) {
      return last;
    }
    const known = this.scopes.get(key);
    if (known === undefined) {
      return this.openScope(key, number);
    }
    this.leastRecent.remove(known);
    this.leastRecent.append(known);
    return known;
  }

  private openScope(key: unknown, number: number): ReorderScope<T> {
    // Looked up first, because evicting a scope for this one may delete its key from `evicted`.
    const start = this.evicted.delete(key) ? number : (this.limits.start ?? number);
    const mayHaveBegun = this.hasDeletedEvicted;
    if (this.scopes.size >= this.limits.maxScopes) {
      this.evictLeastRecent();
    }
    const scope: ReorderScope<T> = {
      key,
      start,
      expected: start,
      mayHaveBegun,
      held: new Map(),
      ranked: new Heap(byNumber),
      gaps: [],
      previous: undefined,
      next: undefined,
    };
    this.scopes.set(key, scope);
    this.leastRecent.append(scope);
    return scope;
  }

  private evictLeastRecent(): void {
    const scope = this.leastRecent.first;
    if (scope === undefined) {
      return;
    }
    while (scope.held.size > 0) {
      this.skipFirstGap(scope);
    }
    // The sink may have cleared the buffer.
    if (this.scopes.delete(scope.key)) {
      this.leastRecent.remove(scope);
      this.rememberEvicted(scope.key);
    }
  }

  private rememberEvicted(key: unknown): void {
    this.evicted.add(key);
    if (this.evicted.size > this.limits.maxScopes) {
      this.evicted.delete(this.evicted.values().next().value);
      this.hasDeletedEvicted = true;
    }
  }

  private hold(value: T, number: number, scope: ReorderScope<T>): void {
    const held: HeldValue<T> = {
      value,
      number,
      scope,
      heldAt: this.now(),
      position: 0,
      previous: undefined,
      next: undefined,
    };
    scope.held.set(number, held);
    scope.ranked.add(held);
    this.held.append(held);
    if (scope.held.size >= this.limits.maxReorder) {
      this.skipFirstGap(scope);
    }
  }

  /** Skips to the lowest held number. */
  private skipFirstGap(scope: ReorderScope<T>): void {
    const lowest = scope.ranked.first;
    if (lowest === undefined) {
      return;
    }
    // If the observer threw in `gap`, `expected` is already advanced.
    if (scope.expected < lowest.number) {
      const gap = { scope: scope.key, from: scope.expected, to: lowest.number - 1 };
      scope.expected = lowest.number;
      this.rememberGap(gap, scope);
      if (scope.mayHaveBegun) {
        scope.mayHaveBegun = false;
      } else {
        this.observer.gap(gap);
      }
    }
    this.emitRun(scope);
  }

  private rememberGap(gap: SequenceGap, { gaps }: ReorderScope<T>): void {
    gaps.push(gap);
    if (gaps.length > REMEMBERED_GAPS) {
      gaps.shift();
    }
  }

  /** Emits the held values from the expected number up to the next missing one. */
  private emitRun(scope: ReorderScope<T>): void {
    if (scope.held.size === 0) {
      return;
    }
    for (
      let held = scope.held.get(scope.expected);
      held !== undefined;
      held = scope.held.get(scope.expected)
    ) {
      scope.expected++;
      scope.held.delete(held.number);
      scope.ranked.remove(held);
      this.held.remove(held);
      this.sink.next(held.value);
    }
  }

  /** Whether a number below the expected one was never emitted: it is below the start or in a remembered gap. */
  private isMissed(number: number, scope: ReorderScope<T>): boolean {
    return number < scope.start || scope.gaps.some(({ from, to }) => from <= number && number <= to);
  }
}

function byNumber<T>(a: HeldValue<T>, b: HeldValue<T>): number {
  return a.number - b.number;
}
