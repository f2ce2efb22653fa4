import { from } from 'rxjs';

import type { Commit } from '../../src/commits.js';
import { consume, type Contender } from '../contender.js';
import { commitBlocks } from '../deltalinesMarkdown.js';

/** One list of so many lines. */
export default function commitBlocksOfLines({ lines }: { readonly lines: number }): Contender {
  const stream = { kind: 'answer', id: 'msg_1', generation: 0 };
  const commits = Array.from({ length: lines }, (_, index): Commit => ({
    type: 'line',
    stream,
    index,
    text: '- an item of a list',
    eol: '\n',
  }));
  return {
    run: () => {
      let characters = 0;
      consume(from(commits).pipe(commitBlocks()), (commit) => {
        characters += commit.type === 'block' ? commit.text.length : 0;
      });
      return { characters };
    },
  };
}
