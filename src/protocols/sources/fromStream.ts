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
 * RxJS `from` takes all of them as well. But it notices that nobody listens only when the next value comes, and does not
 * cancel a web stream even then: a request goes on, and costs, until the server has said everything.
 *
 * - **next**: emits each value when it comes, and then asks for the next one.
 * - **complete** and **error**: passed on.
 * - **unsubscribe**: silence. A web stream is cancelled, a Node stream destroyed, the request of an SDK aborted by its
 *   `controller`, and any other iterator is asked to return.
 *
 * A stream can be read once, so the result can be subscribed to once, unless the source is iterable again.
 *
 * Holds nothing but the source; takes constant time for each value.
 *
 * @param source - A `ReadableStream`, or anything that is iterable with `for await`.
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
 * @see {@link fromResponse} for the events of a response to `fetch`, and {@link fromEventSource}.
 */
export function fromStream<T>(source: ReadableStream<T> | AsyncIterable<T>): Observable<T> {
  return new Observable((subscriber) => {
    const input = 'getReader' in source ? webInput(source) : iteratorInput(source);
    let isOver = false;
    const forward = async () => {
      try {
        while (!subscriber.closed) {
          const result = await input.next();
          if (result.done === true) {
            isOver = true;
            subscriber.complete();
          } else {
            subscriber.next(result.value);
          }
        }
      } catch (error) {
        isOver = true;
        subscriber.error(error);
      }
    };
    void forward();
    return () => {
      if (!isOver) {
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
      // A generator returns only after the value that it waits for, so what makes that come is stopped first.
      if (isDestroyable(source)) {
        source.destroy();
      } else if (isAbortable(source)) {
        source.controller.abort();
      }
      settle(iterator.return?.());
    },
  };
}

/** Nobody listens any more to how the cancelling goes. */
function settle(promise: Promise<unknown> | undefined): void {
  promise?.catch(() => undefined);
}

/** Node streams. */
function isDestroyable(source: object): source is { destroy(): void } {
  return 'destroy' in source && typeof source.destroy === 'function';
}

/** The streams of the SDKs of OpenAI and Anthropic. */
function isAbortable(source: object): source is { readonly controller: Pick<AbortController, 'abort'> } {
  const controller = 'controller' in source ? source.controller : undefined;
  return typeof controller === 'object' && controller !== null && 'abort' in controller;
}
