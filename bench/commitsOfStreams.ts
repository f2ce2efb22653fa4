import type { Commit, StreamRef } from '../src/index.js';

export interface CommitsOfStreams {
  readonly streams: number;
  readonly values: number;
}

/** Lines of streams that take turns, behind the opens of all of them. */
export function commitsOfStreams({ streams, values }: CommitsOfStreams): readonly Commit[] {
  const refs = Array.from({ length: streams }, (_, id): StreamRef => ({
    kind: 'answer',
    id: String(id),
    generation: 0,
  }));
  const opens = refs.map((stream): Commit => ({ type: 'open', stream }));
  const lines = Array.from({ length: values }, (_, number) => {
    const stream = refs[number % streams];
    const index = Math.floor(number / streams);
    return stream === undefined
      ? []
      : [
          {
            type: 'line',
            stream,
            index,
            text: `the line with the number ${String(number)}`,
            eol: '\n',
          } as const,
        ];
  });
  return [...opens, ...lines.flat()];
}
