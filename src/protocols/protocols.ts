import { fromA2A } from './a2a/fromA2A.js';
import { fromACP } from './acp/fromACP.js';
import { fromAGUI } from './agUI/fromAGUI.js';
import { fromAISDK } from './aiSDK/fromAISDK.js';
import { fromAnthropic } from './anthropic/fromAnthropic.js';
import { fromBedrock } from './bedrock/fromBedrock.js';
import { fromClaudeCode } from './claudeCode/fromClaudeCode.js';
import { fromCodex } from './codex/fromCodex.js';
import { fromCohere } from './cohere/fromCohere.js';
import { fromDeltas } from './deltas/fromDeltas.js';
import { fromDocker } from './docker/fromDocker.js';
import { fromGemini } from './gemini/fromGemini.js';
import { fromGoTest } from './goTest/fromGoTest.js';
import { fromLangGraph } from './langGraph/fromLangGraph.js';
import { fromOllama } from './ollama/fromOllama.js';
import { fromKubernetes } from './kubernetes/fromKubernetes.js';
import { fromMCP } from './mcp/fromMCP.js';
import { fromOpenAIChat } from './openAIChat/fromOpenAIChat.js';
import { fromOpenAIResponses } from './openAIResponses/fromOpenAIResponses.js';
import { fromRealtime } from './realtime/fromRealtime.js';

/**
 * The operator of each protocol, by its name in `detectProtocol` and in the command.
 *
 * `deltas` is for delta events: its operator only prefixes their ids with the connection. If you know the protocol,
 * import its operator instead: a bundle that uses this table contains all operators.
 *
 * @example
 *
 * ```ts
 * import { commitLines } from 'deltalines';
 * import { detectProtocol, protocols } from 'deltalines/protocols';
 * import { from } from 'rxjs';
 *
 * const events = [
 *   { type: 'message_start', message: { id: 'msg_1' } },
 *   { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hello' } },
 * ];
 * const { protocol } = detectProtocol(events);
 * if (protocol !== 'unknown' && protocol !== 'ambiguous') {
 *   from(events)
 *     .pipe(protocols[protocol](), commitLines())
 *     .subscribe((commit) => console.log(protocol, commit.type));
 * }
 *
 * // Logs:
 * // anthropic open
 * // anthropic line
 * // anthropic close
 * ```
 */
export const protocols = {
  'openai-responses': fromOpenAIResponses,
  realtime: fromRealtime,
  'openai-chat': fromOpenAIChat,
  anthropic: fromAnthropic,
  bedrock: fromBedrock,
  cohere: fromCohere,
  ollama: fromOllama,
  langgraph: fromLangGraph,
  gemini: fromGemini,
  'ai-sdk': fromAISDK,
  'ag-ui': fromAGUI,
  codex: fromCodex,
  'claude-code': fromClaudeCode,
  acp: fromACP,
  a2a: fromA2A,
  mcp: fromMCP,
  'go-test': fromGoTest,
  docker: fromDocker,
  kubernetes: fromKubernetes,
  deltas: fromDeltas,
} as const;

/** The names of the protocols. */
export type ProtocolName = keyof typeof protocols;
