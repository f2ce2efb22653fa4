import { Heap, type Positioned } from '../collections/heap.js';
import { type Linked, LinkedList } from '../collections/linkedList.js';

/** The bounds of a buffer. */
export interface ReorderLimits {
  /** The first number of each scope; `undefined` to begin with the first number seen. */
  readonly start: number | undefined;
  /** A missing number is waited for until this many values of its scope are held. */
  readonly maxReorder: number;
  /** The most scopes that are known at once. */
  readonly maxScopes: number;
}

/** Numbers of a scope that did not come in time. */
export interface SequenceGap {
  /** What the option `scope` gave; `undefined` without it. */
  readonly scope: unknown;
  /** The first missing number. */
  readonly from: number;
  /** The last missing number. */
  readonly to: number;
}

/** Why a value has no place in the order any more: its number was there before, or was waited for in vain. */
export type SequenceDropReason = 'repeat' | 'late';

/** What is done with the values of a buffer. */
export interface ReorderSink<T> {
  /** Whether the subscriber is gone, so that further calls are in vain. */
  readonly closed: boolean;
  emit(value: T): void;
  /** This value has to wait, until it is emitted or `expireOldest` is called for it. */
  hold(held: HeldValue<T>): void;
  drop(value: T, reason: SequenceDropReason): void;
  /** These numbers are not waited for any longer. */
  gap(gap: SequenceGap): void;
}

/** A value that waits for the numbers below its own. */
export interface HeldValue<T> extends Linked<HeldValue<T>>, Positioned {
  readonly value: T;
  readonly number: number;
  readonly scope: ReorderScope<T>;
  /** When it came. For the sink to write and to read; there is no clock in here. */
  heldAt: number;
}

/** Numbers that are compared with each other and with no others. */
export interface ReorderScope<T> extends Linked<ReorderScope<T>> {
  readonly key: unknown;
  /** The number that the scope began with. */
  readonly start: number;
  /** The next number to be emitted. */
  expected: number;
  /** Whether the scope may be one that was forgotten, so that its first gap may have been delivered. */
  mayHaveBegun: boolean;
  readonly held: Map<number, HeldValue<T>>;
  /** The same values, the lowest number first. */
  readonly ranked: Heap<HeldValue<T>>;
  /** The latest numbers that were given up, in ascending order. */
  readonly gaps: SequenceGap[];
}

/** A drop can be told late from repeated by this many gaps of its scope; the oldest are forgotten first. */
export const REMEMBERED_GAPS = 100;

/**
 * Puts numbered values in order, each scope for itself, and drops those that were there before.
 *
 * Numbers are only compared, never counted through, so that a jump costs the same however far it goes.
 */
export class ReorderBuffer<T> {
  readonly limits: ReorderLimits;
  /** By their keys. */
  readonly scopes = new Map<unknown, ReorderScope<T>>();
  /** The same scopes, the least recent first. */
  readonly leastRecent = new LinkedList<ReorderScope<T>>();
  /** The scopes that were forgotten last, as many as scopes are known. */
  readonly forgotten = new Set<unknown>();
  /** Whether more scopes were forgotten than `forgotten` holds, so that any new scope may be one of them. */
  hasLostForgotten = false;
  /** The values of all scopes that wait, in the order of arrival. */
  readonly held = new LinkedList<HeldValue<T>>();

  constructor(limits: ReorderLimits) {
    this.limits = limits;
  }

  /** Takes a value in. Its number has to be a safe integer. */
  accept(value: T, number: number, scopeKey: unknown, sink: ReorderSink<T>): void {
    const scope = this.scopeOf(scopeKey, number, sink);
    if (number === scope.expected) {
      scope.expected++;
      scope.mayHaveBegun = false;
      sink.emit(value);
      this.emitRun(scope, sink);
    } else if (number < scope.expected) {
      sink.drop(value, this.isMissed(number, scope) ? 'late' : 'repeat');
    } else if (scope.held.has(number)) {
      sink.drop(value, 'repeat');
    } else {
      this.hold(value, number, scope, sink);
    }
  }

  /** The time of the value that is held the longest is up: gives up what is missing before it. */
  expireOldest(sink: ReorderSink<T>): void {
    const oldest = this.held.first;
    while (oldest !== undefined && this.held.first === oldest && !sink.closed) {
      this.giveUpFirstGap(oldest.scope, sink);
    }
  }

  /** No more values come: emits all that are held, as if their time were up. */
  flush(sink: ReorderSink<T>): void {
    while (this.held.size > 0 && !sink.closed) {
      this.expireOldest(sink);
    }
  }

  /** Disposes everything, also when a sink asks for it in the middle of a call. */
  clear(): void {
    for (const scope of this.scopes.values()) {
      scope.held.clear();
    }
    this.scopes.clear();
    this.forgotten.clear();
    this.hasLostForgotten = false;
    this.leastRecent.clear();
    this.held.clear();
  }

  private scopeOf(key: unknown, number: number, sink: ReorderSink<T>): ReorderScope<T> {
    const { last } = this.leastRecent;
    if (last !== undefined && last.key === key) {
      return last;
    }
    const known = this.scopes.get(key);
    if (known === undefined) {
      return this.openScope(key, number, sink);
    }
    this.leastRecent.remove(known);
    this.leastRecent.append(known);
    return known;
  }

  private openScope(key: unknown, number: number, sink: ReorderSink<T>): ReorderScope<T> {
    // Asked first: the scope that makes room for this one could push it out of `forgotten`.
    const start = this.forgotten.delete(key) ? number : (this.limits.start ?? number);
    const mayHaveBegun = this.hasLostForgotten;
    if (this.scopes.size >= this.limits.maxScopes) {
      this.forgetLeastRecent(sink);
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

  private forgetLeastRecent(sink: ReorderSink<T>): void {
    const scope = this.leastRecent.first;
    if (scope === undefined) {
      return;
    }
    while (scope.held.size > 0 && !sink.closed) {
      this.giveUpFirstGap(scope, sink);
    }
    // Unless a sink has cleared the buffer meanwhile.
    if (this.scopes.delete(scope.key)) {
      this.leastRecent.remove(scope);
      this.noteForgotten(scope.key);
    }
  }

  private noteForgotten(key: unknown): void {
    this.forgotten.add(key);
    if (this.forgotten.size > this.limits.maxScopes) {
      this.forgotten.delete(this.forgotten.values().next().value);
      this.hasLostForgotten = true;
    }
  }

  private hold(value: T, number: number, scope: ReorderScope<T>, sink: ReorderSink<T>): void {
    const held: HeldValue<T> = {
      value,
      number,
      scope,
      heldAt: 0,
      position: 0,
      previous: undefined,
      next: undefined,
    };
    scope.held.set(number, held);
    scope.ranked.add(held);
    this.held.append(held);
    sink.hold(held);
    if (scope.held.size >= this.limits.maxReorder) {
      this.giveUpFirstGap(scope, sink);
    }
  }

  /** Goes on with the lowest number that is held. */
  private giveUpFirstGap(scope: ReorderScope<T>, sink: ReorderSink<T>): void {
    const [, lowest] = scope.ranked.values;
    if (lowest === undefined) {
      return;
    }
    // There is no gap when the sink threw an error at this place before.
    if (scope.expected < lowest.number && scope.mayHaveBegun) {
      scope.expected = lowest.number;
      scope.mayHaveBegun = false;
    }
    if (scope.expected < lowest.number) {
      const gap = { scope: scope.key, from: scope.expected, to: lowest.number - 1 };
      scope.expected = lowest.number;
      scope.gaps.push(gap);
      if (scope.gaps.length > REMEMBERED_GAPS) {
        scope.gaps.shift();
      }
      sink.gap(gap);
    }
    this.emitRun(scope, sink);
  }

  /** Emits what is held from the expected number on, up to the next one that is missing. */
  private emitRun(scope: ReorderScope<T>, sink: ReorderSink<T>): void {
    if (scope.held.size === 0) {
      return;
    }
    for (
      let held = scope.held.get(scope.expected);
      held !== undefined && !sink.closed;
      held = scope.held.get(scope.expected)
    ) {
      scope.expected++;
      scope.held.delete(held.number);
      scope.ranked.remove(held);
      this.held.remove(held);
      sink.emit(held.value);
    }
  }

  /** Whether a number below the expected one was never emitted, as far as the remembered gaps tell. */
  private isMissed(number: number, scope: ReorderScope<T>): boolean {
    return number < scope.start || scope.gaps.some(({ from, to }) => from <= number && number <= to);
  }
}

function byNumber<T>(a: HeldValue<T>, b: HeldValue<T>): number {
  return a.number - b.number;
}
