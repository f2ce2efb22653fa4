import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';

import type { Commit, DeltaEvent } from '../../src/index.js';
import { textOf } from '../support/arbitraries.js';
import { collect } from '../support/collect.js';
import { delta, end } from '../support/events.js';
import { forms } from '../support/forms.js';
import { FaultyScheduler } from './faultyScheduler.js';
import { outcome, pipelines } from './pipelines.js';

const high = '\ud83d';
const low = '\ude00';

/** All texts of one to five pieces. */
const pieces = [high, low, 'x', '\n'];
const texts = [1, 2, 3, 4, 5].flatMap((length) =>
  Array.from({ length: pieces.length ** length }, (_, number) =>
    Array.from(
      { length },
      (_each, digit) => pieces[Math.floor(number / pieces.length ** digit) % pieces.length],
    ).join(''),
  ),
);

/** All the ways to cut a text. */
function* cuts(text: string): Generator<readonly string[]> {
  for (let ways = 0; ways < 2 ** (text.length - 1); ways++) {
    const deltas: string[] = [];
    let from = 0;
    for (let index = 1; index <= text.length; index++) {
      if (index === text.length || (ways & (1 << (index - 1))) !== 0) {
        deltas.push(text.slice(from, index));
        from = index;
      }
    }
    yield deltas;
  }
}

/** Each way to cut each text is a stream. */
const ways = texts.flatMap((text) => [...cuts(text)].map((deltas) => ({ text, deltas })));
const events: readonly DeltaEvent[] = ways.flatMap(({ deltas }, i) => [
  ...deltas.map((each) => delta(String(i), each)),
  end(String(i)),
]);

/** The number of surrogate pairs that are cut between two parts. */
function cutPairs(commits: readonly Commit[]): number {
  const lines = commits.filter((commit) => commit.type === 'line');
  return lines.filter(
    ({ text, eol }, i) => eol === '' && text.endsWith(high) && lines[i + 1]?.text.startsWith(low) === true,
  ).length;
}

describe.each(forms)('$form', { timeout: 30_000 }, ({ operator }) => {
  it.each([
    { title: 'whole lines', options: {} },
    { title: 'parts of two code units', options: { maxLineLength: 2 } },
    { title: 'parts of three code units', options: { maxLineLength: 3 } },
    { title: 'soft commits', options: { softCommit: { chars: 1 } } },
    {
      title: 'soft commits in parts of two code units',
      options: { softCommit: { chars: 2 }, maxLineLength: 2 },
    },
    { title: 'nothing retained', options: { reconcile: 'off' as const } },
  ])('preserves lone surrogates, and pairs that are cut by deltas, in $title', async ({ options }) => {
    const commits = await collect(from(events).pipe(operator(options)));
    const ofStreams = ways.map((): Commit[] => []);
    for (const commit of commits) {
      if (commit.type !== 'drop') {
        ofStreams[Number(commit.stream.id)]?.push(commit);
      }
    }
    expect(ofStreams.map(textOf)).toStrictEqual(ways.map(({ text }) => text));
    expect(ofStreams.filter((ofStream) => cutPairs(ofStream) > 0)).toStrictEqual([]);
  });

  it('preserves a lone surrogate at the end of a delta with many lines or parts', async () => {
    const texts = [`${'x'.repeat(70_000)}${high}`, `${'x\n'.repeat(70_000)}${low}`, `${high}${low}`];
    const commits = await collect(from(texts.map((text) => delta('a', text))).pipe(operator({})));
    expect(textOf(commits)).toBe(texts.join(''));
  });

  it.each([
    { title: 'agrees', text: `x${high}${low}\n${low}${high}`, lines: [`x${high}${low}`, `${low}${high}`] },
    {
      title: 'continues',
      text: `x${high}${low}\n${low}${high}${low}!`,
      lines: [`x${high}${low}`, `${low}${high}${low}!`],
    },
    { title: 'diverges', text: `x${high}\n${low}`, lines: [`x${high}`, low] },
  ])('compares lone surrogates with a full text that $title', async ({ text, lines }) => {
    const source: readonly DeltaEvent[] = [
      delta('a', `x${high}`),
      delta('a', `${low}\n`),
      delta('a', low),
      delta('a', high),
      end('a', text),
    ];
    const words = lines.map((line) => ` ${JSON.stringify(line)}`).join('');
    expect(outcome(await collect(from(source).pipe(operator({}))))).toStrictEqual([`a end:${words}`]);
  });
});

it.each(pipelines)('$name leaves lone surrogates as they are', async ({ connect }) => {
  const scheduler = new FaultyScheduler();
  const source = [high, low, low, high, '\n', low].map((each) => delta('a', each));
  const values = collect(from(source).pipe(connect({ scheduler })));
  scheduler.advance(60_000);
  const lines = [`${high}${low}${low}${high}`, low].map((line) => JSON.stringify(line));
  expect(outcome(await values)).toStrictEqual([`a complete: ${lines.join(' ')}`]);
});
