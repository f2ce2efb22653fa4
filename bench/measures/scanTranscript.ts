import type { Measure } from '../measure.js';

const MANY = 100_000;
const FEW = 10_000;

const logs = [
  {
    label: 'all at once',
    many: 0,
    few: 0,
    goal: { atMost: 12 },
    limit:
      '10,000 commits fit into the cache of the processor, and 100,000 do not; and V8 maps new memory for an array of 100,000 ' +
      'lines, which has 6 % of the time in a profile.',
  },
  {
    label: 'in the same ten seconds, so as many transcripts',
    many: 0.1,
    few: 1,
    goal: { atMost: 12 },
    limit:
      'each transcript copies the list of lines of a cell that has changed. In a profile, copying has 56 % of the time, most ' +
      'of it for mapping new memory, and collecting garbage 13 %; with 10,000 lines it is 31 % and 6 %.',
  },
  { label: 'in ten times the time, so ten times the transcripts', many: 0.1, few: 0.1 },
] as const;

export default {
  title: '`scanTranscript({ every: 100 })`, 100,000 lines in one cell ÷ 10,000',
  cases: logs.map(({ many, few, ...rest }) => ({
    ...rest,
    isOtherWork: true,
    of: { contender: 'scanTranscript', parameters: { lines: MANY, interval: many } },
    to: { contender: 'scanTranscript', parameters: { lines: FEW, interval: few } },
  })),
} satisfies Measure;
