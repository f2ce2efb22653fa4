import type { AgainParser } from '../contenders/parseJSONAgain.js';
import type { OnceParser } from '../contenders/parseJSONOnce.js';
import type { Measure, RatioCase } from '../measure.js';

const count = (characters: number) => characters.toLocaleString('en');

function again(parser: AgainParser, characters: number): RatioCase {
  return {
    label: `${parser} ÷ scanJSON({ partial: true }), ${count(characters)}`,
    isOtherWork: true,
    isProgram: true,
    of: { contender: 'parseJSONAgain', parameters: { characters, parser } },
    to: { contender: 'scanJSON', parameters: { characters } },
  };
}

function once(parser: OnceParser, characters: number): RatioCase {
  return {
    label: `${parser} ÷ scanJSON({ partial: true }), ${count(characters)}`,
    isOtherWork: true,
    isProgram: true,
    of: { contender: 'parseJSONOnce', parameters: { characters, parser } },
    to: { contender: 'scanJSON', parameters: { characters } },
  };
}

const AGAIN = ['partial-json', 'jsonrepair', 'best-effort-json-parser', 'parsePartialJson'] as const;
const ONCE = ['@streamparser/json', 'jsonriver'] as const;

/** Warm, what four times the text costs: 4 when it is linear, 16 when it is quadratic. */
function growth(label: string, contender: string, least: number, parameters: object = {}): RatioCase {
  return {
    label: `${label}, ${count(4 * least)} ÷ ${count(least)}`,
    isOtherWork: true,
    of: { contender, parameters: { ...parameters, characters: 4 * least } },
    to: { contender, parameters: { ...parameters, characters: least } },
  } as RatioCase;
}

export default {
  title: 'JSON in deltas of one character',
  cases: [
    ...AGAIN.flatMap((parser) => [again(parser, 1_000), again(parser, 10_000)]),
    // These take minutes with 100,000.
    ...AGAIN.map((parser): RatioCase => ({ ...again(parser, 30_000), version: 'full' })),
    ...ONCE.flatMap((parser) => [once(parser, 10_000), once(parser, 100_000)]),
    ...AGAIN.map((parser) => growth(parser, 'parseJSONAgain', 2_500, { parser })),
    ...ONCE.map((parser) => growth(parser, 'parseJSONOnce', 25_000, { parser })),
    {
      label: 'scanJSON({ partial: true }), 100,000 ÷ 10,000',
      goal: { atMost: 12 },
      isOtherWork: true,
      of: { contender: 'scanJSON', parameters: { characters: 100_000 } },
      to: { contender: 'scanJSON', parameters: { characters: 10_000 } },
    },
    {
      label: 'splitJSON(), 100,000 ÷ 10,000',
      goal: { atMost: 12 },
      isOtherWork: true,
      of: { contender: 'splitJSON', parameters: { characters: 100_000 } },
      to: { contender: 'splitJSON', parameters: { characters: 10_000 } },
    },
    {
      label: 'splitJSON() ÷ @streamparser/json, 100,000',
      isOtherWork: true,
      of: { contender: 'splitJSON', parameters: { characters: 100_000 } },
      to: { contender: 'parseJSONOnce', parameters: { characters: 100_000, parser: '@streamparser/json' } },
    },
  ],
} satisfies Measure;
