import type { DeltaEvent } from '../../../src/index.js';
import { type JSONCommit, scanJSON } from '../../../src/json/index.js';
import type { Example, Marble } from '../recording.js';
import { showEvent } from '../show.js';

const delta = (text: string): DeltaEvent => ({ type: 'delta', kind: 'tool', id: 'a', delta: text });

function showJSON(commit: JSONCommit): Marble {
  switch (commit.type) {
    case 'value':
      return { row: commit.pointer, type: 'line', text: JSON.stringify(commit.value) };
    case 'partial':
      return { row: 'root', type: 'tail', text: JSON.stringify(commit.value) };
    case 'close':
      return { row: 'root', type: 'close', text: commit.reason };
    default:
      return { row: 'root', type: 'open', text: commit.type };
  }
}

/** The JSON text is shown without further escapes. */
function showJSONText(event: DeltaEvent): Marble {
  return event.type === 'delta' ? { row: event.id, type: 'event', text: event.delta } : showEvent(event);
}

export const example: Example = {
  operator: 'scanJSON',
  folder: 'json',
  description:
    'A value is committed when it is complete. With partial, the root is also committed as far as it is known.',
  legend: { event: 'event', open: 'open', line: 'value', tail: 'partial', close: 'close' },
  run(stage) {
    const events = stage.cold<DeltaEvent>('-p---------q---------r--------e---|', {
      p: delta('{"items":["a",'),
      q: delta('"b"],"n":4'),
      r: delta('2}'),
      e: { type: 'end', kind: 'tool', id: 'a' },
    });
    const source = stage.source('events', events, showJSONText);
    stage.call("scanJSON({ pointers: ['/items/*', '/n'] })");
    stage.output('commits', source.pipe(scanJSON({ pointers: ['/items/*', '/n'] })), showJSON);
    stage.call('scanJSON({ pointers: [], partial: true })');
    stage.output('commits', events.pipe(scanJSON({ pointers: [], partial: true })), showJSON);
  },
};
