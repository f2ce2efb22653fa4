import { concat, map, mergeMap, of, take, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { type Example, record, type Stage } from '../../scripts/marbles/recording.js';

const show = (text: string) => ({ row: '', type: 'event', text }) as const;

const recordingOf = (run: (stage: Stage) => void) => {
  const example: Example = { operator: 'map', description: 'A map.', legend: {}, run };
  return record(example);
};

describe('a recording', () => {
  it('has the notifications of the source and the output, and their times', () => {
    const { sources, sections } = recordingOf((stage) => {
      const source = stage.source('letters', stage.cold('-a-(bc)-|'), show);
      stage.call('map(double)');
      stage.output('doubled', source.pipe(map((letter) => letter + letter)), show);
    });
    expect(sources).toStrictEqual([
      {
        title: 'letters',
        marbles: [
          { ...show('a'), time: 1 },
          { ...show('b'), time: 3 },
          { ...show('c'), time: 3 },
        ],
        from: 0,
        to: 8,
        end: 'complete',
      },
    ]);
    expect(sections).toStrictEqual([
      {
        call: 'map(double)',
        outputs: [
          {
            title: 'doubled',
            marbles: [
              { ...show('aa'), time: 1 },
              { ...show('bb'), time: 3 },
              { ...show('cc'), time: 3 },
            ],
            from: 0,
            to: 8,
            end: 'complete',
          },
        ],
      },
    ]);
  });

  it('has the time at which a source was unsubscribed', () => {
    const { sources, sections } = recordingOf((stage) => {
      stage.call('take(1)');
      stage.output('result', stage.source('letters', stage.cold('-a-b-|'), show).pipe(take(1)), show);
    });
    expect(sources[0]).toMatchObject({ to: 1, end: 'unsubscribe', marbles: [{ text: 'a' }] });
    expect(sections[0]?.outputs[0]).toMatchObject({ to: 1, end: 'complete' });
  });

  it('has the error of an output', () => {
    const { sections } = recordingOf((stage) => {
      const failing = concat(
        stage.cold('-a-|'),
        throwError(() => new Error('boom')),
      );
      stage.call('catchError(…)');
      stage.output('result', failing, show);
    });
    expect(sections[0]?.outputs[0]).toMatchObject({ to: 3, end: 'error' });
  });

  it('has the outputs that an output creates, from their subscription on', () => {
    const { sections } = recordingOf((stage) => {
      stage.call('map(inner)');
      stage.output(
        'outer',
        stage.cold('--a-|').pipe(
          map((letter) => {
            stage.output(`inner ${letter}`, timer(5).pipe(mergeMap(() => of('x', 'y'))), show);
            return letter;
          }),
        ),
        show,
      );
    });
    expect(sections[0]?.outputs).toMatchObject([
      { title: 'outer', from: 0, to: 4 },
      {
        title: 'inner a',
        from: 2,
        to: 7,
        marbles: [
          { text: 'x', time: 7 },
          { text: 'y', time: 7 },
        ],
      },
    ]);
  });

  it('has the calls of callbacks below the outputs, until these end', () => {
    const { sections } = recordingOf((stage) => {
      stage.call('tap(callback)');
      const callback = stage.callback('callback', show);
      const source = stage.cold('-a-|').pipe(
        map((letter) => {
          callback(letter);
          return letter;
        }),
      );
      stage.output('result', source, show);
    });
    expect(sections[0]?.outputs).toMatchObject([
      { title: 'result' },
      { title: 'callback', from: 0, to: 3, end: 'unsubscribe', marbles: [{ text: 'a', time: 1 }] },
    ]);
  });

  it('has several marbles for one value if the example returns several', () => {
    const { sections } = recordingOf((stage) => {
      stage.call('identity');
      stage.output('result', stage.cold('-a-|'), (letter) => [show(letter), show(letter)]);
    });
    expect(sections[0]?.outputs[0]?.marbles).toHaveLength(2);
  });

  it('throws for an output without a call before it', () => {
    expect(() =>
      recordingOf((stage) => {
        stage.output('result', of('a'), show);
      }),
    ).toThrow('The example does not say what it calls');
  });
});
