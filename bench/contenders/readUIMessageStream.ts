import { readUIMessageStream, type UIMessage, type UIMessageChunk } from 'ai';

import type { Contender } from '../contender.js';
import type { Traffic } from '../events.js';
import { aiSDKChunks } from '../messages.js';

/** The reader of the AI SDK, which gives the whole message after each chunk. */
export default function readUIMessageStreamContender(traffic: Traffic): Contender {
  const chunks = aiSDKChunks(traffic);
  return {
    isAsync: true,
    run: async () => {
      const stream = new ReadableStream<UIMessageChunk>({
        start: (controller) => {
          chunks.forEach((chunk) => controller.enqueue(chunk));
          controller.close();
        },
      });
      let last: UIMessage | undefined;
      for await (const message of readUIMessageStream({ stream })) {
        last = message;
      }
      const texts = last?.parts.map((part) => (part.type === 'text' ? part.text.length : 0)) ?? [];
      return { characters: texts.reduce((sum, length) => sum + length, 0) };
    },
  };
}
