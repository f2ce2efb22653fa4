import { map, type OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../index.js';
import { fromCodex, fromOpenAIResponses } from '../protocols/index.js';
import { resequenceResponses } from './resequenceResponses.js';

/** How the events of one producer are recognised and read. */
export interface Protocol {
  readonly name: string;
  recognises(event: Readonly<Record<string, unknown>>): boolean;
  /** `connection` is put before each id. */
  read(options: { readonly connection?: string }): OperatorFunction<unknown, DeltaEvent>;
}

/** The first that recognises an event is taken. */
export const protocols: readonly Protocol[] = [
  {
    name: 'openai-responses',
    recognises: ({ type }) => typeof type === 'string' && type.startsWith('response.'),
    read: (options) => (source) => source.pipe(resequenceResponses(), fromOpenAIResponses(options)),
  },
  {
    name: 'codex',
    recognises: ({ kind, msg }) =>
      kind === 'codex_event' || (isObject(msg) && typeof msg['type'] === 'string'),
    read: fromCodex,
  },
  {
    name: 'deltas',
    recognises: ({ type, kind, id }) =>
      isDeltaEventType(type) && typeof kind === 'string' && typeof id === 'string',
    read: fromDeltas,
  },
];

export function detectProtocol(event: unknown): Protocol | undefined {
  return isObject(event) ? protocols.find((protocol) => protocol.recognises(event)) : undefined;
}

/** What is not a delta event goes through as well, because `commitLines` makes a drop of it. */
function fromDeltas({ connection }: { readonly connection?: string }): OperatorFunction<unknown, DeltaEvent> {
  return map((event) => {
    const isNamed = connection !== undefined && isObject(event) && typeof event['id'] === 'string';
    return (isNamed ? { ...event, id: `${connection}/${String(event['id'])}` } : event) as DeltaEvent;
  });
}

function isDeltaEventType(type: unknown): boolean {
  return type === 'start' || type === 'delta' || type === 'end' || type === 'error';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
