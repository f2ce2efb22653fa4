import type { Measure, RatioCase } from '../measure.js';

type Parser = 'marked' | 'micromark' | 'mdast' | 'remend';

function again(kilobytes: number, parser: Parser, at: 'line' | 'delta', goal?: number): RatioCase {
  return {
    label: `${parser} for each ${at} ÷ commitBlocks(), ${kilobytes} kB`,
    ...(goal === undefined ? {} : { goal: { atLeast: goal } }),
    isOtherWork: true,
    isProgram: true,
    of: { contender: 'parseAgain', parameters: { kilobytes, parser, at } },
    to: { contender: 'commitBlocks', parameters: { kilobytes } },
  };
}

export default {
  title: 'Markdown while it grows',
  cases: [
    again(2, 'marked', 'line'),
    again(20, 'marked', 'line'),
    again(100, 'marked', 'line', 100),
    again(20, 'marked', 'delta'),
    again(2, 'micromark', 'line'),
    again(20, 'micromark', 'line'),
    again(2, 'mdast', 'line'),
    again(20, 'mdast', 'line'),
    again(20, 'remend', 'delta'),
    again(100, 'remend', 'line'),
    {
      label: 'commitBlocks(), 200 kB ÷ 20 kB',
      goal: { atMost: 11 },
      isOtherWork: true,
      of: { contender: 'commitBlocks', parameters: { kilobytes: 200 } },
      to: { contender: 'commitBlocks', parameters: { kilobytes: 20 } },
    },
    {
      label: 'commitBlocks() with drafts ÷ without, 100 kB',
      isOtherWork: true,
      of: { contender: 'commitBlocks', parameters: { kilobytes: 100, draft: true } },
      to: { contender: 'commitBlocks', parameters: { kilobytes: 100 } },
    },
    {
      label: 'commitBlocks(), a list of 16,000 lines ÷ 4,000',
      goal: { atMost: 4.4 },
      isOtherWork: true,
      of: { contender: 'commitBlocksOfLines', parameters: { lines: 16_000 } },
      to: { contender: 'commitBlocksOfLines', parameters: { lines: 4_000 } },
    },
  ],
} satisfies Measure;
