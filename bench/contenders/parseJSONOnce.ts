import { JSONParser } from '@streamparser/json';
import { parse } from 'jsonriver';

import type { Contender } from '../contender.js';
import { contentLength, jsonArguments } from '../jsonText.js';

/** Parsers that keep their place in the text. */
const parsers = {
  '@streamparser/json': (text: string): number => {
    let read = 0;
    const parser = new JSONParser({ emitPartialTokens: true, emitPartialValues: true });
    parser.onValue = ({ value, key }) => {
      if (key === 'content' && typeof value === 'string') {
        read = value.length;
      }
    };
    for (const delta of text) {
      parser.write(delta);
    }
    return read;
  },
  jsonriver: async (text: string): Promise<number> => {
    let read = 0;
    for await (const value of parse(deltasOf(text))) {
      read = contentLength(value);
    }
    return read;
  },
};

export type OnceParser = keyof typeof parsers;

// eslint-disable-next-line @typescript-eslint/require-await -- It takes an asynchronous iterable.
async function* deltasOf(text: string): AsyncGenerator<string> {
  for (const delta of text) {
    yield delta;
  }
}

export default function parseJSONOnce({
  characters,
  parser,
}: {
  readonly characters: number;
  readonly parser: OnceParser;
}): Contender {
  const text = jsonArguments(characters);
  return { isAsync: true, run: async () => ({ characters: await parsers[parser](text) }) };
}
