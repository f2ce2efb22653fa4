import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { LiveTails } from '../../../src/core/log/liveTails.js';
import { close, line, open, streamOf, tail } from '../../support/commits.js';

const a = streamOf('a');
const b = streamOf('b');

/** The tail of a stream that had this many entries. */
const tailOf = (stream: typeof a, number: number, text: string) => ({
  commit: tail(stream, Math.max(number - 1, 0), text),
  number,
});
const entry = (stream: typeof a, number: number) => ({
  position: String(number),
  commit: number === 0 ? open(stream) : line(stream, number - 1, 'x'),
  number,
});
const textsOf = (tails: LiveTails<string>) => tails.take().map(({ commit }) => commit.text);

describe('LiveTails', () => {
  it('is empty at first', () => {
    const tails = new LiveTails<string>(false);
    expect(tails.streamToAsk()).toBeUndefined();
    expect(tails.take()).toStrictEqual([]);
    expect(tails.takeOf(a)).toBeUndefined();
  });

  it('asks how many entries a stream has, once, and returns its tail once', () => {
    const tails = new LiveTails<string>(false);
    tails.add(tailOf(a, 3, 'one'));
    expect(tails.streamToAsk()).toBe(a);
    expect(tails.take()).toStrictEqual([]);
    tails.setEntries(a, 3);
    expect(tails.streamToAsk()).toBeUndefined();
    expect(textsOf(tails)).toStrictEqual(['one']);
    expect(tails.take()).toStrictEqual([]);
    tails.add(tailOf(a, 3, 'one two'));
    expect(tails.streamToAsk()).toBeUndefined();
    expect(textsOf(tails)).toStrictEqual(['one two']);
  });

  it('counts all entries for a reader that must not ask, and returns the tail of one stream', () => {
    const tails = new LiveTails<string>(true);
    tails.read(entry(a, 0));
    tails.read(entry(b, 0));
    tails.add(tailOf(a, 1, 'one'));
    tails.add(tailOf(b, 2, 'ahead'));
    expect(tails.streamToAsk()).toBeUndefined();
    expect(tails.takeOf(b)).toBeUndefined();
    expect(tails.takeOf(a)?.commit.text).toBe('one');
    expect(tails.takeOf(a)).toBeUndefined();
    tails.read(entry(b, 1));
    expect(tails.takeOf(b)?.commit.text).toBe('ahead');
    tails.read({ position: '2', commit: close(a, 0), number: 1 });
    tails.add(tailOf(a, 2, 'late'));
    expect(tails.streamToAsk()).toBe(a);
  });

  it('keeps only the latest tail of each stream', () => {
    const tails = new LiveTails<string>(false);
    tails.add(tailOf(a, 1, 'a'));
    tails.add(tailOf(b, 1, 'b'));
    tails.add(tailOf(a, 1, 'aa'));
    tails.setEntries(a, 1);
    tails.setEntries(b, 1);
    expect(textsOf(tails)).toStrictEqual(['aa', 'b']);
  });

  it('drops a tail once the line that it became was read', () => {
    const tails = new LiveTails<string>(false);
    tails.add(tailOf(a, 1, 'a'));
    tails.read(entry(a, 1));
    expect(tails.streamToAsk()).toBeUndefined();
    expect(tails.take()).toStrictEqual([]);
    tails.add(tailOf(a, 1, 'a late tail'));
    expect(tails.take()).toStrictEqual([]);
  });

  it('holds a tail that arrives before an entry until the entry was read', () => {
    const tails = new LiveTails<string>(false);
    tails.add(tailOf(a, 2, 'a'));
    tails.setEntries(a, 1);
    expect(tails.take()).toStrictEqual([]);
    tails.read(entry(a, 1));
    expect(textsOf(tails)).toStrictEqual(['a']);
  });

  it('drops a tail that is stale according to the log', () => {
    const tails = new LiveTails<string>(false);
    tails.add(tailOf(a, 1, 'a'));
    tails.setEntries(a, 2);
    expect(tails.take()).toStrictEqual([]);
    expect(tails.streamToAsk()).toBeUndefined();
  });

  it('holds nothing of a stale tail', () => {
    const tails = new LiveTails<string>(true);
    const withoutTail = new LiveTails<string>(true);
    tails.add(tailOf(a, 1, 'a'));
    for (const each of [tails, withoutTail]) {
      each.read(entry(a, 1));
    }
    expect(tails).toStrictEqual(withoutTail);
  });

  it('never counts back if the answer of the log is older than the entries read', () => {
    const tails = new LiveTails<string>(false);
    tails.add(tailOf(a, 3, 'a'));
    tails.read(entry(a, 2));
    tails.setEntries(a, 1);
    expect(textsOf(tails)).toStrictEqual(['a']);
  });

  it.each([
    [
      'the log says that it is not open',
      (tails: LiveTails<string>) => {
        tails.setEntries(a, undefined);
      },
    ],
    [
      'its close was read',
      (tails: LiveTails<string>) => {
        tails.read({ position: '1', commit: close(a, 0), number: 1 });
      },
    ],
    [
      'it is cleared',
      (tails: LiveTails<string>) => {
        tails.clear();
      },
    ],
  ])('deletes a stream when %s', (_name, forget) => {
    const tails = new LiveTails<string>(false);
    tails.add(tailOf(a, 1, 'a'));
    forget(tails);
    expect(tails.streamToAsk()).toBeUndefined();
    tails.setEntries(a, 1);
    expect(tails.take()).toStrictEqual([]);
    tails.add(tailOf(a, 1, 'a'));
    expect(tails.streamToAsk()).toBe(a);
  });

  it('distinguishes generations', () => {
    const tails = new LiveTails<string>(false);
    const next = { ...a, generation: 1 };
    tails.add(tailOf(a, 1, 'a'));
    tails.setEntries(a, 1);
    tails.add({ commit: tail(next, 0, 'next'), number: 1 });
    expect(tails.streamToAsk()).toBe(next);
    expect(textsOf(tails)).toStrictEqual(['a']);
  });

  it('never returns a stale tail, and returns the last one, whenever tails arrive', () => {
    // Entries are read in order; the tail that is made behind entry n comes any number of entries early or late.
    const delays = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(delays, (shifts) => {
        const tails = new LiveTails<string>(false);
        const arrivals = shifts.map((shift, number) => ({ number: number + 1, at: number + 1 + shift }));
        const returned: number[] = [];
        for (let read = -3; read <= shifts.length + 3; read++) {
          if (read > 0 && read <= shifts.length) {
            tails.read(entry(a, read - 1));
          }
          for (const { number } of arrivals.filter(({ at }) => at === read)) {
            tails.add(tailOf(a, number, String(number)));
          }
          if (tails.streamToAsk() !== undefined) {
            tails.setEntries(a, Math.max(0, Math.min(read, shifts.length)));
          }
          for (const { number } of tails.take()) {
            expect(number).toBe(Math.min(read, shifts.length));
            returned.push(number);
          }
        }
        // The last one was made behind the last entry, and nothing comes after it.
        expect(returned).toContain(shifts.length);
      }),
    );
  });
});
