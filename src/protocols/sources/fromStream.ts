import { Observable } from 'rxjs';

/**
 * Emits the values of a web stream, a Node stream, or the stream of an SDK, and cancels it on unsubscribe.
 *
 * ```text
 * source   --a--b--c--|
 * result   --a--b--c--|
 * unsub    --a--!        the source is cancelled at once, also while it is silent
 * ```
 *
 * RxJS `from` accepts these sources too. But it detects the unsubscribe only at the next value, and does not cancel a
 * web stream even then. So a request continues, and is billed, until the server has sent everything.
 *
 * - **next**: emits each value when it arrives, and then requests the next one.
 * - **complete**, **error**: completes or fails with the source.
 * - **unsubscribe**: cancels a web stream, destroys a Node stream, aborts the request of an SDK with its
 *   `controller`, and calls `return` on any other iterator.
 *
 * A stream can be read only once, so the result can be subscribed to only once, unless the source can be iterated
 * again.
 *
 * Memory: only the source. Time: constant for each value.
 *
 * @param source - A `ReadableStream` or any async iterable.
 *
 * @example
 * ```ts
 * import { commitLines } from 'deltalines';
 * import { fromOpenAIResponses, fromStream } from 'deltalines/protocols';
 * import type OpenAI from 'openai';
 *
 * export async function ask(openai: OpenAI, model: string, input: string) {
 *   const stream = await openai.responses.create({ model, input, stream: true });
 *   return fromStream(stream).pipe(fromOpenAIResponses(), commitLines());
 * }
 * ```
 *
 * @see {@link fromResponse} for the events of a `fetch` response, and {@link fromEventSource}.
 */
export function fromStream<T>(source: ReadableStream<T> | AsyncIterable<T>): Observable<T> {
  return new Observable((subscriber) => {
    const input = 'getReader' in source ? webInput(source) : iteratorInput(source);
    let isDone = false;
    const forward = async () => {
      try {
        while (!subscriber.closed) {
          const result = await input.next();
          if (result.done === true) {
            isDone = true;
            subscriber.complete();
          } else {
            subscriber.next(result.value);
          }
        }
      } catch (error) {
        isDone = true;
        subscriber.error(error);
      }
    };
    void forward();
    return () => {
      if (!isDone) {
        input.cancel();
      }
    };
  });
}

interface Input<T> {
  next(): Promise<ReadableStreamReadResult<T> | IteratorResult<T, unknown>>;
  cancel(): void;
}

function webInput<T>(source: ReadableStream<T>): Input<T> {
  const reader = source.getReader();
  return {
    next: () => reader.read(),
    cancel() {
      settle(reader.cancel());
    },
  };
}

function iteratorInput<T>(source: AsyncIterable<T>): Input<T> {
  const iterator = source[Symbol.asyncIterator]();
  return {
    next: () => iterator.next(),
    cancel() {
      // A generator returns only after the value that it awaits, so the source of that value is cancelled first.
      if (isDestroyable(source)) {
        source.destroy();
      } else if (isAbortable(source)) {
        source.controller.abort();
      }
      settle(iterator.return?.());
    },
  };
}

/** Ignores the result of cancelling, because the subscriber has unsubscribed. */
function settle(promise: Promise<unknown> | undefined): void {
  promise?.catch(() => undefined);
}

/** Node streams. */
function isDestroyable(source: object): source is { destroy(): void } {
  return 'destroy' in source && typeof source.destroy === 'function';
}

/** The streams of the OpenAI and Anthropic SDKs. */
function isAbortable(source: object): source is { readonly controller: Pick<AbortController, 'abort'> } {
  const controller = 'controller' in source ? source.controller : undefined;
  return typeof controller === 'object' && controller !== null && 'abort' in controller;
}
