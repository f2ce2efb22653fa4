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
    const live = stage.cold('---3---5-----6---|');
    const history = stage.cold('-1---2---3-|');
    stage.call('joinReplay(history, { seq, onGap })');
    const onGap = stage.callback('onGap', ({ from, to }: { from: number; to: number }) => ({
      row: '',
      type: 'call',
      text: `${String(from)} to ${String(to)}`,
    }));
    const recorded = stage.source('history', history, show);
    const current = stage.source('live', live, show);
    stage.output('result', current.pipe(joinReplay(recorded, { seq: Number, onGap })), show);
  },
};
