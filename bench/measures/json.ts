import type { Entrant } from '../contenders/index.js';
import type { AgainParser } from '../contenders/parseJSONAgain.js';
import type { OnceParser } from '../contenders/parseJSONOnce.js';
import type { Measure, RatioCase } from '../measure.js';

/** Makes a contender do its work for a text of so many characters. */
type EntrantOf = (characters: number) => Entrant;

const AGAIN: readonly AgainParser[] = [
  'partial-json',
  'jsonrepair',
  'best-effort-json-parser',
  'parsePartialJson',
];
const ONCE: readonly OnceParser[] = ['@streamparser/json', 'jsonriver'];

const again =
  (parser: AgainParser): EntrantOf =>
  (characters) => ({ contender: 'parseJSONAgain', parameters: { characters, parser } });
const once =
  (parser: OnceParser): EntrantOf =>
  (characters) => ({ contender: 'parseJSONOnce', parameters: { characters, parser } });
const scan: EntrantOf = (characters) => ({ contender: 'scanJSON', parameters: { characters } });
const split: EntrantOf = (characters) => ({ contender: 'splitJSON', parameters: { characters } });

const count = (characters: number) => characters.toLocaleString('en');

/** How much longer a parser takes than `scanJSON`, which gives the same partial values. */
function comparison(parser: AgainParser | OnceParser, entrantOf: EntrantOf, characters: number): RatioCase {
  return {
    label: `${parser} ÷ scanJSON({ partial: true }), ${count(characters)}`,
    isOtherWork: true,
    of: entrantOf(characters),
    to: scan(characters),
  };
}

/** What four times the text costs: 4 times as much if the parser is linear, 16 times if it is quadratic. */
function growth(label: string, entrantOf: EntrantOf, characters: number): RatioCase {
  return {
    label: `${label}, ${count(4 * characters)} ÷ ${count(characters)}`,
    isOtherWork: true,
    of: entrantOf(4 * characters),
    to: entrantOf(characters),
  };
}

function linearGrowth(label: string, entrantOf: EntrantOf): RatioCase {
  return {
    label: `${label}, 100,000 ÷ 10,000`,
    goal: { atMost: 12 },
    isOtherWork: true,
    of: entrantOf(100_000),
    to: entrantOf(10_000),
  };
}

export default {
  title: 'JSON in deltas of one character',
  cases: [
    ...AGAIN.flatMap((parser) => [1_000, 10_000].map((length) => comparison(parser, again(parser), length))),
    // These take minutes each.
    ...AGAIN.map((parser): RatioCase => ({
      ...comparison(parser, again(parser), 100_000),
      version: 'full',
      isLong: true,
    })),
    ...ONCE.flatMap((parser) =>
      [1_000, 10_000, 100_000].map((length) => comparison(parser, once(parser), length)),
    ),
    ...AGAIN.map((parser) => growth(parser, again(parser), 1_250)),
    ...ONCE.map((parser) => growth(parser, once(parser), 25_000)),
    linearGrowth('scanJSON({ partial: true })', scan),
    linearGrowth('splitJSON()', split),
    {
      label: 'splitJSON() ÷ @streamparser/json, 100,000',
      isOtherWork: true,
      of: split(100_000),
      to: once('@streamparser/json')(100_000),
    },
  ],
} satisfies Measure;
