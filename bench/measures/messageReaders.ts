import type { Measure } from '../measure.js';

/** Eight streams of `deltaEvents` have four ids, so these are four texts of about 180 lines, in one conversation. */
const traffic = { streams: 8, deltas: 9_600 };

const limit =
  'the reader gives the whole message after each event, so a delta costs it more the longer the texts are; these have 11,200 ' +
  'characters.';

export default {
  title: 'Message reader of an SDK ÷ its events through `commitLines()`',
  cases: [
    {
      label: 'AI SDK, `readUIMessageStream`',
      goal: { atLeast: 150 },
      limit,
      of: { contender: 'readUIMessageStream', parameters: traffic },
      to: { contender: 'fromAISDK', parameters: traffic },
    },
    {
      label: 'AG-UI, `defaultApplyEvents`',
      goal: { atLeast: 150 },
      limit,
      of: { contender: 'defaultApplyEvents', parameters: traffic },
      to: { contender: 'fromAGUI', parameters: traffic },
    },
  ],
} satisfies Measure;
