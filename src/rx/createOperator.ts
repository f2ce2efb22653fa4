import {
  from,
  noop,
  Observable,
  type ObservableInput,
  type OperatorFunction,
  type Subscriber,
  Subscription,
  type TeardownLogic,
} from 'rxjs';

/** What an operator does with its source. Each call is made after the one before it has returned. */
export interface Handler<T> {
  next(value: T): void;
  /** The source failed, or one of these calls threw; has to pass the error on. */
  error(error: unknown): void;
  /** The source completed; has to pass that on. */
  complete(): void;
  /** The source is subscribed to, and may have completed already. */
  subscribed?(): void;
  /** The subscription ended, in any way: stops the timers and drops the state. */
  dispose?(): void;
}

/** Runs a task, after the call that is being made and those that wait already. */
export type Enqueue = (task: () => void) => void;

/**
 * Makes an operator of a function that is called for each subscription, so that all state is the subscription's own.
 *
 * The three things that hand-written operators tend to get wrong are done here, once: teardown is forwarded before the
 * source is subscribed to, so that `take` stops a synchronous source; what a handler throws goes out as an error; and
 * events that a subscriber pushes into the source from within a value wait for their turn.
 */
export function createOperator<T, R>(
  connect: (destination: Subscriber<R>, enqueue: Enqueue) => Handler<T>,
): OperatorFunction<T, R> {
  return (source) =>
    new Observable<R>((destination) => {
      const input = new SourceSubscriber<T>(destination, (enqueue) => connect(destination, enqueue));
      destination.add(input);
      input.subscribeTo(source);
    });
}

/** Holds nothing, so that a source that keeps its subscriber for ever keeps no state with it. */
const disposed: Handler<unknown> = {
  next: noop,
  error: noop,
  complete: noop,
};

/**
 * Subscribes a handler to a source.
 *
 * RxJS takes an object that is both an observer and a subscription as it is, where it would wrap a plain observer: that
 * saves a layer for each event, and the object can be unsubscribed while the source is still being subscribed to.
 */
export class SourceSubscriber<T> {
  /** Whether the source completed, failed or was unsubscribed. Sources read it between two values. */
  closed = false;
  private readonly destination: Subscriber<never>;
  private handler: Handler<T>;
  private readonly teardown = new Subscription();
  private isBusy = false;
  private isDisposed = false;
  private waiting: (() => void)[] = [];

  constructor(destination: Subscriber<never>, connect: (enqueue: Enqueue) => Handler<T>) {
    this.destination = destination;
    this.handler = connect((task) => {
      this.run(task);
    });
  }

  subscribeTo(source: ObservableInput<T>): void {
    from(source).subscribe(this);
    if (!this.isDisposed) {
      this.handler.subscribed?.();
    }
  }

  next(value: T): void {
    if (this.closed) {
      return;
    }
    if (this.isBusy) {
      this.waiting.push(() => {
        this.handler.next(value);
      });
      return;
    }
    // The same as `run`, but without making a function for each value.
    this.isBusy = true;
    try {
      this.handler.next(value);
    } catch (error) {
      this.fail(error);
    }
    this.finish();
  }

  error(error: unknown): void {
    this.stop(() => {
      this.handler.error(error);
    });
  }

  complete(): void {
    this.stop(() => {
      this.handler.complete();
    });
  }

  unsubscribe(): void {
    if (this.isDisposed) {
      return;
    }
    this.isDisposed = true;
    this.closed = true;
    this.waiting = [];
    this.teardown.unsubscribe();
    const { handler } = this;
    this.handler = disposed;
    handler.dispose?.();
  }

  add(teardown: TeardownLogic): void {
    this.teardown.add(teardown);
  }

  remove(teardown: Exclude<TeardownLogic, void>): void {
    this.teardown.remove(teardown);
  }

  /** The last call for the source. */
  private stop(task: () => void): void {
    if (!this.closed) {
      this.closed = true;
      this.run(task);
      this.teardown.unsubscribe();
    }
  }

  private run(task: () => void): void {
    if (this.isBusy) {
      this.waiting.push(task);
      return;
    }
    this.isBusy = true;
    this.attempt(task);
    this.finish();
  }

  /** Runs what has come in meanwhile, and what comes in while that runs. */
  private finish(): void {
    while (this.waiting.length > 0) {
      const tasks = this.waiting;
      this.waiting = [];
      for (const task of tasks) {
        if (!this.isDisposed) {
          this.attempt(task);
        }
      }
    }
    this.isBusy = false;
  }

  private attempt(task: () => void): void {
    try {
      task();
    } catch (error) {
      this.fail(error);
    }
  }

  /** An exception in a handler becomes an error notification. */
  private fail(error: unknown): void {
    this.closed = true;
    this.waiting = [];
    this.teardown.unsubscribe();
    try {
      this.handler.error(error);
    } catch (anotherError) {
      this.destination.error(anotherError);
    }
    this.unsubscribe();
  }
}
