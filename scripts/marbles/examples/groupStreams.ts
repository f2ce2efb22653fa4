import { tap } from 'rxjs';

import { groupStreams } from '../../../src/index.js';
import { deltaMarbles } from '../../../src/testing/index.js';
import type { Example } from '../recording.js';
import { showEvent } from '../show.js';

export const example: Example = {
  operator: 'groupStreams',
  description: 'Each stream is handed out when it opens, gives its events, and completes after its end.',
  legend: { event: 'event', open: 'stream' },
  run(stage) {
    const events = stage.cold(
      ...deltaMarbles('-a--b--a--A--b-----|', { a: ['hel', 'lo\n'], b: ['wor', 'ld'] }),
    );
    stage.call('groupStreams()');
    stage.output(
      'streams',
      stage.source('events', events, showEvent).pipe(
        groupStreams(),
        tap((stream) => {
          stage.output(`stream ${stream.ref.id}`, stream, (event) => ({ ...showEvent(event), row: '' }));
        }),
      ),
      ({ ref }) => ({ row: '', type: 'open', text: ref.id }),
    );
  },
};
