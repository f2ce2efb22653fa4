import { isObject, readField, readList, readText, stringifyJSON } from '../connection/fields.js';

/** The kinds of streams that `fromOpenAIResponses` emits. */
export type OpenAIResponsesKind =
  'answer' | 'refusal' | 'reasoning' | 'tool' | 'code' | 'transcript' | 'output';

/** A type of text in a response, and the fields that contain it. */
export interface TextRule {
  readonly kind: OpenAIResponsesKind;
  /** The field of a `done` event with the full text. If it has none, the item ends the text. */
  readonly final?: string;
  /** The field with the index of the text in its item, if an item can have several. */
  readonly index?: string;
  /** Precedes the index in ids, if an item has two numbered types of text of the same kind. */
  readonly indexPrefix?: string;
  /** The type of the items with such texts. */
  readonly item: string;
  /** The text of a delta that is not a string. */
  readonly textOf?: (delta: unknown) => string;
  /** The texts of such an item, by their index. Values that are not strings are ignored. */
  readonly textsOf: (item: unknown) => readonly unknown[];
}

/** By the common prefix of the types of their events: `response.output_text.delta`, `response.output_text.done`. */
export const TEXT_RULES: Readonly<Record<string, TextRule>> = {
  'response.output_text': {
    kind: 'answer',
    final: 'text',
    index: 'content_index',
    item: 'message',
    textsOf: (item) => textsOfParts(item, 'content', 'output_text', 'text'),
  },
  'response.refusal': {
    kind: 'refusal',
    final: 'refusal',
    index: 'content_index',
    item: 'message',
    textsOf: (item) => textsOfParts(item, 'content', 'refusal', 'refusal'),
  },
  'response.output_audio_transcript': {
    kind: 'transcript',
    final: 'transcript',
    index: 'content_index',
    item: 'message',
    textsOf: (item) => textsOfParts(item, 'content', 'output_audio', 'transcript'),
  },
  'response.audio.transcript': {
    kind: 'transcript',
    final: 'transcript',
    item: 'message',
    textsOf: () => [],
  },
  'response.reasoning_summary_text': {
    kind: 'reasoning',
    final: 'text',
    index: 'summary_index',
    indexPrefix: 'summary/',
    item: 'reasoning',
    textsOf: (item) => textsOfParts(item, 'summary', 'summary_text', 'text'),
  },
  'response.reasoning_text': {
    kind: 'reasoning',
    final: 'text',
    index: 'content_index',
    item: 'reasoning',
    textsOf: (item) => textsOfParts(item, 'content', 'reasoning_text', 'text'),
  },
  'response.function_call_arguments': {
    kind: 'tool',
    final: 'arguments',
    item: 'function_call',
    textsOf: (item) => [readField(item, 'arguments')],
  },
  'response.custom_tool_call_input': {
    kind: 'tool',
    final: 'input',
    item: 'custom_tool_call',
    textsOf: (item) => [readField(item, 'input')],
  },
  'response.mcp_call_arguments': {
    kind: 'tool',
    final: 'arguments',
    item: 'mcp_call',
    textsOf: (item) => [readField(item, 'arguments')],
  },
  'response.code_interpreter_call_code': {
    kind: 'code',
    final: 'code',
    item: 'code_interpreter_call',
    textsOf: (item) => [readField(item, 'code')],
  },
  'response.shell_call_command': {
    kind: 'code',
    final: 'command',
    index: 'command_index',
    item: 'shell_call',
    textsOf: (item) => readList(readField(item, 'action'), 'commands'),
  },
  'response.apply_patch_call_operation_diff': {
    kind: 'code',
    final: 'diff',
    item: 'apply_patch_call',
    textsOf: (item) => [readField(readField(item, 'operation'), 'diff')],
  },
  'response.shell_call_output_content': {
    kind: 'output',
    index: 'command_index',
    item: 'shell_call_output',
    textOf: textOfShell,
    textsOf: (item) => readList(item, 'output').map(textOfShell),
  },
};

/** The texts that are not streamed, so that only the item contains them. */
export const ITEM_RULES: readonly TextRule[] = [
  { kind: 'tool', item: 'tool_search_call', textsOf: (item) => [argumentsOf(item)] },
  { kind: 'tool', item: 'mcp_approval_request', textsOf: (item) => [argumentsOf(item)] },
  { kind: 'code', item: 'program', textsOf: (item) => [readField(item, 'code')] },
  {
    kind: 'code',
    item: 'local_shell_call',
    textsOf: (item) => [readList(readField(item, 'action'), 'command').filter(isText).map(quote).join(' ')],
  },
  {
    kind: 'output',
    item: 'code_interpreter_call',
    textsOf: (item) => [textsOfParts(item, 'outputs', 'logs', 'logs').filter(isText).join('')],
  },
  { kind: 'output', item: 'program_output', textsOf: (item) => [readField(item, 'result')] },
  { kind: 'output', item: 'local_shell_call_output', textsOf: outputsOf },
  { kind: 'output', item: 'apply_patch_call_output', textsOf: outputsOf },
  { kind: 'output', item: 'function_call_output', textsOf: outputsOf },
  { kind: 'output', item: 'custom_tool_call_output', textsOf: outputsOf },
  {
    kind: 'output',
    item: 'mcp_call',
    textsOf: (item) => [readField(item, 'output') ?? readField(item, 'error')],
  },
];

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function textsOfParts(item: unknown, list: string, type: string, text: string): readonly unknown[] {
  return readList(item, list).map((part) =>
    readField(part, 'type') === type ? readField(part, text) : undefined,
  );
}

/** The output of a tool is a text or a list of parts, such as texts and images. */
function outputsOf(item: unknown): readonly unknown[] {
  const parts = readList(item, 'output').map((part) => readText(part, 'text') ?? '');
  return [readText(item, 'output') ?? parts.join('')];
}

function textOfShell(output: unknown): string {
  return `${readText(output, 'stdout') ?? ''}${readText(output, 'stderr') ?? ''}`;
}

/** Some arguments are an object instead of JSON. */
function argumentsOf(item: unknown): unknown {
  const value = readField(item, 'arguments');
  return isObject(value) ? stringifyJSON(value) : value;
}

/** Quotes an argument of a command like a shell, if it must be. */
function quote(argument: string): string {
  return /^[\w@%+=:,./~-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
