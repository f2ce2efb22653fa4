import { Anthropic } from '@anthropic-ai/sdk';
import { OpenAI } from 'openai';

import type { Contender } from '../contender.js';
import { type WireAnswer, wireBytes, type WireProtocol } from '../wireBytes.js';
import { responseOf } from '../wireResponse.js';

/** The number of characters of the texts in a response that an SDK reads. */
const READERS: Readonly<Record<WireProtocol, (fetch: () => Promise<Response>) => Promise<number>>> = {
  responses: async (fetch) => {
    const client = new OpenAI({ apiKey: 'none', fetch });
    let characters = 0;
    for await (const event of await client.responses.create({ model: '', input: '', stream: true })) {
      if (
        event.type === 'response.output_text.delta' ||
        event.type === 'response.reasoning_summary_text.delta'
      ) {
        characters += event.delta.length;
      }
    }
    return characters;
  },
  chat: async (fetch) => {
    const client = new OpenAI({ apiKey: 'none', fetch });
    let characters = 0;
    for await (const chunk of await client.chat.completions.create({
      model: '',
      messages: [],
      stream: true,
    })) {
      characters += chunk.choices[0]?.delta.content?.length ?? 0;
    }
    return characters;
  },
  anthropic: async (fetch) => {
    const client = new Anthropic({ apiKey: 'none', fetch });
    let characters = 0;
    const events = await client.messages.create({ model: '', messages: [], max_tokens: 1, stream: true });
    for await (const event of events) {
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') {
        characters += event.delta.text.length;
      } else if (event.type === 'content_block_delta' && event.delta.type === 'thinking_delta') {
        characters += event.delta.thinking.length;
      }
    }
    return characters;
  },
};

/** The official SDK of the provider, which gives its events. */
export default function responseToSDK(answer: WireAnswer): Contender {
  const chunks = wireBytes(answer);
  const read = READERS[answer.protocol];
  return {
    isAsync: true,
    run: async () => ({ characters: await read(() => Promise.resolve(responseOf(chunks))) }),
  };
}
