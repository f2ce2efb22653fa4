import { concat, NEVER } from 'rxjs';

import { commitLines, type DeltaEvent, scanTranscript, type Transcript } from '../../src/index.js';

/** A piece of the text of an answer. */
export interface Piece {
  readonly id: string;
  readonly delta: string;
}

/** Two answers on one connection, in the order in which their pieces arrive. */
export const PIECES: readonly Piece[] = [
  { id: '1', delta: 'Paris' },
  { id: '2', delta: 'A whale' },
  { id: '1', delta: ' is the' },
  { id: '2', delta: ' is a' },
  { id: '1', delta: ' capital' },
  { id: '2', delta: ' mammal.\n' },
  { id: '1', delta: ' of France.\n' },
];

/** The lines that a program with one buffer shows. Each is the pieces in it, so that they can have colors. */
export function linesOfOneBuffer(pieces: readonly Piece[]): readonly (readonly Piece[])[] {
  const lines: Piece[][] = [[]];
  for (const { id, delta } of pieces) {
    delta.split('\n').forEach((part, index) => {
      if (index > 0) {
        lines.push([]);
      }
      if (part !== '') {
        lines.at(-1)?.push({ id, delta: part });
      }
    });
  }
  return lines.filter((line) => line.length > 0);
}

/** What a program with `commitLines` shows. */
export function transcriptOf(pieces: readonly Piece[]): Transcript {
  let transcript: Transcript = [];
  const events = pieces.map(({ id, delta }): DeltaEvent => ({
    type: 'delta',
    kind: 'answer',
    id,
    delta,
    order: [Number(id)],
  }));
  // The answers stay open, as before the next piece.
  concat(events, NEVER)
    .pipe(commitLines({ tail: true }), scanTranscript())
    .subscribe({
      next: (next) => {
        transcript = next;
      },
      error: (error: unknown) => console.error(error),
    })
    .unsubscribe();
  return transcript;
}
