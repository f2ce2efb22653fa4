import { unwrapUpdate } from './a2a/a2aUpdate.js';
import { isObject, readField, readIndex, readList, readText, unwrapMessage } from './connection/fields.js';
import {
  type LangGraphEvent,
  openMessage,
  readLangGraphEvent,
  unwrapLangGraph,
} from './langGraph/langGraphEvent.js';
import { parseCRILine, parseKubectlLine } from './kubernetes/logLine.js';
import { multilineTagOf, podOf, streamOf, tagOf, textOf } from './kubernetes/logRecord.js';
import { parsePipeLine } from './mcp/pipeLine.js';
import type { ProtocolName } from './protocols.js';

/** The result of `detectProtocol`. `reason` is a text for people. */
export type Detection =
  | { readonly protocol: ProtocolName; readonly reason: string }
  /** The events have signs of several protocols. */
  | { readonly protocol: 'ambiguous'; readonly candidates: readonly ProtocolName[]; readonly reason: string }
  /** The events have no sign of a protocol. Later events may have one. */
  | { readonly protocol: 'unknown'; readonly reason: string };

/** Describes a sign that an event belongs to a protocol, or returns `undefined`. `value` is the event with its framing. */
type Sign = (event: unknown, value: unknown) => string | undefined;

// Only events that no other protocol has are signs: `{ "type": "error" }` is not.
const SIGNS: readonly (readonly [ProtocolName, Sign])[] = [
  ['openai-responses', signOfResponses],
  ['realtime', signOfRealtime],
  ['openai-chat', signOfChat],
  ['anthropic', signOfAnthropic],
  ['bedrock', signOfBedrock],
  ['cohere', signOfCohere],
  ['ollama', signOfOllama],
  ['langgraph', signOfLangGraph],
  ['gemini', signOfGemini],
  ['ai-sdk', signOfAISDK],
  [
    'ag-ui',
    /* @__PURE__ */ byType(
      /^(?:RUN|STEP|TEXT_MESSAGE|TOOL_CALL|THINKING|REASONING|STATE|MESSAGES|ACTIVITY)_(?:[A-Z]+_)*(?:STARTED|FINISHED|ERROR|START|CONTENT|END|CHUNK|ARGS|RESULT|SNAPSHOT|DELTA|VALUE)$/,
    ),
  ],
  ['codex', signOfCodex],
  ['claude-code', signOfClaudeCode],
  ['acp', signOfACP],
  ['a2a', signOfA2A],
  ['mcp', signOfMCP],
  ['go-test', signOfGoTest],
  ['docker', signOfDocker],
  ['kubernetes', signOfKubernetes],
  ['deltas', signOfDeltas],
];

/**
 * Detects the protocol of a connection from its first events.
 *
 * Takes any number of event objects, messages of `parseSSE`, or lines of text. One event is often enough, but the first
 * ones may have no sign of their protocol. The result is a protocol only if the events have signs of exactly one;
 * otherwise it is `ambiguous`, with the candidates, or `unknown`. Never throws, whatever the events are.
 *
 * Memory: none. Time: constant for each event.
 *
 * @returns The protocol and the reason, such as `event 1 has the type "message_start"`.
 *
 * @example
 *
 * ```ts
 * import { detectProtocol } from 'deltalines/protocols';
 *
 * const { protocol, reason } = detectProtocol([{ type: 'message_start', message: { id: 'msg_1' } }]);
 * console.log(`${protocol}: ${reason}`);
 *
 * // Logs:
 * // anthropic: event 1 has the type "message_start"
 * ```
 */
export function detectProtocol(events: readonly unknown[]): Detection {
  const reasons = new Map<ProtocolName, string>();
  events.forEach((value, index) => {
    const event = readMessage(value);
    for (const [protocol, sign] of SIGNS) {
      const reason = reasons.has(protocol) ? undefined : sign(event, value);
      if (reason !== undefined) {
        reasons.set(protocol, `event ${index + 1} has ${reason}`);
      }
    }
  });
  const [found, another] = reasons;
  if (found === undefined) {
    return { protocol: 'unknown', reason: `no sign of a protocol; events looked at: ${events.length}` };
  }
  const [protocol, reason] = found;
  if (another === undefined) {
    return { protocol, reason };
  }
  const all = [...reasons].map(([candidate, ofCandidate]) => `${candidate}: ${ofCandidate}`);
  return { protocol: 'ambiguous', candidates: [...reasons.keys()], reason: all.join('; ') };
}

/** A message with invalid JSON has no sign. */
function readMessage(value: unknown): unknown {
  try {
    return unwrapMessage(value);
  } catch {
    return undefined;
  }
}

function byType(pattern: RegExp): Sign {
  return (event) => {
    const type = readText(event, 'type');
    return type !== undefined && pattern.test(type) ? describeType(type) : undefined;
  };
}

function describeType(type: string): string {
  return `the type "${type}"`;
}

/** Events of the Realtime API have the same types, but an `event_id` instead of a sequence number. */
function signOfResponses(event: unknown): string | undefined {
  const type = readText(event, 'type');
  if (type === undefined && readField(event, 'object') === 'response') {
    return 'the object "response"';
  }
  if (type === undefined || !/^response\.[a-z_.]+$/.test(type) || REALTIME_TYPES.test(type)) {
    return undefined;
  }
  const isRealtime =
    readField(event, 'event_id') !== undefined ||
    readField(event, 'response_id') !== undefined ||
    isRealtimeObject(event);
  return isRealtime && !isNumbered(event) ? undefined : describeType(type);
}

function signOfRealtime(event: unknown): string | undefined {
  const type = readText(event, 'type');
  if (type === undefined) {
    return signOfGeminiLive(event);
  }
  if (REALTIME_TYPES.test(type)) {
    return describeType(type);
  }
  if (!/^(?:response|session|transcription_session|rate_limits)\.[a-z_.]+$/.test(type) || isNumbered(event)) {
    return undefined;
  }
  if (isRealtimeObject(event)) {
    return `${describeType(type)} and a realtime object`;
  }
  return readText(event, 'event_id') === undefined ? undefined : `${describeType(type)} and an event_id`;
}

const REALTIME_TYPES =
  /^(?:conversation\.item\.[a-z_.]+|(?:in|out)put_audio_buffer\.[a-z_]+|session\.(?:in|out)put_transcript\.delta|response\.event)$/;

function isRealtimeObject(event: unknown): boolean {
  return ['response', 'item', 'session'].some(
    (name) => readText(readField(event, name), 'object')?.startsWith('realtime.') === true,
  );
}

function isNumbered(event: unknown): boolean {
  return readIndex(event, 'sequence_number') !== undefined;
}

function signOfGeminiLive(message: unknown): string | undefined {
  const name = ['serverContent', 'setupComplete'].find((field) => isObject(readField(message, field)));
  if (name !== undefined) {
    return `a ${name}`;
  }
  const hasCalls = readList(readField(message, 'toolCall'), 'functionCalls').length > 0;
  return hasCalls ? 'a toolCall with functionCalls' : undefined;
}

function signOfChat(event: unknown): string | undefined {
  const object = readText(event, 'object');
  if (object !== undefined && /^(?:chat\.completion(?:\.chunk|\.done)?|text[._]completion)$/.test(object)) {
    return `the object "${object}"`;
  }
  // Compatible servers may omit the `object`.
  const [choice] = readList(event, 'choices');
  return isObject(readField(choice, 'delta')) ? 'choices with a delta' : undefined;
}

function signOfAnthropic(event: unknown): string | undefined {
  const type = readText(event, 'type');
  if (type === undefined) {
    return undefined;
  }
  const isEvent =
    /^(?:message_(?:start|delta|stop)|content_block_(?:start|delta|stop))$/.test(type) ||
    (type === 'completion' && readText(event, 'completion') !== undefined);
  return isEvent ? describeType(type) : undefined;
}

function signOfBedrock(event: unknown): string | undefined {
  const block = ['contentBlockStart', 'contentBlockDelta', 'contentBlockStop'].find(
    (name) => readIndex(readField(event, name), 'contentBlockIndex') !== undefined,
  );
  if (block !== undefined) {
    return `a ${block}`;
  }
  if (readText(readField(event, 'messageStart'), 'role') !== undefined) {
    return 'a messageStart';
  }
  return readText(readField(event, 'messageStop'), 'stopReason') === undefined ? undefined : 'a messageStop';
}

function signOfCohere(event: unknown): string | undefined {
  const type = readText(event, 'type');
  const delta = readField(event, 'delta');
  if (type === 'message-end') {
    return readText(delta, 'finish_reason') === undefined ? undefined : describeType(type);
  }
  const hasMessage = isObject(readField(delta, 'message'));
  return hasMessage &&
    type !== undefined &&
    /^(?:message-start|tool-plan-delta|(?:content|tool-call)-(?:start|delta)|citation-start)$/.test(type)
    ? describeType(type)
    : undefined;
}

function signOfOllama(event: unknown): string | undefined {
  const isChunk =
    readText(event, 'model') !== undefined &&
    readText(event, 'created_at') !== undefined &&
    typeof readField(event, 'done') === 'boolean';
  if (!isChunk) {
    return undefined;
  }
  if (readText(readField(event, 'message'), 'role') !== undefined) {
    return 'a message, created_at and done';
  }
  return readText(event, 'response') === undefined ? undefined : 'a response, created_at and done';
}

function signOfLangGraph(_event: unknown, value: unknown): string | undefined {
  let event: LangGraphEvent | undefined;
  try {
    event = readLangGraphEvent(unwrapLangGraph(value));
  } catch {
    return undefined;
  }
  if (event === undefined) {
    return undefined;
  }
  const { mode, payload, params } = event;
  if (params !== undefined) {
    return `the method "${mode}" and a namespace`;
  }
  const [message, metadata] = readList({ payload }, 'payload');
  const { type } = openMessage(message);
  switch (mode) {
    case 'messages':
      return type !== '' && keysOf(metadata).some((key) => key.startsWith('langgraph_'))
        ? 'a message and metadata of LangGraph'
        : undefined;
    case 'messages/partial':
    case 'messages/complete':
      return signOfMessage(message, type);
    default:
      return undefined;
  }
}

/** Messages of other producers do not have these fields. */
function signOfMessage(message: unknown, type: string): string | undefined {
  const { fields } = openMessage(message);
  return /^(?:ai|human|tool|system|AI|Human|Tool|System)(?:Message(?:Chunk)?)?$/.test(type) &&
    (isObject(readField(fields, 'additional_kwargs')) || isObject(readField(fields, 'response_metadata')))
    ? 'a message of LangChain'
    : undefined;
}

function signOfGemini(event: unknown): string | undefined {
  const eventType = readText(event, 'event_type');
  if (
    eventType !== undefined &&
    /^(?:interaction\.(?:created|start|status_update|completed?)|(?:step|content)\.(?:start|delta|stop))$/.test(
      eventType,
    )
  ) {
    return `the event_type "${eventType}"`;
  }
  if (readText(readField(event, 'promptFeedback'), 'blockReason') !== undefined) {
    return 'a promptFeedback with a blockReason';
  }
  const [candidate] = readList(event, 'candidates');
  if (isObject(readField(candidate, 'content')) || typeof readField(candidate, 'finishReason') === 'string') {
    return 'candidates with content';
  }
  return isObject(readField(event, 'usageMetadata')) && readText(event, 'modelVersion') !== undefined
    ? 'a modelVersion and usageMetadata'
    : undefined;
}

function signOfAISDK(event: unknown): string | undefined {
  const type = readText(event, 'type');
  if (type === undefined) {
    return undefined;
  }
  if (/^(?:start-step|finish-step|tool-(?:input|output)-[a-z-]+)$/.test(type)) {
    return describeType(type);
  }
  const hasId = readText(event, 'id') !== undefined;
  return hasId && /^(?:text|reasoning)-(?:start|delta|end)$/.test(type) ? describeType(type) : undefined;
}

function signOfCodex(event: unknown): string | undefined {
  if (readField(event, 'kind') === 'codex_event') {
    return 'the kind "codex_event"';
  }
  const type = readText(event, 'type');
  if (type !== undefined && /^(?:thread|turn|item)\.(?:started|updated|completed|failed)$/.test(type)) {
    return describeType(type);
  }
  const method = readText(event, 'method');
  const isNotification = isObject(readField(event, 'params'));
  if (isNotification && method !== undefined && /^(?:thread|turn|item)\/[\w/]+$/.test(method)) {
    return `the method "${method}"`;
  }
  const message = readText(readField(event, 'msg'), 'type');
  return message !== undefined && readText(event, 'id') !== undefined
    ? `a message of the type "${message}"`
    : undefined;
}

function signOfClaudeCode(event: unknown): string | undefined {
  const type = readText(event, 'type');
  const subtype = readText(event, 'subtype');
  const hasSession = readText(event, 'session_id') !== undefined;
  switch (type) {
    case 'stream_event':
      return isObject(readField(event, 'event')) ? describeType(type) : undefined;
    case 'assistant':
    case 'user':
      return hasSession && isObject(readField(event, 'message')) ? describeType(type) : undefined;
    case 'system':
    case 'result':
      return hasSession && subtype !== undefined
        ? `${describeType(type)} and the subtype "${subtype}"`
        : undefined;
    default:
      return undefined;
  }
}

function signOfACP(event: unknown): string | undefined {
  const parameters = readField(event, 'params') ?? event;
  const update = readText(readField(parameters, 'update'), 'sessionUpdate');
  if (update !== undefined && readText(parameters, 'sessionId') !== undefined) {
    return `the session update "${update}"`;
  }
  if (readField(event, 'jsonrpc') !== '2.0') {
    return undefined;
  }
  const method = readText(event, 'method');
  const isInitialize = method === 'initialize' && (readIndex(parameters, 'protocolVersion') ?? 0) > 0;
  if (isInitialize || (method !== undefined && /^session\/(?:new|load|prompt|cancel)$/.test(method))) {
    return `the method "${method}"`;
  }
  const result = readField(event, 'result');
  const reason = readText(result, 'stopReason');
  return reason !== undefined && /^(?:end_turn|max_tokens|max_turn_requests|refusal|cancelled)$/.test(reason)
    ? `the stopReason "${reason}"`
    : undefined;
}

function signOfA2A(event: unknown): string | undefined {
  const { type, value } = unwrapUpdate(event);
  const task = readText(value, 'taskId') ?? (type === 'task' ? readText(value, 'id') : undefined);
  const isUpdate =
    type === 'artifact-update'
      ? isObject(readField(value, 'artifact'))
      : (type === 'status-update' || type === 'task') && isObject(readField(value, 'status'));
  if (task !== undefined && isUpdate) {
    return type === 'task' ? 'a task' : `an update of a task: ${type}`;
  }
  const hasParts = readList(value, 'parts').length > 0 && readText(value, 'messageId') !== undefined;
  return type === 'message' && hasParts ? 'a message with parts' : undefined;
}

function signOfMCP(event: unknown): string | undefined {
  if (typeof event === 'string') {
    const { kind, text = '' } = parsePipeLine(event) ?? {};
    return kind !== 'stderr' && /^\{.*"jsonrpc"/.test(text) ? 'a message of JSON-RPC on a pipe' : undefined;
  }
  if (readField(event, 'jsonrpc') !== '2.0') {
    return undefined;
  }
  const method = readText(event, 'method');
  const parameters = readField(event, 'params');
  const hasParameters =
    (method === 'initialize' && isDate(readText(parameters, 'protocolVersion'))) ||
    (method === 'tools/call' && readText(parameters, 'name') !== undefined) ||
    (method === 'notifications/message' && readText(parameters, 'level') !== undefined) ||
    (method === 'notifications/progress' && typeof readField(parameters, 'progress') === 'number');
  if (method !== undefined) {
    const isKnown = /^(?:(?:tools|prompts|resources)\/list|notifications\/initialized)$/.test(method);
    return hasParameters || isKnown ? `the method "${method}"` : undefined;
  }
  const result = readField(event, 'result');
  if (isObject(readField(result, 'serverInfo')) && isDate(readText(result, 'protocolVersion'))) {
    return 'the serverInfo of a server';
  }
  const [tool] = readList(result, 'tools');
  if (isObject(readField(tool, 'inputSchema'))) {
    return 'a list of tools';
  }
  const [block] = readList(result, 'content');
  return readText(block, 'type') === undefined ? undefined : 'a result with content';
}

/** The versions of the Model Context Protocol are dates. */
function isDate(version: string | undefined): boolean {
  return version !== undefined && /^\d{4}-\d\d-\d\d$/.test(version);
}

function signOfGoTest(event: unknown): string | undefined {
  const action = readText(event, 'Action');
  if (action === undefined) {
    return undefined;
  }
  if (readText(event, 'Package') !== undefined || readText(event, 'ImportPath') !== undefined) {
    return `the action "${action}" of a package`;
  }
  const isOfTest =
    readText(event, 'Test') !== undefined && /^(?:run|pause|cont|pass|bench|fail|output|skip)$/.test(action);
  const isOutput = action === 'output' && readText(event, 'Output') !== undefined;
  return isOfTest || isOutput ? `the action "${action}" of a test` : undefined;
}

function signOfDocker(event: unknown): string | undefined {
  if (readField(event, 'kubernetes') !== undefined) {
    return undefined;
  }
  if (readText(event, 'container_id') !== undefined && readText(event, 'log') !== undefined) {
    return 'a log and a container_id';
  }
  if (readText(event, 'CONTAINER_ID') !== undefined && readField(event, 'MESSAGE') !== undefined) {
    return 'a MESSAGE and a CONTAINER_ID';
  }
  // Other records have a log too, but also other fields.
  const isRecord = readText(event, 'log') !== undefined && keysOf(event).every((key) => RECORD_KEYS.has(key));
  return isRecord ? 'a log and nothing but what belongs to it' : undefined;
}

const RECORD_KEYS: ReadonlySet<string> = new Set([
  'log',
  'stream',
  'time',
  'attrs',
  'source',
  'container_name',
  'partial_message',
  'partial_id',
  'partial_ordinal',
  'partial_last',
]);

function signOfKubernetes(event: unknown): string | undefined {
  if (typeof event === 'string') {
    if (parseCRILine(event) !== undefined) {
      return 'the form of a CRI log line';
    }
    return parseKubectlLine(event) === undefined ? undefined : 'the prefix of kubectl logs';
  }
  if (textOf(event) === undefined) {
    return undefined;
  }
  if (podOf(event) !== undefined) {
    return 'a log and the name of a pod';
  }
  const tag = tagOf(event) ?? multilineTagOf(event);
  return tag === undefined || streamOf(event) === undefined ? undefined : `a log and the tag "${tag}"`;
}

function signOfDeltas(event: unknown): string | undefined {
  const type = readText(event, 'type');
  const hasName = readText(event, 'kind') !== undefined && readText(event, 'id') !== undefined;
  return hasName && type !== undefined && /^(?:start|delta|end|error)$/.test(type)
    ? `${describeType(type)} with a kind and an id`
    : undefined;
}

function keysOf(value: unknown): readonly string[] {
  try {
    return isObject(value) ? Object.keys(value) : [];
  } catch {
    return [];
  }
}
