import { readField, readList, readText } from '../connection/fields.js';

/** The kinds of streams that `fromOpenAIResponses` emits. */
export type OpenAIResponsesKind =
  'answer' | 'refusal' | 'reasoning' | 'tool' | 'code' | 'transcript' | 'output';

/** A type of text in a response, and the fields that contain it. */
export interface TextRule {
  readonly kind: OpenAIResponsesKind;
  /** The field of a `done` event with the full text. */
  readonly final: string;
  /** Whether the events have an `output_index`. */
  readonly hasOutputIndex: boolean;
  /** The field with the index of the text in its item, if an item can have several. */
  readonly index?: string;
  /** Precedes the index in ids, if an item has two numbered types of text of the same kind. */
  readonly indexPrefix?: string;
  /** The type of the items with such texts. */
  readonly item: string;
  /** The texts of such an item, by their index. Values that are not strings are ignored. */
  readonly textsOf: (item: unknown) => readonly unknown[];
}

/** By the common prefix of the types of their events: `response.output_text.delta`, `response.output_text.done`. */
export const TEXT_RULES: Readonly<Record<string, TextRule>> = {
  'response.output_text': {
    kind: 'answer',
    final: 'text',
    hasOutputIndex: true,
    index: 'content_index',
    item: 'message',
    textsOf: (item) => textsOfParts(item, 'content', 'output_text', 'text'),
  },
  'response.refusal': {
    kind: 'refusal',
    final: 'refusal',
    hasOutputIndex: true,
    index: 'content_index',
    item: 'message',
    textsOf: (item) => textsOfParts(item, 'content', 'refusal', 'refusal'),
  },
  'response.output_audio_transcript': {
    kind: 'transcript',
    final: 'transcript',
    hasOutputIndex: true,
    index: 'content_index',
    item: 'message',
    textsOf: (item) => textsOfParts(item, 'content', 'output_audio', 'transcript'),
  },
  'response.audio.transcript': {
    kind: 'transcript',
    final: 'transcript',
    hasOutputIndex: false,
    item: 'message',
    textsOf: () => [],
  },
  'response.reasoning_summary_text': {
    kind: 'reasoning',
    final: 'text',
    hasOutputIndex: true,
    index: 'summary_index',
    indexPrefix: 'summary/',
    item: 'reasoning',
    textsOf: (item) => textsOfParts(item, 'summary', 'summary_text', 'text'),
  },
  'response.reasoning_text': {
    kind: 'reasoning',
    final: 'text',
    hasOutputIndex: true,
    index: 'content_index',
    item: 'reasoning',
    textsOf: (item) => textsOfParts(item, 'content', 'reasoning_text', 'text'),
  },
  'response.function_call_arguments': {
    kind: 'tool',
    final: 'arguments',
    hasOutputIndex: true,
    item: 'function_call',
    textsOf: (item) => [readField(item, 'arguments')],
  },
  'response.custom_tool_call_input': {
    kind: 'tool',
    final: 'input',
    hasOutputIndex: true,
    item: 'custom_tool_call',
    textsOf: (item) => [readField(item, 'input')],
  },
  'response.mcp_call_arguments': {
    kind: 'tool',
    final: 'arguments',
    hasOutputIndex: true,
    item: 'mcp_call',
    textsOf: (item) => [readField(item, 'arguments')],
  },
  'response.code_interpreter_call_code': {
    kind: 'code',
    final: 'code',
    hasOutputIndex: true,
    item: 'code_interpreter_call',
    textsOf: (item) => [readField(item, 'code')],
  },
  'response.shell_call_command': {
    kind: 'code',
    final: 'command',
    hasOutputIndex: true,
    index: 'command_index',
    item: 'shell_call',
    textsOf: (item) => readList(readField(item, 'action'), 'commands'),
  },
  'response.apply_patch_call_operation_diff': {
    kind: 'code',
    final: 'diff',
    hasOutputIndex: true,
    item: 'apply_patch_call',
    textsOf: (item) => [readField(readField(item, 'operation'), 'diff')],
  },
};

/** The output of tools that the provider ran. It is not streamed, and only the item contains it. */
export const OUTPUT_RULES: readonly TextRule[] = [
  {
    kind: 'output',
    final: '',
    hasOutputIndex: true,
    item: 'code_interpreter_call',
    textsOf: (item) => [textsOfParts(item, 'outputs', 'logs', 'logs').filter(isText).join('')],
  },
  {
    kind: 'output',
    final: '',
    hasOutputIndex: true,
    item: 'shell_call_output',
    textsOf: (item) => [
      readList(item, 'output')
        .map((part) => `${readText(part, 'stdout') ?? ''}${readText(part, 'stderr') ?? ''}`)
        .join(''),
    ],
  },
  {
    kind: 'output',
    final: '',
    hasOutputIndex: true,
    item: 'local_shell_call_output',
    textsOf: (item) => [readField(item, 'output')],
  },
  {
    kind: 'output',
    final: '',
    hasOutputIndex: true,
    item: 'mcp_call',
    textsOf: (item) => [readField(item, 'output')],
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
