import { marked } from 'marked';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { micromark } from 'micromark';
import { gfm } from 'micromark-extension-gfm';
import remend from 'remend';

import type { Contender } from '../contender.js';
import { markdownDeltas } from '../markdownText.js';

const parsers = {
  marked: (text: string) => marked.lexer(text).length,
  micromark: (text: string) => micromark(text, { extensions: [gfm()] }).length,
  mdast: (text: string) =>
    fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }).children.length,
  remend: (text: string) => remend(text).length,
};

/** What front ends do: parse the whole text again when a part of it came. */
export default function parseAgain({
  kilobytes,
  parser,
  at,
}: {
  readonly kilobytes: number;
  readonly parser: keyof typeof parsers;
  readonly at: 'line' | 'delta';
}): Contender {
  const deltas = markdownDeltas(kilobytes);
  const parse = parsers[parser];
  return {
    run: () => {
      let text = '';
      let parsed = 0;
      for (const { delta } of deltas) {
        text += delta;
        if (at === 'delta' || delta.includes('\n')) {
          parsed += parse(text);
        }
      }
      return { characters: text.length, parsed };
    },
  };
}
