import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { commitLines, type DeltaEvent } from 'deltalines';
import {
  concat,
  delay,
  EMPTY,
  from,
  mergeMap,
  NEVER,
  type Observable,
  of,
  toArray,
  VirtualTimeScheduler,
} from 'rxjs';
import { describe, expect, test } from 'vitest';

import { commitAndMeasure } from '../src/commitAndMeasure.js';
import { CollectingReader, rowsOf } from '../src/metrics.js';

type Timed = readonly [time: number, event: DeltaEvent];

const delta = (kind: string, text: string, id = '1'): DeltaEvent => ({
  type: 'delta',
  kind,
  id,
  delta: text,
});
const end = (kind: string, id = '1'): DeltaEvent => ({ type: 'end', kind, id });

/** What is measured of events that come at these milliseconds after the request. */
async function measure(
  events: readonly Timed[],
  subscribe: (
    source: Observable<DeltaEvent>,
    scheduler: VirtualTimeScheduler,
    meter: ReturnType<MeterProvider['getMeter']>,
  ) => void = (source, scheduler, meter) => {
    source.pipe(commitAndMeasure(meter, { 'gen_ai.provider.name': 'test' }, scheduler)).subscribe();
  },
) {
  const reader = new CollectingReader();
  const meter = new MeterProvider({ readers: [reader] }).getMeter('test');
  const scheduler = new VirtualTimeScheduler();
  const source = from(events).pipe(mergeMap(([time, event]) => of(event).pipe(delay(time, scheduler))));
  subscribe(source, scheduler, meter);
  scheduler.flush();
  return rowsOf(reader);
}

const summaries = (rows: Awaited<ReturnType<typeof measure>>) =>
  rows.map(({ name, kind, count, mean }) => [
    name.replace('gen_ai.client.operation.', ''),
    kind,
    count,
    Number(mean.toFixed(6)),
  ]);

describe('commitAndMeasure', () => {
  const events: readonly Timed[] = [
    [200, { type: 'start', kind: 'reasoning', id: '1' }],
    [300, delta('reasoning', 'hm')],
    [500, delta('answer', 'a')],
    [600, delta('reasoning', 'm\n')],
    [600, end('reasoning')],
    [700, delta('answer', '')],
    [900, delta('answer', 'b')],
    [1100, delta('answer', 'c')],
    [1200, end('answer')],
  ];

  test('measures from the request to the first text, and between the chunks, by kind', async () => {
    expect(summaries(await measure(events))).toEqual([
      ['time_per_output_chunk', 'answer', 2, 0.3],
      ['time_per_output_chunk', 'reasoning', 1, 0.3],
      ['time_to_first_chunk', 'answer', 1, 0.5],
      ['time_to_first_chunk', 'reasoning', 1, 0.3],
    ]);
  });

  test('has the unit, the bucket boundaries and the attributes of the conventions', async () => {
    for (const { unit, boundaries, provider } of await measure(events)) {
      expect([unit, provider]).toEqual(['s', 'test']);
      expect([boundaries[0], boundaries.at(-1), boundaries.length]).toEqual([0.01, 81.92, 14]);
    }
  });

  test('changes no commit', async () => {
    const commits: unknown[] = [];
    await measure(events, (source, scheduler, meter) => {
      const measured = source.pipe(commitAndMeasure(meter, {}, scheduler), toArray());
      const plain = source.pipe(commitLines({ tail: true, scheduler }), toArray());
      measured.subscribe((all) => commits.push(all));
      plain.subscribe((all) => commits.push(all));
    });
    expect(commits).toHaveLength(2);
    expect(commits[0]).toEqual(commits[1]);
  });

  test('measures streams apart that have the same id, and one that comes again', async () => {
    const again: readonly Timed[] = [
      [100, delta('answer', 'a')],
      [100, end('answer')],
      [200, delta('answer', 'too late')],
      [400, { type: 'start', kind: 'answer', id: '1' }],
      [700, delta('answer', 'b')],
    ];
    expect(summaries(await measure(again))).toEqual([['time_to_first_chunk', 'answer', 2, 0.4]]);
  });

  test('counts from each subscription', async () => {
    const rows = await measure([[100, delta('answer', 'a')]], (source, scheduler, meter) => {
      const measured = source.pipe(commitAndMeasure(meter, {}, scheduler));
      measured.subscribe();
      scheduler.schedule(() => measured.subscribe(), 1000);
    });
    expect(summaries(rows)).toEqual([['time_to_first_chunk', 'answer', 2, 0.1]]);
  });

  test.each([
    ['nothing', EMPTY],
    ['a start alone', concat(of<DeltaEvent>({ type: 'start', kind: 'answer', id: '1' }), EMPTY)],
    ['silence', NEVER],
  ])('records nothing of %s', async (_, source: Observable<DeltaEvent>) => {
    const rows = await measure([], (__, scheduler, meter) => {
      source
        .pipe(commitAndMeasure(meter, {}, scheduler))
        .subscribe()
        .unsubscribe();
    });
    expect(rows).toEqual([]);
  });
});
