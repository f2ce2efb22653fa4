import { map, type OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../index.js';
import {
  fromAGUI,
  fromAISDK,
  fromAnthropic,
  fromBedrock,
  fromClaudeCode,
  fromCodex,
  fromCohere,
  fromDocker,
  fromGemini,
  fromGoTest,
  fromOpenAIChat,
  fromOpenAIResponses,
  type ProtocolName,
} from '../protocols/index.js';
import { resequenceResponses } from './resequenceResponses.js';

export interface ReadOptions {
  /** Is put before each id. */
  readonly connection?: string;
  /** How many milliseconds to wait for an event that comes out of order. */
  readonly gapTimeout?: number;
}

/** Reads the events of one connection. */
export type ReadProtocol = (options: ReadOptions) => OperatorFunction<unknown, DeltaEvent>;

/** How the events of each producer are read. */
export const protocols: Readonly<Record<ProtocolName, ReadProtocol>> = {
  'openai-responses': (options) => (source) =>
    source.pipe(resequenceResponses(options.gapTimeout), fromOpenAIResponses(options)),
  'openai-chat': fromOpenAIChat,
  anthropic: fromAnthropic,
  bedrock: fromBedrock,
  cohere: fromCohere,
  gemini: fromGemini,
  'ai-sdk': fromAISDK,
  'ag-ui': fromAGUI,
  codex: fromCodex,
  'claude-code': fromClaudeCode,
  'go-test': fromGoTest,
  docker: fromDocker,
  deltas: fromDeltas,
};

export const protocolNames = Object.keys(protocols) as readonly ProtocolName[];

/** What is not a delta event goes through as well, because `commitLines` makes a drop of it. */
function fromDeltas({ connection }: ReadOptions): OperatorFunction<unknown, DeltaEvent> {
  return map((event) => {
    const isNamed = connection !== undefined && isObject(event) && typeof event['id'] === 'string';
    return (isNamed ? { ...event, id: `${connection}/${String(event['id'])}` } : event) as DeltaEvent;
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
