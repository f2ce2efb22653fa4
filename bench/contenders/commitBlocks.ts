import { from } from 'rxjs';

import { consume, type Contender } from '../contender.js';
import { commitLines } from '../deltalines.js';
import { commitBlocks } from '../deltalinesMarkdown.js';
import { markdownDeltas } from '../markdownText.js';

/** Every block is read, so that its text is there for a renderer and not only promised. */
export default function commitBlocksContender({
  kilobytes,
  draft = false,
}: {
  readonly kilobytes: number;
  readonly draft?: boolean;
}): Contender {
  const deltas = markdownDeltas(kilobytes);
  return {
    run: () => {
      let characters = 0;
      let lastCharacters = 0;
      consume(from(deltas).pipe(commitLines({ tail: draft }), commitBlocks({ draft })), (commit) => {
        if (commit.type === 'block') {
          characters += commit.text.length;
          lastCharacters += commit.text.charCodeAt(commit.text.length - 1);
        }
      });
      return { characters, lastCharacters };
    },
  };
}
