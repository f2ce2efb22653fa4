import { Observable, type Observer, type Subscriber } from 'rxjs';

import type { CloseReason, StreamRef } from '../commits.js';
import { OpenStream } from '../core/streams/openStream.js';
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

/** What the output and the streams of one subscription share. */
export interface Listeners {
  /** The number of subscribers that keep the source subscribed. */
  count: number;
  add(): void;
  remove(): void;
  /** Runs a task, after the running one and those that wait. It must not throw. */
  run(task: () => void): void;
}

/** The producer side of a {@link DeltaStream}. */
export class DeltaStreamSource<K extends string> extends OpenStream<K> {
  readonly stream: DeltaStream<K>;
  private readonly maxBuffered: number;
  private readonly listeners: Listeners;
  private readonly destination: Pick<Observer<DeltaStream<K>>, 'next'>;
  /**
   * The events before the subscription. `undefined` once the subscriber has received them, or once subscribing fails.
   */
  private waiting: StreamEvent<K>[] | undefined = [];
  private subscriber: Subscriber<StreamEvent<K>> | undefined = undefined;
  private isTaken = false;
  private isComplete = false;
  /**
   * Why subscribing fails. The error is created on subscription, because creating errors eagerly can retain objects
   * captured by their unformatted stack.
   */
  private refusal: 'overflow' | 'disposed' | undefined = undefined;

  constructor(
    ref: StreamRef<K>,
    maxBuffered: number,
    listeners: Listeners,
    destination: Pick<Observer<DeltaStream<K>>, 'next'>,
  ) {
    super(ref);
    this.maxBuffered = maxBuffered;
    this.listeners = listeners;
    this.destination = destination;
    const observable = new Observable<StreamEvent<K>>((subscriber) => {
      this.connect(subscriber);
    });
    this.stream = Object.assign(observable, { ref });
  }

  opened(): void {
    this.destination.next(this.stream);
  }

  override start(event: StartEvent<K>): void {
    this.emit(event);
  }

  delta(_delta: string, event: TextDeltaEvent<K>): void {
    this.emit(event);
  }

  end(reason: CloseReason, text?: string, finishReason?: string): void {
    const { kind, id } = this.ref;
    this.last({
      type: 'end',
      kind,
      id,
      ...(text !== undefined && { text }),
      ...(finishReason !== undefined && { finishReason }),
      reason,
    });
  }

  error(error: unknown): void {
    const { kind, id } = this.ref;
    this.last({ type: 'error', kind, id, error });
  }

  /** From now on subscribing fails: without a source, a later subscriber would never be notified. */
  override dispose(): void {
    if (!this.isTaken && this.refusal === undefined) {
      this.refuse('disposed');
    }
  }

  private emit(event: StreamEvent<K>): void {
    if (this.waiting === undefined) {
      this.subscriber?.next(event);
    } else if (this.isTaken || this.waiting.length < this.maxBuffered) {
      this.waiting.push(event);
    } else {
      this.refuse('overflow');
    }
  }

  private last(event: StreamEvent<K>): void {
    this.emit(event);
    this.isComplete = true;
    if (this.waiting === undefined) {
      this.subscriber?.complete();
    }
  }

  private connect(subscriber: Subscriber<StreamEvent<K>>): void {
    if (this.isTaken || this.refusal !== undefined) {
      subscriber.error(this.refusalError());
      return;
    }
    this.isTaken = true;
    this.subscriber = subscriber;
    this.listeners.add();
    subscriber.add(() => {
      this.subscriber = undefined;
      this.waiting = undefined;
      this.listeners.remove();
    });
    // With `concatMap`, the end of each buffered stream subscribes to the next one. Nested calls for thousands of
    // streams would overflow the stack.
    this.listeners.run(() => {
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

  private refusalError(): Error {
    const { ref } = this;
    switch (this.refusal) {
      case 'overflow':
        return new BufferOverflowError(
          `The stream ${ref.kind} ${ref.id} had more than ${this.maxBuffered} events before it was subscribed to; ` +
            'raise maxBuffered, or subscribe earlier',
          ref,
        );
      case 'disposed':
        return new Error(
          `The stream ${ref.kind} ${ref.id} was not subscribed to before its source was unsubscribed`,
        );
      case undefined:
        return new Error(`The stream ${ref.kind} ${ref.id} has had its one subscriber`);
    }
  }
}
