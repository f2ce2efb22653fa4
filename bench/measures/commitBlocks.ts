import type { MarkdownParser } from '../contenders/parseAgain.js';
import { type Cut, markdownBeginnings } from '../markdownText.js';
import type { Measure, RatioCase } from '../measure.js';

/** In kilobytes. */
const SIZES: Readonly<Record<Cut, readonly number[]>> = { line: [2, 20, 100, 200], delta: [2, 200] };

/** Of each text, this many beginnings are parsed; all would take hours. */
const SAMPLES = 3;

/** The time to parse the text again at each line or delta, in that of `commitBlocks()`, which then has drafts too. */
function again(parser: MarkdownParser, at: Cut, kilobytes: number): RatioCase {
  const { length } = markdownBeginnings(kilobytes, at);
  return {
    label: `${parser} at each ${at}, ${kilobytes} kB`,
    ...(at === 'line' && kilobytes === 100 ? { goal: { atLeast: 100 } } : {}),
    isOtherWork: true,
    of: { contender: 'parseAgain', parameters: { kilobytes, parser, at, samples: SAMPLES } },
    multiple: length / SAMPLES,
    to: { contender: 'commitBlocks', parameters: { kilobytes, draft: at === 'delta' } },
  };
}

function inAllSizes(parser: MarkdownParser, at: Cut): readonly RatioCase[] {
  return SIZES[at].map((kilobytes) => again(parser, at, kilobytes));
}

/** How much more a kilobyte costs in a longer text. */
function perKilobyte(draft: boolean): RatioCase {
  const [few, many] = [2, 200];
  return {
    label: `commitBlocks()${draft ? ' with drafts' : ''} for each kB, ${many} kB ÷ ${few} kB`,
    goal: { atMost: 1.1 },
    isOtherWork: true,
    of: { contender: 'commitBlocks', parameters: { kilobytes: many, draft } },
    multiple: few / many,
    to: { contender: 'commitBlocks', parameters: { kilobytes: few, draft } },
  };
}

export default {
  title: 'Markdown while it grows ÷ `commitBlocks()`',
  cases: [
    ...inAllSizes('marked', 'line'),
    ...inAllSizes('micromark', 'line'),
    ...inAllSizes('mdast', 'line'),
    ...inAllSizes('streamdown', 'line'),
    ...inAllSizes('marked', 'delta'),
    ...inAllSizes('micromark', 'delta'),
    ...inAllSizes('mdast', 'delta'),
    ...inAllSizes('streamdown', 'delta'),
    ...inAllSizes('remend', 'delta'),
    perKilobyte(false),
    perKilobyte(true),
    {
      label: 'commitBlocks() with drafts ÷ without, 100 kB',
      isOtherWork: true,
      of: { contender: 'commitBlocks', parameters: { kilobytes: 100, draft: true } },
      to: { contender: 'commitBlocks', parameters: { kilobytes: 100 } },
    },
    {
      label: 'marked for each block and draft, at each line ÷ commitBlocks(), 100 kB',
      isOtherWork: true,
      of: { contender: 'parseBlocks', parameters: { kilobytes: 100 } },
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
