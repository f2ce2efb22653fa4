import type { Measure } from '../measure.js';

const files = [
  { label: '1 GB', megabytes: 1_000, version: 'full' },
  { label: '50 MB', megabytes: 50, version: 'short' },
] as const;

export default {
  title: 'The command on a file of JSON lines',
  cases: files.flatMap(({ label, megabytes, version }) => [
    {
      label: `${label}, time ÷ \`JSON.parse\` per line`,
      version,
      goal: { atMost: 2 },
      isProgram: true,
      isOtherWork: true,
      of: { contender: 'command', parameters: { megabytes } },
      to: { contender: 'parseLines', parameters: { megabytes } },
    } as const,
    {
      label: `${label}, peak memory`,
      version,
      unit: 'MB',
      isProgram: true,
      goal: { atMost: 150 },
      of: { contender: 'command', parameters: { megabytes } },
    } as const,
  ]),
} satisfies Measure;
