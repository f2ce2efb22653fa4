import { Observable, type Subscriber, type Unsubscribable } from 'rxjs';

import type { CloseReason, DropCommit, StreamRef } from '../commits.js';
import { OpenStream } from '../core/streams/openStream.js';
import type { LastFields } from '../core/streams/readEvent.js';
import type { StreamTableSink } from '../core/streams/streamTable.js';
import type { EndEvent, ErrorEvent, StartEvent, TextDeltaEvent } from '../events.js';
import { BufferOverflowError } from './bufferOverflowError.js';

/** An event of a {@link DeltaStream}. An `end` has the reason why the stream was closed. */
export type StreamEvent<K extends string = string> =
  StartEvent<K> | TextDeltaEvent<K> | (EndEvent<K> & { readonly reason: CloseReason }) | ErrorEvent<K>;

/**
 * The events of one stream. The last event is always an `error` or an `end`, followed by completion.
 *
 * Buffers events until it is subscribed to. Can be subscribed to once.
 */
export interface DeltaStream<K extends string = string> extends Observable<StreamEvent<K>> {
  readonly ref: StreamRef<K>;
}

/** The output and the streams of one subscription, which share the source. */
export class DeltaStreamGroup<K extends string> implements StreamTableSink<K> {
  readonly destination: Subscriber<DeltaStream<K>>;
  readonly maxBuffered: number;
  private readonly onDrop: ((drop: DropCommit) => void) | undefined;
  private source: Unsubscribable | undefined = undefined;
  /** The number of subscribers that keep the source subscribed. */
  private subscribers = 0;
  private readonly tasks: (() => void)[] = [];
  constructor(
    destination: Subscriber<DeltaStream<K>>,
    maxBuffered: number,
    onDrop: ((drop: DropCommit) => void) | undefined,
  ) {
    this.destination = destination;
    this.maxBuffered = maxBuffered;
    this.onDrop = onDrop;
  }

  get closed(): boolean {
    return this.subscribers === 0;
  }

  /** Unsubscribes the source when the last subscriber has unsubscribed. */
  share(source: Unsubscribable): void {
    this.source = source;
    this.add(this.destination);
  }

  add(subscriber: Subscriber<never>): void {
    this.subscribers++;
    subscriber.add(() => {
      this.subscribers--;
      if (this.closed) {
        this.source?.unsubscribe();
      }
    });
  }

  /** Runs a task after the running one and those that wait. It must not throw. */
  run(task: () => void): void {
    const { tasks } = this;
    tasks.push(task);
    if (tasks.length === 1) {
      // Tasks that are added meanwhile run too.
      for (const each of tasks) {
        each();
      }
      tasks.length = 0;
    }
  }

  open(ref: StreamRef<K>): DeltaStreamSource<K> {
    const source = new DeltaStreamSource(ref, this);
    if (this.destination.closed) {
      // The output is unsubscribed, for example by `take(1)`, so nothing can subscribe to this stream.
      source.dispose();
    }
    return source;
  }

  drop(reason: DropCommit['reason'], event: unknown): void {
    this.onDrop?.({ type: 'drop', reason, event });
  }
}

/** The producer side of a {@link DeltaStream}. */
class DeltaStreamSource<K extends string> extends OpenStream<K> {
  private readonly stream: DeltaStream<K>;
  private readonly group: DeltaStreamGroup<K>;
  /** The events before the subscription. `undefined` once the subscriber has received them, or subscribing fails. */
  private waiting: StreamEvent<K>[] | undefined = [];
  private subscriber: Subscriber<StreamEvent<K>> | undefined = undefined;
  private isComplete = false;
  /**
   * Why subscribing fails. The error is created on subscription, because creating errors eagerly can retain objects
   * captured by their unformatted stack.
   */
  private refusal: 'taken' | 'overflow' | 'disposed' | undefined = undefined;

  constructor(ref: StreamRef<K>, group: DeltaStreamGroup<K>) {
    super(ref);
    this.group = group;
    const observable = new Observable<StreamEvent<K>>((subscriber) => {
      this.connect(subscriber);
    });
    this.stream = Object.assign(observable, { ref });
  }

  opened(): void {
    this.group.destination.next(this.stream);
  }

  override start(event: StartEvent<K>): void {
    this.emit(event);
  }

  delta(_delta: string, event: TextDeltaEvent<K>): void {
    this.emit(event);
  }

  close(reason: CloseReason, { text, finishReason, error }: LastFields): void {
    const { kind, id } = this.ref;
    this.emit(
      reason === 'error'
        ? { type: 'error', kind, id, error }
        : {
            type: 'end',
            kind,
            id,
            ...(text !== undefined && { text }),
            ...(finishReason !== undefined && { finishReason }),
            reason,
          },
    );
    this.isComplete = true;
    if (this.waiting === undefined) {
      this.subscriber?.complete();
    }
  }

  /** From now on subscribing fails: without a source, a later subscriber would never be notified. */
  override dispose(): void {
    if (this.refusal === undefined) {
      this.refuse('disposed');
    }
  }

  private emit(event: StreamEvent<K>): void {
    if (this.waiting === undefined) {
      this.subscriber?.next(event);
    } else if (this.refusal === 'taken' || this.waiting.length < this.group.maxBuffered) {
      this.waiting.push(event);
    } else {
      this.refuse('overflow');
    }
  }

  private connect(subscriber: Subscriber<StreamEvent<K>>): void {
    if (this.refusal !== undefined) {
      subscriber.error(this.errorOf(this.refusal));
      return;
    }
    this.refusal = 'taken';
    this.subscriber = subscriber;
    this.group.add(subscriber);
    subscriber.add(() => {
      this.subscriber = undefined;
      this.waiting = undefined;
    });
    // With `concatMap`, the end of each buffered stream subscribes to the next one. Nested calls for thousands of
    // streams would overflow the stack.
    this.group.run(() => {
      try {
        this.catchUp(subscriber);
      } catch (error) {
        // A finalizer threw. An observable does the same with what its `subscribe` throws.
        subscriber.error(error);
      }
    });
  }

  private catchUp(subscriber: Subscriber<StreamEvent<K>>): void {
    // Events that arrive during this loop are appended to the array, so that the loop emits them too.
    for (const event of this.waiting ?? []) {
      subscriber.next(event);
      if (subscriber.closed) {
        return;
      }
    }
    this.waiting = undefined;
    if (this.isComplete) {
      subscriber.complete();
    }
  }

  private refuse(refusal: 'overflow' | 'disposed'): void {
    this.refusal = refusal;
    this.waiting = undefined;
  }

  private errorOf(refusal: NonNullable<typeof this.refusal>): Error {
    const { ref } = this;
    const name = `The stream ${ref.kind} ${ref.id}`;
    switch (refusal) {
      case 'taken':
        return new Error(`${name} was subscribed to before; it can be subscribed to once`);
      case 'overflow':
        return new BufferOverflowError(
          `${name} had more than ${this.group.maxBuffered} events before it was subscribed to; ` +
            'raise maxBuffered, or subscribe earlier',
          ref,
        );
      case 'disposed':
        return new Error(`${name} was not subscribed to before its source was unsubscribed`);
    }
  }
}
