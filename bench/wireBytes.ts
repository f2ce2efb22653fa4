import { pick, randomNumbers } from './randomNumbers.js';

export type WireProtocol = 'responses' | 'chat' | 'anthropic';

/** One answer, as the bytes that a provider would send. */
export interface WireAnswer {
  readonly protocol: WireProtocol;
  /** How many deltas of text the answer has. */
  readonly deltas: number;
  /** How many bytes arrive at once. */
  readonly chunkLength: number;
}

/**
 * Makes an answer up. The events have the fields, the order and about the lengths of those that the providers send,
 * with a quarter of the deltas in the reasoning where the protocol has it.
 */
export function wireBytes({ protocol, deltas, chunkLength }: WireAnswer): readonly Uint8Array[] {
  const text = WIRE_TEXTS[protocol](deltas);
  const bytes = new TextEncoder().encode(text);
  return Array.from({ length: Math.ceil(bytes.length / chunkLength) }, (_, number) =>
    // A copy, since each chunk of a network has a buffer of its own.
    bytes.slice(number * chunkLength, (number + 1) * chunkLength),
  );
}

const WIRE_TEXTS: Readonly<Record<WireProtocol, (deltas: number) => string>> = {
  responses: responsesText,
  chat: chatText,
  anthropic: anthropicText,
};

const TOKENS = [
  ' the',
  ' quick',
  ' brown',
  ' fox',
  ' jumps',
  ' over',
  ' a',
  ' lazy',
  ' dog',
  ',',
  ' and',
  's',
] as const;
/** One in so many tokens is a typographic character: an English answer has them, but most network chunks have none. */
const TOKENS_PER_DASH = 50;
const LINE_LENGTH = 60;

/** Tokens of a text with lines of about 60 characters. */
function tokens(count: number, random: () => number): readonly string[] {
  let column = 0;
  return Array.from({ length: count }, () => {
    const word = random() * TOKENS_PER_DASH < 1 ? ' —' : pick(TOKENS, random);
    const token = column > LINE_LENGTH ? '.\n' : word;
    column = token.endsWith('\n') ? 0 : column + token.length;
    return token;
  });
}

const HEX = 'abcdef0123456789';

function hex(length: number, random: () => number): string {
  return Array.from({ length }, () => HEX.charAt(Math.floor(random() * HEX.length))).join('');
}

/** Hides how long the token is, as OpenAI does. */
function obfuscation(token: string, random: () => number): string {
  return hex(16 - (token.length % 16), random);
}

function message(data: object, event?: string): string {
  return `${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`;
}

const USAGE = {
  input_tokens: 212,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 1_204,
  output_tokens_details: { reasoning_tokens: 320 },
  total_tokens: 1_416,
};

function responsesText(deltas: number): string {
  const random = randomNumbers();
  const [reasoningId, messageId] = [`rs_${hex(50, random)}`, `msg_${hex(50, random)}`];
  const response = {
    id: `resp_${hex(50, random)}`,
    object: 'response',
    created_at: 1_764_000_000,
    status: 'in_progress',
    background: false,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: null,
    max_tool_calls: null,
    model: 'gpt-5-2025-08-07',
    output: [] as object[],
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: 'medium', summary: 'detailed' },
    service_tier: 'auto',
    store: true,
    temperature: 1,
    text: { format: { type: 'text' }, verbosity: 'medium' },
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    truncation: 'disabled',
    usage: null as object | null,
    user: null,
    metadata: {},
  };
  const messages: string[] = [];
  const emit = (type: string, fields: object) => {
    messages.push(message({ type, sequence_number: messages.length, ...fields }, type));
  };
  const stream = (name: string, item: object, texts: readonly string[]) => {
    for (const delta of texts) {
      emit(`${name}.delta`, { ...item, delta, ...hidden(name, delta) });
    }
  };
  const hidden = (name: string, delta: string) => ({
    ...(name === 'response.output_text' && { logprobs: [] }),
    obfuscation: obfuscation(delta, random),
  });
  emit('response.created', { response });
  emit('response.in_progress', { response });

  const thoughts = tokens(Math.floor(deltas / 4), random);
  const summary = { item_id: reasoningId, output_index: 0, summary_index: 0 };
  const summaryPart = { type: 'summary_text', text: thoughts.join('') };
  const reasoning = { id: reasoningId, type: 'reasoning', summary: [summaryPart] };
  emit('response.output_item.added', { output_index: 0, item: { ...reasoning, summary: [] } });
  emit('response.reasoning_summary_part.added', { ...summary, part: { ...summaryPart, text: '' } });
  stream('response.reasoning_summary_text', summary, thoughts);
  emit('response.reasoning_summary_text.done', { ...summary, text: summaryPart.text });
  emit('response.reasoning_summary_part.done', { ...summary, part: summaryPart });
  emit('response.output_item.done', { output_index: 0, item: reasoning });

  const words = tokens(deltas - thoughts.length, random);
  const content = { item_id: messageId, output_index: 1, content_index: 0 };
  const part = { type: 'output_text', annotations: [], logprobs: [], text: words.join('') };
  const item = { id: messageId, type: 'message', status: 'completed', content: [part], role: 'assistant' };
  emit('response.output_item.added', {
    output_index: 1,
    item: { ...item, status: 'in_progress', content: [] },
  });
  emit('response.content_part.added', { ...content, part: { ...part, text: '' } });
  stream('response.output_text', content, words);
  emit('response.output_text.done', { ...content, text: part.text, logprobs: [] });
  emit('response.content_part.done', { ...content, part });
  emit('response.output_item.done', { output_index: 1, item });
  emit('response.completed', {
    response: { ...response, status: 'completed', output: [reasoning, item], usage: USAGE },
  });
  return messages.join('');
}

function chatText(deltas: number): string {
  const random = randomNumbers();
  const common = {
    id: `chatcmpl-${hex(29, random)}`,
    object: 'chat.completion.chunk',
    created: 1_764_000_000,
    model: 'gpt-4o-2024-08-06',
    service_tier: 'default',
    system_fingerprint: `fp_${hex(10, random)}`,
  };
  const chunk = (delta: object, finishReason: string | null, token = '') =>
    message({
      ...common,
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
      usage: null,
      obfuscation: obfuscation(token, random),
    });
  return [
    chunk({ role: 'assistant', content: '', refusal: null }, null),
    ...tokens(deltas, random).map((content) => chunk({ content }, null, content)),
    chunk({}, 'stop'),
    message({
      ...common,
      choices: [],
      usage: { prompt_tokens: 106, completion_tokens: 1_204, total_tokens: 1_310 },
    }),
    'data: [DONE]\n\n',
  ].join('');
}

/** Anthropic sends several tokens in an event. */
const MOST_TOKENS = 6;
/** Spaces before the last brace, so that the length of an event does not tell that of its text. */
const MOST_SPACES = 16;

function anthropicText(deltas: number): string {
  const random = randomNumbers();
  const event = (type: string, fields: object) => {
    const padding = ' '.repeat(random() * MOST_SPACES);
    return message({ type, ...fields }, type).replace(/\}\n\n$/, `${padding}}\n\n`);
  };
  const texts = (count: number) =>
    Array.from({ length: count }, () => tokens(1 + Math.floor(random() * MOST_TOKENS), random).join('')).map(
      // These deltas are too short to have a line of their own.
      (text, number) => (number % 4 === 3 ? `${text}.\n` : text),
    );
  const block = (index: number, type: string, field: string, list: readonly string[]) => [
    event('content_block_start', { index, content_block: { type, [field]: '' } }),
    ...(index === 0 ? [message({ type: 'ping' }, 'ping')] : []),
    ...list.map((text) =>
      event('content_block_delta', { index, delta: { type: `${type}_delta`, [field]: text } }),
    ),
    event('content_block_stop', { index }),
  ];
  const thoughts = Math.floor(deltas / 4);
  return [
    event('message_start', {
      message: {
        model: 'claude-sonnet-4-20250514',
        id: `msg_${hex(24, random)}`,
        type: 'message',
        role: 'assistant',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 424, output_tokens: 5, service_tier: 'standard' },
      },
    }),
    ...block(0, 'thinking', 'thinking', texts(thoughts)),
    ...block(1, 'text', 'text', texts(deltas - thoughts)),
    event('message_delta', {
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { input_tokens: 424, output_tokens: 1_204 },
    }),
    event('message_stop', {}),
  ].join('');
}
