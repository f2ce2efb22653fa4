import type { EndEvent, ErrorEvent, StartEvent, TextDeltaEvent } from '../../src/index.js';

/** Events of the kind `answer`, which most specs use. */
export const start = (id: string): StartEvent<'answer'> => ({ type: 'start', kind: 'answer', id });

export const delta = (id: string, text: string): TextDeltaEvent<'answer'> => ({
  type: 'delta',
  kind: 'answer',
  id,
  delta: text,
});

export const end = (id: string, text?: string): EndEvent<'answer'> =>
  text === undefined ? { type: 'end', kind: 'answer', id } : { type: 'end', kind: 'answer', id, text };

export const failure = (id: string, error: unknown): ErrorEvent<'answer'> => ({
  type: 'error',
  kind: 'answer',
  id,
  error,
});
