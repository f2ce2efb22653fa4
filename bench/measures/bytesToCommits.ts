import type { Measure } from '../measure.js';
import { wireAnswers } from '../wireAnswers.js';

export default {
  title: 'Bytes to commits ÷ `JSON.parse` of each `data:`',
  cases: wireAnswers.map(({ parameters, ...rest }) => ({
    ...rest,
    ...(parameters.chunkLength > 1_400 && { version: 'full' as const }),
    goal: { atMost: 1.35 },
    isOtherWork: true,
    of: { contender: 'bytesToCommits', parameters },
    to: { contender: 'parseEvents', parameters },
  })),
} satisfies Measure;
