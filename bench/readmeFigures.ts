import { max, median, min } from 'simple-statistics';

import { type Result, showValue } from './result.js';

const START = '<!-- written by npm run bench:report -->\n';
const END = '<!-- end -->';

/** Replaces the figures in the README, which are those of the worst case too. */
export function withFigures(readme: string, results: readonly Result[]): string {
  const start = readme.indexOf(START);
  const end = readme.indexOf(END, start);
  if (start === -1 || end === -1) {
    throw new Error(`The README has no lines between ${START.trim()} and ${END}`);
  }
  return `${readme.slice(0, start + START.length)}\n${figures(results)}\n\n${readme.slice(end)}`;
}

function figures(results: readonly Result[]): string {
  const cells = results.filter(({ measure }) => measure === 'commitLines');
  const ratios = cells.map(ratioOf);
  const worst = max(ratios);
  const worstLabel = cells[ratios.indexOf(worst)]?.label ?? '';
  const chain = results.filter(({ measure }) => measure === 'bytesToCommits').map(ratioOf);
  const sdks = results.filter(({ measure }) => measure === 'officialSDKs').map(ratioOf);
  return [
    `\`commitLines()\` takes ${show(median(ratios))} times as long as a bare loop with one mutable object per stream, in the median of`,
    `${cells.length} [cases](docs/benchmarks.md), and ${show(worst)} times in the worst: ${worstLabel}. From bytes to commits, it takes at`,
    `most ${show(max(chain))} times as long as \`JSON.parse\` of each event alone. The official SDKs take ${show(min(sdks))} to ${show(max(sdks))} times as long.`,
  ].join('\n');
}

function ratioOf({ values }: Result): number {
  return median([...values]);
}

function show(ratio: number): string {
  return showValue(ratio, '×');
}
