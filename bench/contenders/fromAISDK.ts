import { from } from 'rxjs';

import { type Contender, countCharacters } from '../contender.js';
import { commitLines } from '../deltalines.js';
import type { Traffic } from '../events.js';
import { aiSDKChunks } from '../messages.js';
import { fromAISDK } from '../protocols.js';

export default function fromAISDKContender(traffic: Traffic): Contender {
  const chunks = aiSDKChunks(traffic);
  return { run: () => countCharacters(from(chunks).pipe(fromAISDK(), commitLines())) };
}
