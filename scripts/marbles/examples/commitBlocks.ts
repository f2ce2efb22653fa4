import type { Commit } from '../../../src/index.js';
import { commitBlocks } from '../../../src/markdown/index.js';
import type { Example } from '../recording.js';
import { showBlock, showCommit } from '../show.js';

const stream = { kind: 'answer', id: 'a', generation: 0 } as const;

const line = (index: number, text: string): Commit => ({ type: 'line', stream, index, text, eol: '\n' });

export const example: Example = {
  operator: 'commitBlocks',
  folder: 'markdown',
  description: 'A heading is committed with its own line, a list with the first line that is not its own.',
  legend: { open: 'open', line: 'line', block: 'block', close: 'close' },
  run(stage) {
    const commits = stage.cold<Commit>('-o---p---q---r---s---t------|', {
      o: { type: 'open', stream },
      p: line(0, '# Hi'),
      q: line(1, '- one'),
      r: line(2, '- two'),
      s: line(3, '---'),
      t: { type: 'close', stream, reason: 'end', lines: 4 },
    });
    stage.call('commitBlocks()');
    const source = stage.source('commits', commits, showCommit);
    stage.output('blocks', source.pipe(commitBlocks()), showBlock);
  },
};
