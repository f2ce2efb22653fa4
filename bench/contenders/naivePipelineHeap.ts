import type { Contender } from '../contender.js';
import { naivePipeline } from './naivePipeline.js';
import { type Heap, heapPerStream } from './openStreamHeap.js';

/** The bytes that a group takes until it is silent for long enough, without its id and its text. */
export default function naivePipelineHeap(heap: Heap): Contender {
  return {
    run: () =>
      heapPerStream(heap, naivePipeline(), (id) => [{ type: 'delta', kind: 'answer', id, delta: 'hello' }]),
  };
}
