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
      'a list that grows outgrows the part of the heap that new objects are made in; in a profile, growing it has 20 % and ' +
      'collecting garbage 14 % of the time.',
  },
  {
    label: 'in the same ten seconds, so as many transcripts',
    many: 0.1,
    few: 1,
    goal: { atMost: 12 },
    limit:
      'each transcript copies the list of lines of a cell that has changed. In a profile, copying has 45 % and collecting ' +
      'garbage 19 % of the time; with 10,000 lines it is 15 % and 17 %.',
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
