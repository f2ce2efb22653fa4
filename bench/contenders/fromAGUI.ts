import { from } from 'rxjs';

import { type Contender, countCharacters } from '../contender.js';
import { commitLines } from '../deltalines.js';
import type { Traffic } from '../events.js';
import { agUIEvents } from '../messages.js';
import { fromAGUI } from '../protocols.js';

export default function fromAGUIContender(traffic: Traffic): Contender {
  const events = agUIEvents(traffic);
  return { run: () => countCharacters(from(events).pipe(fromAGUI(), commitLines())) };
}
