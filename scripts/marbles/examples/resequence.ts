import { resequence } from '../../../src/index.js';
import type { Example } from '../recording.js';

const show = (value: string) => ({ row: '', type: 'event', text: value }) as const;
const seq = Number;

export const example: Example = {
  operator: 'resequence',
  description:
    'Numbered values come out in order; a repeat is dropped, and a number that never comes is given up after a time.',
  timeScale: 5,
  legend: { event: 'value', drop: 'drop', call: 'gap' },
  run(stage) {
    const values = stage.cold('-0-2-1---3-3-5-------6-|');
    stage.call('resequence({ seq, gapTimeout: 6, onDrop, onGap })');
    const source = stage.source('values', values, show);
    const onDrop = stage.callback('onDrop', ({ value, reason }: { value: string; reason: string }) => ({
      row: '',
      type: 'drop',
      text: `${value} ${reason}`,
    }));
    const onGap = stage.callback('onGap', ({ from, to }: { from: number; to: number }) => ({
      row: '',
      type: 'call',
      text: `${String(from)} to ${String(to)}`,
    }));
    stage.output('result', source.pipe(resequence({ seq, gapTimeout: 6, onDrop, onGap })), show);
  },
};
