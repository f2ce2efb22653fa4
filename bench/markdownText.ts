import type { TextDeltaEvent } from '../src/events.js';

const DELTA_LENGTH = 5;

/** About a kilobyte of what answers are made of. */
const SECTION = `## What to look at first

The buffer that holds the unfinished line is shared, so **two answers** run into each other as soon as their
pieces interleave. Keep one for each \`kind\` and \`id\`, and commit a line when it is whole.

- one buffer for each stream
- a line is committed once
  - also when it ends in CR LF
- the rest is flushed at the end

\`\`\`ts
const lines = events.pipe(commitLines());
lines.subscribe((commit) => {
  if (commit.type === 'line') {
    console.log(commit.text);
  }
});
\`\`\`

| operator | takes | gives |
| -------- | ----- | ----- |
| commitLines | events | lines |
| commitBlocks | lines | blocks |
| scanBlocks | blocks | cells |

> A block never changes, whatever follows.

1. Read the [guide](https://example.com/guide).
2. Run the example, and change the order of the events.
3. See that each line is where it belongs.

---

`;

/** Markdown of so many kilobytes, at a line end. */
export function markdownText(kilobytes: number): string {
  const length = kilobytes * 1000;
  const text = SECTION.repeat(Math.ceil(length / SECTION.length));
  return text.slice(0, text.lastIndexOf('\n', length) + 1);
}

/** The same as deltas of five characters. */
export function markdownDeltas(kilobytes: number): TextDeltaEvent[] {
  const text = markdownText(kilobytes);
  return Array.from({ length: Math.ceil(text.length / DELTA_LENGTH) }, (_, number) => ({
    type: 'delta',
    kind: 'answer',
    id: 'msg_1',
    delta: text.slice(number * DELTA_LENGTH, (number + 1) * DELTA_LENGTH),
  }));
}

/** After what a text is parsed again. */
export type Cut = 'line' | 'delta';

/** What has come of the text at each of its lines, or after each of its deltas. */
export function markdownBeginnings(kilobytes: number, at: Cut): readonly string[] {
  const text = markdownText(kilobytes);
  const ends = at === 'line' ? [...text.matchAll(/\n/g)].map(({ index }) => index + 1) : undefined;
  const count = ends?.length ?? Math.ceil(text.length / DELTA_LENGTH);
  return Array.from({ length: count }, (_, number) =>
    text.slice(0, ends?.[number] ?? (number + 1) * DELTA_LENGTH),
  );
}
