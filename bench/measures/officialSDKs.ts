import type { Measure } from '../measure.js';
import { wireAnswers } from '../wireAnswers.js';

export default {
  title: 'Official SDK ÷ `fromResponse()` to commits',
  cases: wireAnswers.map(({ label, parameters }) => ({
    label,
    goal: { atLeast: 1 },
    of: { contender: 'responseToSDK', parameters },
    to: { contender: 'responseToCommits', parameters },
  })),
} satisfies Measure;
