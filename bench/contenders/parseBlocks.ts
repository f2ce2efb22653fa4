import { marked } from 'marked';
import { from } from 'rxjs';

import { consume, type Contender } from '../contender.js';
import { commitLines } from '../deltalines.js';
import { commitBlocks } from '../deltalinesMarkdown.js';
import { markdownDeltas } from '../markdownText.js';

/** Parses each block once, and the unfinished one after each line. */
export default function parseBlocks({ kilobytes }: { readonly kilobytes: number }): Contender {
  const deltas = markdownDeltas(kilobytes);
  return {
    run: () => {
      let parsed = 0;
      consume(from(deltas).pipe(commitLines(), commitBlocks({ draft: true })), (commit) => {
        if (commit.type === 'block' || commit.type === 'draft') {
          parsed += marked.lexer(commit.text).length;
        }
      });
      return { parsed };
    },
  };
}
