import fc from 'fast-check';

import type { Commit, DeltaEvent, LineCommit, StreamRef } from '../../src/index.js';

/** Text rich in characters that make line ends and cuts difficult. */
export const text: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('\r', '\n', '\r\n') },
      { weight: 2, arbitrary: fc.constantFrom('\u{1F600}', '\ud83d', '\ude00') },
      { weight: 1, arbitrary: fc.constantFrom('\u2028', '\u2029', '\u0085', '\0', '\u001b[31m') },
      { weight: 4, arbitrary: fc.string({ maxLength: 4 }) },
    ),
    { maxLength: 20 },
  )
  .map((pieces) => pieces.join(''));

/** The text in pieces, some of them empty, cut at any code unit. */
export function pieces(whole: string): fc.Arbitrary<readonly string[]> {
  return fc.array(fc.nat({ max: whole.length }), { maxLength: 12 }).map((cuts) => {
    const sorted = [0, ...cuts.sort((a, b) => a - b), whole.length];
    return sorted.slice(1).map((end, index) => whole.slice(sorted[index], end));
  });
}

const kind = fc.constantFrom('answer', 'reasoning');
const id = fc.constantFrom('1', '2', '__proto__');

/** Events of a few streams: early, late, repeated and contradictory. */
export const deltaEvent: fc.Arbitrary<DeltaEvent> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ type: fc.constant('start' as const), kind, id }) },
  { weight: 6, arbitrary: fc.record({ type: fc.constant('delta' as const), kind, id, delta: text }) },
  {
    weight: 2,
    arbitrary: fc.record(
      { type: fc.constant('end' as const), kind, id, text },
      { requiredKeys: ['type', 'kind', 'id'] },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('error' as const), kind, id, error: fc.constant('boom') }),
  },
);

/** Values that are not delta events. */
export const malformedEvent: fc.Arbitrary<DeltaEvent> = fc.constantFrom<unknown>(
  null,
  7,
  'delta',
  [],
  {},
  { type: 'delta', kind: 'answer', id: '1' },
  { type: 'delta', kind: 'answer', id: '1', delta: 'x', order: [1, NaN] },
  { type: 'end', kind: 'answer', id: '1', text: null },
  { type: 'close', kind: 'answer', id: '1' },
) as fc.Arbitrary<DeltaEvent>;

/** The joined text of the line commits of a stream, without withdrawn lines. */
export function textOf(commits: readonly Commit[]): string {
  let lines: LineCommit[] = [];
  for (const commit of commits) {
    if (commit.type === 'line') {
      lines.push(commit);
    } else if (commit.type === 'revise') {
      lines = lines.filter((line) => line.index < commit.index);
    }
  }
  return lines.map((line) => line.text + line.eol).join('');
}

/** The commits by stream object. */
export function byStream(commits: readonly Commit[]): ReadonlyMap<StreamRef, readonly Commit[]> {
  const streams = new Map<StreamRef, Commit[]>();
  for (const commit of commits) {
    if (commit.type !== 'drop') {
      const ofStream = streams.get(commit.stream) ?? [];
      ofStream.push(commit);
      streams.set(commit.stream, ofStream);
    }
  }
  return streams;
}

/** The key of a stream, which all of its generations share. */
export function keyOf({ kind: ofKind, id: ofId }: Pick<StreamRef, 'kind' | 'id'>): string {
  return JSON.stringify([ofKind, ofId]);
}
