import { readField, readIndex, readList, readName, readText } from './fields.js';

/** The kinds of streams that `fromOpenAIChat` tells apart. */
export type OpenAIChatKind = 'answer' | 'refusal' | 'reasoning' | 'tool' | 'transcript';

/** The arguments of a call of a tool, or a piece of them. */
export interface ToolCall {
  readonly index: number;
  /** Only at the beginning of a call; so is the name. */
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly input: string | undefined;
}

/** The texts of a message, or of a delta of it, which has the same shape. Reasoning is first, as models write it. */
export function textsOf(message: unknown): ReadonlyMap<OpenAIChatKind, string> {
  const parts = readList(message, 'content');
  const texts: [OpenAIChatKind, string | undefined][] = [
    // Some servers give both names, each with the same text.
    ['reasoning', readName(message, 'reasoning_content') ?? readName(message, 'reasoning')],
    ['reasoning', parts.map(thinkingOf).join('')],
    ['answer', readText(message, 'content') ?? parts.map(textOf).join('')],
    ['refusal', readText(message, 'refusal')],
    ['transcript', readText(readField(message, 'audio'), 'transcript')],
  ];
  const result = new Map<OpenAIChatKind, string>();
  for (const [kind, text] of texts) {
    if (text !== undefined && text !== '') {
      result.set(kind, (result.get(kind) ?? '') + text);
    }
  }
  return result;
}

export function toolCallsOf(message: unknown): readonly ToolCall[] {
  return readList(message, 'tool_calls').flatMap((call, position) => {
    const called = readField(call, 'function') ?? readField(call, 'custom');
    const index = readField(call, 'index') === undefined ? position : readIndex(call, 'index');
    return index === undefined
      ? []
      : [
          {
            index,
            id: readName(call, 'id'),
            name: readName(called, 'name'),
            input: readText(called, 'arguments') ?? readText(called, 'input'),
          },
        ];
  });
}

/** The arguments of the one call that there could be before there were tools. */
export function functionCallOf(message: unknown): string | undefined {
  return readText(readField(message, 'function_call'), 'arguments');
}

function textOf(part: unknown): string {
  return readField(part, 'type') === 'text' ? (readText(part, 'text') ?? '') : '';
}

function thinkingOf(part: unknown): string {
  if (readField(part, 'type') !== 'thinking') {
    return '';
  }
  return readText(part, 'thinking') ?? readList(part, 'thinking').map(textOf).join('');
}
