import { marked } from 'marked';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { micromark } from 'micromark';
import { gfm } from 'micromark-extension-gfm';
import remend from 'remend';

import type { Contender } from '../contender.js';
import { type Cut, markdownBeginnings } from '../markdownText.js';
import { importPeer } from '../peers.js';

interface Streamdown {
  readonly parseMarkdownIntoBlocks: (text: string) => readonly string[];
}

/** Each gives how much it has made of the text. */
const parsers = {
  marked: () => (text: string) => marked.lexer(text).length,
  micromark: () => (text: string) => micromark(text, { extensions: [gfm()] }).length,
  mdast: () => (text: string) =>
    fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }).children.length,
  remend: () => (text: string) => remend(text).length,
  streamdown: async () => {
    // The package has no entry that `require` could resolve.
    const { parseMarkdownIntoBlocks } = await importPeer<Streamdown>(
      './node_modules/streamdown/dist/index.js',
    );
    return (text: string) => parseMarkdownIntoBlocks(text).length;
  },
};

export type MarkdownParser = keyof typeof parsers;

/** Parses the whole text again whenever some of it has come, as front ends do; so many times, evenly distributed. */
export default async function parseAgain({
  kilobytes,
  parser,
  at,
  samples,
}: {
  readonly kilobytes: number;
  readonly parser: MarkdownParser;
  readonly at: Cut;
  readonly samples: number;
}): Promise<Contender> {
  const beginnings = markdownBeginnings(kilobytes, at);
  const sampled = Array.from(
    { length: samples },
    (_, number) => beginnings[Math.floor(((number + 0.5) / samples) * beginnings.length)] ?? '',
  );
  const parse = await parsers[parser]();
  return {
    run: () => ({
      beginnings: sampled.length,
      parsed: sampled.reduce((parsed, text) => parsed + parse(text), 0),
    }),
  };
}
