import type { DeltaEvent } from '../src/events.js';

const LINE = 'const lines = text.split("\\n"); // one of each\n';

/** The arguments of a call that writes a file of so many characters. */
export function jsonArguments(characters: number): string {
  const content = LINE.repeat(Math.ceil(characters / LINE.length)).slice(0, characters);
  return JSON.stringify({ path: 'src/lines.ts', content });
}

/** The same as deltas of one character. */
export function jsonDeltas(characters: number): DeltaEvent[] {
  const events: DeltaEvent[] = jsonArguments(characters)
    .split('')
    .map((delta) => ({ type: 'delta', kind: 'tool', id: 'call_1', delta }));
  return [...events, { type: 'end', kind: 'tool', id: 'call_1' }];
}

/** The length of the file in a value that may not be whole. */
export function contentLength(value: unknown): number {
  const content = (value as { readonly content?: unknown } | null | undefined)?.content;
  return typeof content === 'string' ? content.length : 0;
}
