import type { DeltaEvent } from 'deltalines';
import {
  type ConnectionOptions,
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
} from 'deltalines/protocols';
import type { OperatorFunction } from 'rxjs';

type ReadProtocol = (options?: ConnectionOptions) => OperatorFunction<unknown, DeltaEvent>;

/** The operators that read a producer's events, under the names that they have in the package. */
const operators = {
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
} satisfies Record<string, ReadProtocol>;

const operatorNames: Readonly<Record<Exclude<ProtocolName, 'deltas'>, keyof typeof operators>> = {
  'openai-responses': 'fromOpenAIResponses',
  'openai-chat': 'fromOpenAIChat',
  anthropic: 'fromAnthropic',
  bedrock: 'fromBedrock',
  cohere: 'fromCohere',
  gemini: 'fromGemini',
  'ai-sdk': 'fromAISDK',
  'ag-ui': 'fromAGUI',
  codex: 'fromCodex',
  'claude-code': 'fromClaudeCode',
  'go-test': 'fromGoTest',
  docker: 'fromDocker',
};

export const protocolNames: readonly ProtocolName[] = [
  ...(Object.keys(operatorNames) as (keyof typeof operatorNames)[]),
  'deltas',
];

/** The name of the operator that reads a protocol; plain delta events need none. */
export function operatorName(protocol: ProtocolName): keyof typeof operators | undefined {
  return protocol === 'deltas' ? undefined : operatorNames[protocol];
}

/** The operator that reads a protocol; plain delta events need none. */
export function operatorOf(protocol: ProtocolName): ReadProtocol | undefined {
  return protocol === 'deltas' ? undefined : operators[operatorNames[protocol]];
}
