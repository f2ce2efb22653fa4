import { styleText } from 'node:util';

/** Colors a text by kind. */
export type Paint = (kind: string, text: string) => string;

const COLORS = ['green', 'yellow', 'gray', 'cyan', 'blue', 'magenta', 'red'] as const;

/** Whether to use colors: the stream is a terminal that supports them, and `NO_COLOR` is not set. */
export function wantsColors(
  stream: { readonly isTTY?: boolean; hasColors?(): boolean },
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  const hasNoColor = environment['NO_COLOR'] !== undefined && environment['NO_COLOR'] !== '';
  return stream.isTTY === true && !hasNoColor && stream.hasColors?.() === true;
}

export const paintByKind: Paint = (kind, text) => styleText(colorOf(kind), text);

export const paintNothing: Paint = (_kind, text) => text;

/**
 * Returns the same color for a kind in every run. The factor gives answer, reasoning, refusal, tool and code
 * different colors.
 */
function colorOf(kind: string): (typeof COLORS)[number] {
  let hash = 0;
  for (let index = 0; index < kind.length; index++) {
    hash = (hash * 11 + kind.charCodeAt(index)) % COLORS.length;
  }
  return COLORS[hash] ?? COLORS[0];
}
