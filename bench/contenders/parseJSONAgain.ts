import { parsePartialJson } from 'ai';
import { disableErrorLogging, parse as parseBestEffort } from 'best-effort-json-parser';
import { jsonrepair } from 'jsonrepair';
import { parse as parsePartial } from 'partial-json';

import type { Contender } from '../contender.js';
import { contentLength, jsonArguments } from '../jsonText.js';

disableErrorLogging();

const parsers = {
  'partial-json': (text: string): unknown => parsePartial(text),
  jsonrepair: repair,
  'best-effort-json-parser': (text: string): unknown => parseBestEffort(text),
  parsePartialJson: async (text: string): Promise<unknown> => (await parsePartialJson(text)).value,
};

/** It throws for a text that ends between a name and its colon. */
function repair(text: string): unknown {
  try {
    return JSON.parse(jsonrepair(text));
  } catch {
    return undefined;
  }
}

export type AgainParser = keyof typeof parsers;

/** Parses the whole text again for each delta, which has one character. */
export default function parseJSONAgain({
  characters,
  parser,
}: {
  readonly characters: number;
  readonly parser: AgainParser;
}): Contender {
  const text = jsonArguments(characters);
  const parse = parsers[parser];
  return {
    isAsync: true,
    run: async () => {
      let received = '';
      let read = 0;
      for (const delta of text) {
        received += delta;
        const value = parse(received);
        // Only what gives a promise is waited for.
        read = contentLength(value instanceof Promise ? await value : value);
      }
      return { characters: read };
    },
  };
}
