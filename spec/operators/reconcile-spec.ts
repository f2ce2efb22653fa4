import fc from 'fast-check';
import { from, takeLast } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { commitLines, type DeltaEvent, scanTranscript } from '../../src/index.js';
import { pieces, text } from '../support/arbitraries.js';
import { collect } from '../support/collect.js';
import { delta, end } from '../support/events.js';
import { forms } from '../support/forms.js';
import { marbles } from '../support/marbles.js';
import { toText } from '../support/show.js';

describe.each(forms)('$form and the producer’s full text', ({ operator }) => {
  it(
    'withdraws lines from the first that differs',
    marbles((m) => {
      const source = m.hot('  a---b---e----|', {
        a: delta('a', 'one\n'),
        b: delta('a', 'two\nthree'),
        e: end('a', 'one\nTWO'),
      });
      const subscribed = '    ^------------!';
      const expected = '      (oa)b---(rsc)|';
      m.expect(source.pipe(operator(), toText())).toBeObservable(expected, {
        o: 'open a',
        a: 'line a 0 one$',
        b: 'line a 1 two$',
        r: 'revise a 1',
        s: 'line a 1 TWO',
        c: 'close a end 2',
      });
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it(
    'withdraws a line in its middle',
    marbles((m) => {
      const after = m.time('  --|');
      const source = m.hot('  a-----e----|', { a: delta('a', 'a hasty word'), e: end('a', 'a late word') });
      const subscribed = '    ^----------!';
      const expected = '      o-p---(rsc)|';
      m.expect(source.pipe(operator({ softCommit: { after } }), toText())).toBeObservable(expected, {
        o: 'open a',
        p: 'line a 0 a hasty wor',
        r: 'revise a 0',
        s: 'line a 0 a late word',
        c: 'close a end 1',
      });
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );
});

describe('the transcript', () => {
  it('ends with the full text, whatever deltas were lost', async () => {
    const lossy = text
      .chain((whole) => fc.tuple(fc.constant(whole), pieces(whole)))
      .chain(([whole, deltas]) => fc.tuple(fc.constant(whole), fc.subarray([...deltas])));
    await fc.assert(
      fc.asyncProperty(lossy, fc.integer({ min: 2, max: 9 }), async ([whole, deltas], maxLineLength) => {
        const events: DeltaEvent[] = [...deltas.map((piece) => delta('a', piece)), end('a', whole)];
        const [transcript] = await collect(
          from(events).pipe(commitLines({ maxLineLength }), scanTranscript(), takeLast(1)),
        );
        const lines = transcript?.[0]?.lines ?? [];
        const expected = whole.split(/\r?\n/);
        expect(lines.join('\n').trimEnd()).toBe(expected.join('\n').trimEnd());
      }),
    );
  });
});
