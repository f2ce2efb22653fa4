import type { Contender } from '../contender.js';
import { commitLines } from '../deltalines.js';
import { type Heap, heapPerStream } from './openStreamHeap.js';

/** The bytes that a remembered key takes, without its id. */
export default function rememberedKeyHeap(heap: Heap): Contender {
  const operator = commitLines({ maxRemembered: heap.streams });
  return {
    run: () =>
      heapPerStream(heap, operator, (id) => [
        { type: 'delta', kind: 'answer', id, delta: 'hello' },
        { type: 'end', kind: 'answer', id },
      ]),
  };
}
