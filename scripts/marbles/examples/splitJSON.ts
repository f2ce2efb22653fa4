import type { DeltaEvent } from '../../../src/index.js';
import { splitJSON } from '../../../src/json/index.js';
import type { Example, Marble } from '../recording.js';
import { showEvent } from '../show.js';

const delta = (text: string): DeltaEvent => ({ type: 'delta', kind: 'tool', id: 'a', delta: text });

/** The JSON text is shown without further escapes. */
function showJSONText(event: DeltaEvent): Marble {
  return event.type === 'delta' ? { row: event.id, type: 'event', text: event.delta } : showEvent(event);
}

export const example: Example = {
  operator: 'splitJSON',
  folder: 'json',
  description:
    'Each value of a JSON text becomes a stream that starts when the value begins. The text of a string is decoded and emitted as it arrives.',
  legend: { event: 'event' },
  run(stage) {
    const events = stage.cold<DeltaEvent>('-p------q------r------e---|', {
      p: delta('{"path":"x.ts",'),
      q: delta('"text":"one\\nt'),
      r: delta('wo"}'),
      e: { type: 'end', kind: 'tool', id: 'a' },
    });
    stage.call('splitJSON()');
    stage.output('values', stage.source('events', events, showJSONText).pipe(splitJSON()), showEvent);
  },
};
