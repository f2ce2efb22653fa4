import type { UIMessageChunk } from 'ai';

import { deltaEvents, type Traffic } from './events.js';

/** The same texts, in the words of the AI SDK. */
export function aiSDKChunks(traffic: Traffic): UIMessageChunk[] {
  const deltas = deltaEvents(traffic);
  const ids = [...new Set(deltas.map(({ id }) => id))];
  return [
    { type: 'start', messageId: 'message' },
    { type: 'start-step' },
    ...ids.map((id) => ({ type: 'text-start', id }) as const),
    ...deltas.map(({ id, delta }) => ({ type: 'text-delta', id, delta }) as const),
    ...ids.map((id) => ({ type: 'text-end', id }) as const),
    { type: 'finish-step' },
    { type: 'finish' },
  ];
}

/** An event of AG-UI, as far as it is used here. */
export type AGUIEvent = { readonly type: string } & Readonly<Record<string, string>>;

/** The same texts, in the words of AG-UI. */
export function agUIEvents(traffic: Traffic): AGUIEvent[] {
  const run = { threadId: 'thread', runId: 'run' };
  const deltas = deltaEvents(traffic);
  const ids = [...new Set(deltas.map(({ id }) => id))];
  return [
    { type: 'RUN_STARTED', ...run },
    ...ids.map((messageId) => ({ type: 'TEXT_MESSAGE_START', messageId, role: 'assistant' })),
    ...deltas.map(({ id, delta }) => ({ type: 'TEXT_MESSAGE_CONTENT', messageId: id, delta })),
    ...ids.map((messageId) => ({ type: 'TEXT_MESSAGE_END', messageId })),
    { type: 'RUN_FINISHED', ...run },
  ];
}
