import type { CloseReason } from '../../commits.js';
import { StreamMap } from '../streams/streamMap.js';
import { type Linked, LinkedList } from '../collections/linkedList.js';
import type { ReceivedLines } from './receivedLines.js';

/** What was received for one kind and id. */
interface ReceivedKey extends Linked<ReceivedKey> {
  readonly kind: string;
  readonly id: string;
  /** The stream that is open. */
  open: ReceivedLines | undefined;
  /** Those whose `open` has not come out, the next generation first. Only where an operator holds commits back. */
  readonly unopened: ReceivedLines[];
  /** Whether it is in the list of the keys that are not open. */
  isListed: boolean;
}

/** The most streams of one key that wait for their `open`. */
const MAX_UNOPENED = 100;

/**
 * Knows which streams events belong to, from the commits that come of the events.
 *
 * Keys that are open are as many as the operator allows. Of those that are not, it keeps at most `maxKeys`: keys that
 * wait for their `open`, and keys that their producer has closed, because what comes for those is late, also where the
 * operator does not say so. The oldest are forgotten.
 */
export class ReceivedStreams {
  private readonly maxKeys: number;
  private readonly keys = new StreamMap<ReceivedKey>();
  /** The keys that are not open, in the order in which they came to be. */
  private readonly notOpen = new LinkedList<ReceivedKey>();

  constructor(maxKeys: number) {
    this.maxKeys = maxKeys;
  }

  /** The stream that takes further events of this key. */
  find(kind: string, id: string): ReceivedLines | undefined {
    const key = this.keys.get(kind, 0, id);
    if (key === undefined) {
      return undefined;
    }
    const latest = key.unopened.length === 0 ? key.open : key.unopened.at(-1);
    return latest === undefined || latest.isOver ? undefined : latest;
  }

  /** Whether the producer may go on with this key only by a `start`. */
  isOver(kind: string, id: string): boolean {
    return this.keys.get(kind, 0, id) !== undefined && this.find(kind, id) === undefined;
  }

  /** A further stream of this key has begun, whose `open` has not come. */
  hold(kind: string, id: string, received: ReceivedLines): void {
    const key = this.keys.get(kind, 0, id) ?? this.addKey(kind, id);
    key.unopened.push(received);
    if (key.unopened.length > MAX_UNOPENED) {
      key.unopened.shift();
    }
    if (key.open === undefined) {
      this.list(key);
    }
  }

  /** The stream of this key that waits the longest for its `open`. */
  takeHeld(kind: string, id: string): ReceivedLines | undefined {
    return this.keys.get(kind, 0, id)?.unopened.shift();
  }

  open(kind: string, id: string, received: ReceivedLines): void {
    const key = this.keys.get(kind, 0, id) ?? this.addKey(kind, id);
    if (key.isListed) {
      key.isListed = false;
      this.notOpen.remove(key);
    }
    key.open = received;
  }

  close(kind: string, id: string, received: ReceivedLines, reason: CloseReason): void {
    const key = this.keys.get(kind, 0, id);
    if (key?.open !== received) {
      return;
    }
    key.open = undefined;
    if (key.unopened.length > 0 || reason === 'end' || reason === 'error') {
      this.list(key);
    } else {
      this.keys.delete(kind, 0, id);
    }
  }

  private addKey(kind: string, id: string): ReceivedKey {
    const key = {
      kind,
      id,
      open: undefined,
      unopened: [],
      isListed: false,
      previous: undefined,
      next: undefined,
    };
    this.keys.set(kind, 0, id, key);
    return key;
  }

  private list(key: ReceivedKey): void {
    if (key.isListed) {
      return;
    }
    key.isListed = true;
    this.notOpen.append(key);
    const oldest = this.notOpen.first;
    if (this.notOpen.size > this.maxKeys && oldest !== undefined) {
      this.notOpen.remove(oldest);
      this.keys.delete(oldest.kind, 0, oldest.id);
    }
  }
}
