import { joinReplay } from '../../../src/index.js';
import type { Example } from '../recording.js';

const show = (value: string) => ({ row: '', type: 'event', text: value }) as const;

export const example: Example = {
  operator: 'joinReplay',
  description:
    'The recorded values come first, then the live values that waited, each number once; a hole between the two is reported.',
  timeScale: 5,
  legend: { event: 'value', call: 'gap' },
  run(stage) {
    const liveValues = stage.cold('---3---5-----6---|');
    const recorded = stage.cold('-1---2---3-|');
    stage.call('joinReplay(history, { seq, onGap })');
    const onGap = stage.callback('onGap', ({ from, to }: { from: number; to: number }) => ({
      row: '',
      type: 'call',
      text: `${String(from)} to ${String(to)}`,
    }));
    const seq = Number;
    const history = stage.source('history', recorded, show);
    const live = stage.source('live', liveValues, show);
    stage.output('result', live.pipe(joinReplay(history, { seq, onGap })), show);
  },
};
