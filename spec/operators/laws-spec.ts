import fc from 'fast-check';
import { concat, from, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { type Commit, commitLines, type DeltaEvent, type DropCommit } from '../../src/index.js';
import { interleave, recut } from '../../src/testing/index.js';
import { byStream, deltaEvent, keyOf, malformedEvent, text, textOf } from '../support/arbitraries.js';
import { collect } from '../support/collect.js';
import { delta } from '../support/events.js';
import { composed, forms } from '../support/forms.js';

const events = fc.array(
  fc.oneof({ weight: 9, arbitrary: deltaEvent }, { weight: 1, arbitrary: malformedEvent }),
  { maxLength: 40, size: 'max' },
);

const options = fc.record({
  maxStreams: fc.integer({ min: 1, max: 7 }),
  maxRemembered: fc.integer({ min: 0, max: 4 }),
  maxLineLength: fc.integer({ min: 2, max: 9 }),
  reconcile: fc.constantFrom('revise', 'keep', 'off'),
  maxRetained: fc.nat({ max: 60 }),
});

/** The same object may occur twice among the events, so events are counted and not looked up. */
function lengthOfDeltas(list: readonly DeltaEvent[]): number {
  return list.map((event) => lengthOfDelta(event)).reduce((a, b) => a + b, 0);
}

/** The events include malformed ones. */
function lengthOfDelta(event: unknown): number {
  return isObject(event) && event['type'] === 'delta' && typeof event['delta'] === 'string'
    ? event['delta'].length
    : 0;
}

function isEnd(event: unknown): boolean {
  return isObject(event) && (event['type'] === 'end' || event['type'] === 'error');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function countOfEnds(list: readonly DeltaEvent[]): number {
  return list.filter((event) => isEnd(event)).length;
}

function run(
  source: readonly DeltaEvent[],
  operator: ReturnType<typeof commitLines<DeltaEvent>>,
): Promise<readonly Commit[]> {
  return collect(from(source).pipe(operator));
}

describe('the law of the two forms', () => {
  it('both emit the same commits, and drop the same events', async () => {
    await fc.assert(
      fc.asyncProperty(events, options, async (source, someOptions) => {
        const drops: DropCommit[] = [];
        const expected = await run(source, commitLines(someOptions));
        const actual = await run(source, composed({ ...someOptions, onDrop: (drop) => drops.push(drop) }));
        expect(actual).toStrictEqual(expected.filter((commit) => commit.type !== 'drop'));
        expect(drops).toStrictEqual(expected.filter((commit) => commit.type === 'drop'));
      }),
    );
  });

  it('both emit the same commits when the source fails', () => {
    const error = new Error('boom');
    fc.assert(
      fc.property(events, options, (source, someOptions) => {
        const failing = concat(
          from(source),
          throwError(() => error),
        );
        const [expected, actual] = [commitLines(someOptions), composed(someOptions)].map((operator) => {
          const seen: unknown[] = [];
          failing.pipe(operator).subscribe({
            next: (commit) => commit.type !== 'drop' && seen.push(commit),
            error: (failed: unknown) => seen.push({ failed }),
          });
          return seen;
        });
        expect(actual).toStrictEqual(expected);
        expect(actual?.at(-1)).toStrictEqual({ failed: error });
      }),
    );
  });

  it('both emit the same commits when the subscriber pushes events into the source', () => {
    fc.assert(
      fc.property(events, options, (source, someOptions) => {
        const [expected, actual] = [commitLines(someOptions), composed(someOptions)].map((operator) => {
          const input = new Subject<DeltaEvent>();
          const rest = [...source];
          const seen: Commit[] = [];
          input.pipe(operator).subscribe((commit) => {
            if (commit.type === 'drop') {
              return;
            }
            seen.push(commit);
            if (seen.length % 3 === 0) {
              rest.splice(0, 2).forEach((event) => input.next(event));
            }
          });
          for (let event = rest.shift(); event !== undefined; event = rest.shift()) {
            input.next(event);
          }
          input.complete();
          return seen;
        });
        expect(actual).toStrictEqual(expected);
      }),
    );
  });
});

describe.each(forms)('the laws of $form', ({ form, operator }) => {
  it('join: the lines of a stream make up the text of its deltas, however they were cut and merged', async () => {
    const texts = fc.array(text, { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.maxSafeInteger(), texts, options, async (seed, wholes, someOptions) => {
        const streams = wholes.map((whole, index) => recut(seed, [delta(String(index), whole)]));
        const source = recut(seed, interleave(seed, streams));
        const commits = await run(source, operator({ ...someOptions, maxStreams: wholes.length }));
        for (const [{ id }, ofStream] of byStream(commits)) {
          expect(textOf(ofStream)).toBe(wholes[Number(id)]);
        }
        expect(byStream(commits).size).toBe(wholes.length);
      }),
    );
  });

  it('one life: an open first, a close last, and neither in between', async () => {
    await fc.assert(
      fc.asyncProperty(events, options, async (source, someOptions) => {
        for (const commits of byStream(await run(source, operator(someOptions))).values()) {
          const types = commits.map((commit) => commit.type);
          expect(types.at(0)).toBe('open');
          expect(types.at(-1)).toBe('close');
          expect(types.slice(1, -1).every((type) => type === 'line' || type === 'revise')).toBe(true);
        }
      }),
    );
  });

  it('one reference: all commits of a stream have the same object', async () => {
    await fc.assert(
      fc.asyncProperty(events, options, async (source, someOptions) => {
        const refs = [...byStream(await run(source, operator({ ...someOptions, maxRemembered: 99 }))).keys()];
        const names = refs.map((ref) => `${keyOf(ref)} ${ref.generation}`);
        expect(new Set(names).size).toBe(names.length);
      }),
    );
  });

  it('counting: the indices of a stream have no gaps, and its close has their number', async () => {
    await fc.assert(
      fc.asyncProperty(events, options, async (source, someOptions) => {
        for (const commits of byStream(await run(source, operator(someOptions))).values()) {
          let expected = 0;
          let isWhole = true;
          for (const commit of commits) {
            if (commit.type === 'line') {
              expect(commit.index).toBe(expected);
              expected = commit.eol === '' ? expected : expected + 1;
              isWhole = commit.eol !== '';
            } else if (commit.type === 'revise') {
              expect(commit.index).toBeLessThanOrEqual(expected);
              expected = commit.index;
              isWhole = true;
            } else if (commit.type === 'close') {
              expect(commit.lines).toBe(isWhole ? expected : expected + 1);
            }
          }
        }
      }),
    );
  });

  it('isolation: a stream emits the same commits among others as alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(deltaEvent, { maxLength: 40, size: 'max' }), async (source) => {
        const together = await run(source, operator({}));
        for (const key of new Set(source.map(keyOf))) {
          const itsEvents = source.filter((event) => keyOf(event) === key);
          const itsCommits = together.filter(
            (commit) => keyOf(commit.type === 'drop' ? (commit.event as DeltaEvent) : commit.stream) === key,
          );
          expect(await run(itsEvents, operator({}))).toStrictEqual(itsCommits);
        }
      }),
    );
  });

  it('replay: the same events give the same commits', async () => {
    await fc.assert(
      fc.asyncProperty(events, options, async (source, someOptions) => {
        const once = operator(someOptions);
        expect(await run(source, once)).toStrictEqual(await run(source, once));
      }),
    );
  });

  it('nothing is lost: all text is in a line, and any other event is dropped', async () => {
    await fc.assert(
      fc.asyncProperty(events, options, async (source, someOptions) => {
        const drops: DropCommit[] = [];
        const commits = await run(
          source,
          operator({ ...someOptions, reconcile: 'off', onDrop: (drop) => drops.push(drop) }),
        );
        if (form === 'commitLines') {
          drops.push(...commits.filter((commit) => commit.type === 'drop'));
        }
        const dropped = drops.map((drop) => drop.event as DeltaEvent);
        const opened = commits.filter((commit) => commit.type === 'open').length;
        const closedByProducer = commits.filter(
          (commit) => commit.type === 'close' && (commit.reason === 'end' || commit.reason === 'error'),
        ).length;
        // An `end` adds its own text if there was no delta, so there may be more text than in the deltas.
        expect(textOf(commits).length).toBeGreaterThanOrEqual(
          lengthOfDeltas(source) - lengthOfDeltas(dropped),
        );
        expect(countOfEnds(source) - countOfEnds(dropped)).toBe(closedByProducer);
        expect(opened).toBe(commits.filter((commit) => commit.type === 'close').length);
      }),
    );
  });
});
