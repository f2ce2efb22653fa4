import { lastValueFrom, reduce } from 'rxjs';

import { type Contender, lengthOf } from '../contender.js';
import { commitLines } from '../deltalines.js';
import { fromResponse } from '../protocols.js';
import { type WireAnswer, wireBytes } from '../wireBytes.js';
import { responseOf } from '../wireResponse.js';
import { READERS } from './bytesToCommits.js';

/** What the official SDKs do with a response, and lines in addition. */
export default function responseToCommits(answer: WireAnswer): Contender {
  const chunks = wireBytes(answer);
  const reader = READERS[answer.protocol];
  return {
    isAsync: true,
    run: async () => {
      const commits = fromResponse(responseOf(chunks)).pipe(reader(), commitLines());
      const lengths = commits.pipe(reduce((sum, commit) => sum + lengthOf(commit), 0));
      return { characters: await lastValueFrom(lengths, { defaultValue: 0 }) };
    },
  };
}
