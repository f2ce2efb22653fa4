import { once } from 'node:events';
import { Readable } from 'node:stream';

import { Stream } from '@anthropic-ai/sdk/core/streaming';
import { take } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { fromStream } from '../../../src/protocols/index.js';
import { collect } from '../../support/collect.js';

const boom = new Error('boom');

/** Lets everything run that waits for nothing but its turn. */
const settled = () => new Promise<void>((resolve) => void setImmediate(resolve));

/** A web stream that is silent after some values, and the calls that it received. */
function silentWebStream() {
  const calls: string[] = [];
  const stream = new ReadableStream<string>({
    start(controller) {
      controller.enqueue('a');
    },
    cancel() {
      calls.push('cancel');
    },
  });
  return { stream, calls };
}

describe('fromStream', () => {
  describe('a web stream', () => {
    it('emits its values and completes', async () => {
      const stream = new ReadableStream<string>({
        start(controller) {
          controller.enqueue('a');
          controller.enqueue('b');
          controller.close();
        },
      });
      expect(await collect(fromStream(stream))).toStrictEqual(['a', 'b']);
    });

    it('emits its error', async () => {
      const stream = new ReadableStream({
        pull() {
          throw boom;
        },
      });
      await expect(collect(fromStream(stream))).rejects.toBe(boom);
    });

    it('is cancelled at once, while it is silent', async () => {
      const { stream, calls } = silentWebStream();
      const values: string[] = [];
      const subscription = fromStream(stream).subscribe((value) => values.push(value));
      await settled();
      expect({ values, calls }).toStrictEqual({ values: ['a'], calls: [] });
      subscription.unsubscribe();
      expect(calls).toStrictEqual(['cancel']);
    });

    it('is cancelled by take', async () => {
      const { stream, calls } = silentWebStream();
      expect(await collect(fromStream(stream).pipe(take(1)))).toStrictEqual(['a']);
      expect(calls).toStrictEqual(['cancel']);
    });

    it('may fail when it is cancelled, which is ignored', async () => {
      const stream = new ReadableStream<string>({
        cancel() {
          throw boom;
        },
      });
      fromStream(stream).subscribe().unsubscribe();
      await settled();
      expect(stream.locked).toBe(true);
    });

    it('fails if it is already being read', async () => {
      const { stream } = silentWebStream();
      stream.getReader();
      await expect(collect(fromStream(stream))).rejects.toThrow(TypeError);
    });

    it('is not asked for more values than are taken', async () => {
      let produced = 0;
      const stream = new ReadableStream<number>(
        {
          pull(controller) {
            produced++;
            controller.enqueue(produced);
          },
        },
        { highWaterMark: 0 },
      );
      expect(await collect(fromStream(stream).pipe(take(3)))).toStrictEqual([1, 2, 3]);
      expect(produced).toBe(3);
    });
  });

  describe('a Node stream', () => {
    it('emits its values and completes', async () => {
      expect(await collect(fromStream<unknown>(Readable.from(['a', 'b'])))).toStrictEqual(['a', 'b']);
    });

    it('emits its error', async () => {
      const stream = new Readable({
        read() {
          this.destroy(boom);
        },
      });
      await expect(collect(fromStream(stream))).rejects.toBe(boom);
    });

    it('is destroyed at once, while it is silent', async () => {
      const stream = new Readable({ objectMode: true, read: () => undefined });
      const errors: unknown[] = [];
      const subscription = fromStream<unknown>(stream).subscribe({
        error: (error: unknown) => errors.push(error),
      });
      await settled();
      subscription.unsubscribe();
      expect(stream.destroyed).toBe(true);
      await once(stream, 'close');
      expect(errors).toStrictEqual([]);
    });
  });

  describe('the stream of an SDK', () => {
    /** A request that is still open after its first value. */
    function request(controller: AbortController): Stream<string> {
      return new Stream(async function* () {
        yield 'a';
        await once(controller.signal, 'abort');
      }, controller);
    }

    it('has its request aborted at once, while it is silent', async () => {
      const controller = new AbortController();
      const values: string[] = [];
      const subscription = fromStream(request(controller)).subscribe((value) => values.push(value));
      await settled();
      expect({ values, isAborted: controller.signal.aborted }).toStrictEqual({
        values: ['a'],
        isAborted: false,
      });
      subscription.unsubscribe();
      expect(controller.signal.aborted).toBe(true);
    });

    it('is not aborted after its end', async () => {
      const controller = new AbortController();
      // eslint-disable-next-line @typescript-eslint/require-await
      const stream = new Stream(async function* () {
        yield 'a';
      }, controller);
      expect(await collect(fromStream(stream))).toStrictEqual(['a']);
      expect(controller.signal.aborted).toBe(false);
    });
  });

  describe('any other iterable', () => {
    it('is asked to return', async () => {
      const calls: string[] = [];
      async function* generate() {
        try {
          yield await Promise.resolve('a');
          yield await Promise.resolve('b');
        } finally {
          calls.push('return');
        }
      }
      expect(await collect(fromStream(generate()).pipe(take(1)))).toStrictEqual(['a']);
      await settled();
      expect(calls).toStrictEqual(['return']);
    });

    it('emits its error', async () => {
      const iterable: AsyncIterable<never> = {
        [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(boom) }),
      };
      await expect(collect(fromStream(iterable))).rejects.toBe(boom);
    });

    it('may have nothing to cancel', async () => {
      let number = 0;
      const iterable: AsyncIterable<number> & { controller: null } = {
        controller: null,
        [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ value: number++ }) }),
      };
      expect(await collect(fromStream(iterable).pipe(take(2)))).toStrictEqual([0, 1]);
    });

    it('is iterated by each subscription', async () => {
      const iterable = {
        async *[Symbol.asyncIterator]() {
          yield await Promise.resolve('a');
        },
      };
      const result = fromStream(iterable);
      expect([await collect(result), await collect(result)]).toStrictEqual([['a'], ['a']]);
    });
  });
});
