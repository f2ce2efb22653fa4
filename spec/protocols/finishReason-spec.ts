import { concatWith, from, NEVER, type OperatorFunction, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { type Commit, commitLines, type DeltaEvent } from '../../src/index.js';
import {
  type ConnectionOptions,
  fromAGUI,
  fromAISDK,
  fromAnthropic,
  fromBedrock,
  fromClaudeCode,
  fromCodex,
  fromCohere,
  fromGemini,
  fromOpenAIChat,
  fromOpenAIResponses,
} from '../../src/protocols/index.js';
import { collect } from '../support/collect.js';

interface Row {
  readonly title: string;
  readonly operator: (options?: ConnectionOptions) => OperatorFunction<unknown, DeltaEvent>;
  readonly events: readonly unknown[];
  /** The finish reason of each stream, by kind and id; none for streams that ended before it arrived. */
  readonly reasons: Readonly<Record<string, string | undefined>>;
}

const anthropic = (reason: string | null) => [
  { type: 'message_start', message: { id: 'm' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'hm' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'a' } },
  { type: 'content_block_stop', index: 1 },
  { type: 'message_delta', delta: { stop_reason: reason } },
  { type: 'message_stop' },
];
const chunk = (choice: object) => ({ id: 'c', choices: [{ index: 0, ...choice }] });
const place = { output_index: 0, content_index: 0 };
const response = (...events: object[]) => [
  { type: 'response.created', response: { id: 'r' } },
  { type: 'response.output_text.delta', ...place, delta: 'a' },
  ...events,
];
const textDone = { type: 'response.output_text.done', ...place, text: 'a' };
const partDone = { type: 'response.content_part.done', ...place, part: {} };
const itemDone = (status: string) => ({
  type: 'response.output_item.done',
  output_index: 0,
  item: { type: 'message', status, content: [{ type: 'output_text', text: 'a' }] },
});
const incomplete = {
  type: 'response.incomplete',
  response: { id: 'r', status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
};
const uiText = [
  { type: 'start', messageId: 'm' },
  { type: 'start-step' },
  { type: 'text-start', id: '0' },
  { type: 'text-delta', id: '0', delta: 'a' },
];
const claude = (...events: object[]) => events.map((event) => ({ type: 'stream_event', event }));

const rows: readonly Row[] = [
  {
    title: 'finish_reason of OpenAI chat',
    operator: fromOpenAIChat,
    events: [
      chunk({ delta: { reasoning: 'hm', content: 'a' } }),
      chunk({ delta: {}, finish_reason: 'length' }),
    ],
    reasons: { 'reasoning c/0': 'length', 'answer c/0': 'length' },
  },
  {
    title: 'finish_reason of an older completion',
    operator: fromOpenAIChat,
    events: [
      { id: 'c', object: 'text_completion', choices: [{ text: 'a', finish_reason: 'content_filter' }] },
    ],
    reasons: { 'answer c/0': 'content_filter' },
  },
  {
    title: 'incomplete_details of OpenAI Responses, after the end of the text',
    operator: fromOpenAIResponses,
    events: response(textDone, partDone, itemDone('incomplete'), incomplete),
    reasons: { 'answer r/0/0': 'max_output_tokens' },
  },
  {
    title: 'incomplete_details of OpenAI Responses, in the middle of the text',
    operator: fromOpenAIResponses,
    events: response(incomplete),
    reasons: { 'answer r/0/0': 'max_output_tokens' },
  },
  {
    title: 'incomplete_details, but not for an item that was completed',
    operator: fromOpenAIResponses,
    events: [
      ...response(textDone, itemDone('completed')),
      { type: 'response.output_text.delta', output_index: 1, content_index: 0, delta: 'b' },
      incomplete,
    ],
    reasons: { 'answer r/0/0': undefined, 'answer r/1/0': 'max_output_tokens' },
  },
  {
    title: 'the status of an item of OpenAI Responses, if nothing follows',
    operator: fromOpenAIResponses,
    events: response(textDone, itemDone('incomplete')),
    reasons: { 'answer r/0/0': 'incomplete' },
  },
  {
    title: 'none for a completed response',
    operator: fromOpenAIResponses,
    events: response(textDone, partDone, itemDone('completed'), {
      type: 'response.completed',
      response: { id: 'r', status: 'completed' },
    }),
    reasons: { 'answer r/0/0': undefined },
  },
  {
    title: 'stop_reason of Anthropic, for the last block',
    operator: fromAnthropic,
    events: anthropic('max_tokens'),
    reasons: { 'reasoning m/0': undefined, 'answer m/1': 'max_tokens' },
  },
  {
    title: 'stop_reason of Anthropic, for a block without an end',
    operator: fromAnthropic,
    events: anthropic('refusal').filter(({ type }) => type !== 'content_block_stop'),
    reasons: { 'reasoning m/0': 'refusal', 'answer m/1': 'refusal' },
  },
  {
    title: 'stop_reason of Anthropic, after a ping',
    operator: fromAnthropic,
    events: [...anthropic('max_tokens').slice(0, 5), { type: 'ping' }, ...anthropic('max_tokens').slice(5)],
    reasons: { 'reasoning m/0': undefined, 'answer m/1': 'max_tokens' },
  },
  {
    title: 'none for a stop_reason of null',
    operator: fromAnthropic,
    events: anthropic(null),
    reasons: { 'reasoning m/0': undefined, 'answer m/1': undefined },
  },
  {
    title: 'stop_reason of Anthropic, not for the message after it',
    operator: fromAnthropic,
    events: [
      ...anthropic('max_tokens'),
      ...anthropic(null).map((event, index) =>
        index === 0 ? { type: 'message_start', message: { id: 'n' } } : event,
      ),
    ],
    reasons: {
      'reasoning m/0': undefined,
      'answer m/1': 'max_tokens',
      'reasoning n/0': undefined,
      'answer n/1': undefined,
    },
  },
  {
    title: 'stopReason of Bedrock',
    operator: fromBedrock,
    events: [
      { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'a' } } },
      { contentBlockStop: { contentBlockIndex: 0 } },
      { messageStop: { stopReason: 'guardrail_intervened' } },
    ],
    reasons: { 'answer 1/0': 'guardrail_intervened' },
  },
  {
    title: 'stopReason of Bedrock, after metadata',
    operator: fromBedrock,
    events: [
      { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'a' } } },
      { contentBlockStop: { contentBlockIndex: 0 } },
      { metadata: {} },
      { messageStop: { stopReason: 'max_tokens' } },
    ],
    reasons: { 'answer 1/0': 'max_tokens' },
  },
  {
    title: 'finish_reason of Cohere',
    operator: fromCohere,
    events: [
      { type: 'content-delta', index: 0, delta: { message: { content: { text: 'a' } } } },
      { type: 'content-end', index: 0 },
      { type: 'citation-end', index: 0 },
      { type: 'message-end', delta: { finish_reason: 'MAX_TOKENS' } },
    ],
    reasons: { 'answer 1/0': 'MAX_TOKENS' },
  },
  {
    title: 'finishReason of Gemini',
    operator: fromGemini,
    events: [
      { responseId: 'g', candidates: [{ content: { parts: [{ text: 'a' }] } }] },
      { responseId: 'g', candidates: [{ finishReason: 'SAFETY' }] },
    ],
    reasons: { 'answer g/0': 'SAFETY' },
  },
  {
    title: 'finishReason of Gemini that each chunk has',
    operator: fromGemini,
    events: ['STOP', 'STOP', 'MAX_TOKENS'].map((finishReason) => ({
      candidates: [{ content: { parts: [{ text: 'a' }] }, finishReason }],
    })),
    reasons: { 'answer 1/0': 'MAX_TOKENS' },
  },
  {
    title: 'the status of an interaction of Gemini, for the last step',
    operator: fromGemini,
    events: [
      { event_type: 'interaction.created', interaction: { id: 'v' } },
      { event_type: 'step.delta', index: 0, delta: { type: 'thought_summary', content: { text: 'hm' } } },
      { event_type: 'step.stop', index: 0 },
      { event_type: 'step.delta', index: 1, delta: { type: 'text', text: 'a' } },
      { event_type: 'step.stop', index: 1 },
      { event_type: 'interaction.status_update', interaction_id: 'v', status: 'incomplete' },
      { event_type: 'interaction.completed', interaction: { id: 'v', status: 'incomplete' } },
    ],
    reasons: { 'reasoning v/0': undefined, 'answer v/1': 'incomplete' },
  },
  {
    title: 'finishReason of the AI SDK, with the step',
    operator: fromAISDK,
    events: [...uiText, { type: 'text-end', id: '0' }, { type: 'finish-step', finishReason: 'length' }],
    reasons: { 'answer m/0': 'length' },
  },
  {
    title: 'finishReason of the AI SDK, with the message',
    operator: fromAISDK,
    events: [
      ...uiText,
      { type: 'text-end', id: '0' },
      { type: 'source-url', sourceId: 's', url: 'x' },
      { type: 'finish-step' },
      { type: 'finish', finishReason: 'content-filter' },
    ],
    reasons: { 'answer m/0': 'content-filter' },
  },
  {
    title: 'finishReason of the AI SDK as an object, for a text without an end',
    operator: fromAISDK,
    events: [...uiText, { type: 'finish', finishReason: { unified: 'length', raw: 'max' } }],
    reasons: { 'answer m/0': 'length' },
  },
  {
    title: 'an abort of the AI SDK',
    operator: fromAISDK,
    events: [...uiText, { type: 'abort', reason: 'the user left' }],
    reasons: { 'answer m/0': 'abort' },
  },
  {
    title: 'an abort of the AI SDK, but not for a text that was whole',
    operator: fromAISDK,
    events: [...uiText, { type: 'text-end', id: '0' }, { type: 'abort' }],
    reasons: { 'answer m/0': undefined },
  },
  {
    title: 'the outcome of AG-UI, for the open streams',
    operator: fromAGUI,
    events: [
      { type: 'TEXT_MESSAGE_CHUNK', messageId: 'm', delta: 'a' },
      { type: 'RUN_FINISHED', outcome: { type: 'cancelled' } },
    ],
    reasons: { 'answer m': 'cancelled' },
  },
  {
    title: 'the reason of an aborted turn of Codex',
    operator: fromCodex,
    events: [
      { id: '1', msg: { type: 'agent_message_delta', delta: 'a' } },
      { id: '1', msg: { type: 'turn_aborted', reason: 'interrupted' } },
    ],
    reasons: { 'answer 1/0': 'interrupted' },
  },
  {
    title: 'the status of a turn of the app server of Codex',
    operator: fromCodex,
    events: [
      { method: 'item/agentMessage/delta', params: { turnId: 't', itemId: '1', delta: 'a' } },
      { method: 'turn/completed', params: { turn: { id: 't', status: 'interrupted' } } },
    ],
    reasons: { 'answer 1/1': 'interrupted' },
  },
  {
    title: 'stop_reason of Claude Code, for a streamed answer',
    operator: fromClaudeCode,
    events: [
      ...claude(
        { type: 'message_start', message: { id: 'm' } },
        { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'a' } },
      ),
      { type: 'assistant', message: { id: 'm', content: [{ type: 'text', text: 'a' }] } },
      ...claude(
        { type: 'content_block_stop', index: 0 },
        { type: 'message_delta', delta: { stop_reason: 'max_tokens' } },
        { type: 'message_stop' },
      ),
    ],
    reasons: { 'answer 1/0': 'max_tokens' },
  },
  {
    title: 'stop_reason of Claude Code, for a complete block',
    operator: fromClaudeCode,
    events: [
      {
        type: 'assistant',
        message: { id: 'm', stop_reason: 'max_tokens', content: [{ type: 'text', text: 'a' }] },
      },
    ],
    reasons: { 'answer 1/0': 'max_tokens' },
  },
];

const closes = (commits: readonly Commit[]) =>
  Object.fromEntries(
    commits.flatMap((commit) =>
      commit.type === 'close'
        ? [[`${commit.stream.kind} ${commit.stream.id}`, commit.finishReason] as const]
        : [],
    ),
  );

describe('the reason of an end', () => {
  it.each(rows)('is $title', async ({ operator, events, reasons }) => {
    const commits = await collect(from(events).pipe(operator(), commitLines()));
    expect(commits.filter(({ type }) => type === 'drop')).toStrictEqual([]);
    expect(closes(commits)).toStrictEqual(reasons);
  });

  it.each(rows)(
    'is nothing else where the events are cut off: $title',
    async ({ operator, events, reasons }) => {
      for (let length = 1; length < events.length; length++) {
        const commits = await collect(from(events.slice(0, length)).pipe(operator(), commitLines()));
        for (const [stream, reason] of Object.entries(closes(commits))) {
          expect([reasons[stream], undefined, 'incomplete', 'STOP']).toContain(reason);
        }
      }
    },
  );

  it.each(rows)('is emitted before an error of the source: $title', async ({ operator, events, reasons }) => {
    const boom = new Error('boom');
    const seen: Commit[] = [];
    const source = from(events).pipe(concatWith(throwError(() => boom)), operator(), commitLines());
    await new Promise<void>((resolve) => {
      source.subscribe({
        next: (commit) => seen.push(commit),
        error: () => {
          resolve();
        },
      });
    });
    expect(closes(seen)).toStrictEqual(reasons);
  });
});

interface Gap {
  readonly title: string;
  readonly operator: (options?: ConnectionOptions) => OperatorFunction<unknown, DeltaEvent>;
  /** A text and its end. */
  readonly text: readonly unknown[];
  /** Events that may precede the finish reason. */
  readonly others: readonly unknown[];
  /** Events that follow no earlier than the finish reason. */
  readonly next: readonly unknown[];
}

const contentBlocks: Pick<Gap, 'text' | 'next'> = {
  text: [
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'a' } },
    { type: 'content_block_stop', index: 0 },
  ],
  next: [
    { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'b' } },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' } },
    { type: 'message_stop' },
    { type: 'message_start', message: { id: 'n' } },
    { type: 'error', error: { message: 'x' } },
  ],
};
const inStreamEvent = (event: unknown) => ({ type: 'stream_event', event });

const gaps: readonly Gap[] = [
  {
    title: 'Anthropic',
    operator: fromAnthropic,
    ...contentBlocks,
    others: [{ type: 'ping' }, { type: 'x' }, { type: 'message_delta', delta: { stop_reason: null } }],
  },
  {
    title: 'Claude Code',
    operator: fromClaudeCode,
    text: contentBlocks.text.map(inStreamEvent),
    others: [inStreamEvent({ type: 'ping' }), { type: 'system', subtype: 'status' }, { type: 'x' }],
    next: [
      ...contentBlocks.next.map(inStreamEvent),
      { type: 'assistant', message: { content: [{ type: 'text', text: 'b' }] } },
      { type: 'user', message: { content: [] } },
      { type: 'system', subtype: 'init' },
      { type: 'result' },
    ],
  },
  {
    title: 'Bedrock',
    operator: fromBedrock,
    text: [
      { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'a' } } },
      { contentBlockStop: { contentBlockIndex: 0 } },
    ],
    others: [{ metadata: { usage: {} } }, { x: {} }],
    next: [
      { contentBlockStart: { contentBlockIndex: 1, start: { toolUse: { name: 'f' } } } },
      { contentBlockDelta: { contentBlockIndex: 1, delta: { text: 'b' } } },
      { messageStart: { role: 'assistant' } },
      { messageStop: {} },
      { throttlingException: { message: 'x' } },
    ],
  },
  {
    title: 'Cohere',
    operator: fromCohere,
    text: [
      { type: 'content-delta', index: 0, delta: { message: { content: { text: 'a' } } } },
      { type: 'content-end', index: 0 },
    ],
    others: [{ type: 'citation-start' }, { type: 'citation-end' }, { type: 'debug' }, { type: 'x' }],
    next: [
      { type: 'tool-plan-delta', delta: { message: { tool_plan: 'b' } } },
      { type: 'content-start', index: 1 },
      { type: 'content-delta', index: 1, delta: { message: { content: { text: 'b' } } } },
      { type: 'tool-call-start', index: 0 },
      { type: 'tool-call-delta', index: 0 },
      { type: 'message-start', id: 'n' },
      { type: 'message-end' },
    ],
  },
  {
    title: 'an interaction of Gemini',
    operator: fromGemini,
    text: [
      { event_type: 'step.delta', index: 0, delta: { type: 'text', text: 'a' } },
      { event_type: 'step.stop', index: 0 },
    ],
    others: [{ event_type: 'ping' }, { event_type: 'interaction.status_update', status: 'x' }],
    next: [
      { event_type: 'step.start', index: 1, step: {} },
      { event_type: 'step.delta', index: 1, delta: { type: 'text', text: 'b' } },
      { event_type: 'content.start', index: 1, content: {} },
      { event_type: 'content.delta', index: 1, delta: { type: 'text', text: 'b' } },
      { event_type: 'interaction.created', interaction: { id: 'n' } },
      { event_type: 'interaction.completed', interaction: {} },
      { event_type: 'error' },
    ],
  },
  {
    title: 'the AI SDK',
    operator: fromAISDK,
    text: [...uiText, { type: 'text-end', id: '0' }],
    others: [
      { type: 'data-x', data: 'x' },
      { type: 'response-metadata' },
      { type: 'message-metadata' },
      { type: 'raw' },
      { type: 'source-url' },
      { type: 'file' },
      { type: 'tool-output-available', toolCallId: 'c', output: 'x' },
      { type: 'finish-step' },
      {},
    ],
    next: [
      { type: 'text-start', id: '1' },
      { type: 'text-delta', id: '1', delta: 'b' },
      { type: 'reasoning-start', id: '1' },
      { type: 'reasoning-delta', id: '1', delta: 'b' },
      { type: 'tool-input-start', toolCallId: 'c' },
      { type: 'tool-input-delta', toolCallId: 'c' },
      { type: 'tool-input-available', toolCallId: 'c' },
      { type: 'tool-input-error', toolCallId: 'c' },
      { type: 'tool-call', toolCallId: 'c' },
      { type: 'start-step' },
      { type: 'start', messageId: 'n' },
      { type: 'finish' },
      { type: 'abort' },
      { type: 'error' },
    ],
  },
];

/** The events that an operator emits before its source completes. */
const readOpen = (operator: Gap['operator'], events: readonly unknown[]) => {
  const seen: DeltaEvent[] = [];
  from(events)
    .pipe(concatWith(NEVER), operator())
    .subscribe((event) => seen.push(event));
  return seen;
};

describe('the end of a text', () => {
  it.each(
    gaps.flatMap(({ title, operator, text, others }) =>
      others.map((other) => ({ title, operator, text, other })),
    ),
  )('of $title waits at $other', ({ operator, text, other }) => {
    expect(readOpen(operator, [...text, other])).toMatchObject([{ type: 'delta' }]);
  });

  it.each(
    gaps.flatMap(({ title, operator, text, others, next }) =>
      next.map((event) => ({ title, operator, events: [...text, ...others, event], event })),
    ),
  )('of $title is emitted at $event', ({ operator, events }) => {
    const [delta, end] = readOpen(operator, events);
    expect(end).toMatchObject({ type: 'end', kind: 'answer', id: delta?.id });
  });

  it('of Anthropic does not wait if the provider runs a tool next', () => {
    const seen = readOpen(fromAnthropic, [
      { type: 'content_block_start', index: 0, content_block: { type: 'server_tool_use', input: {} } },
      { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{}' } },
      { type: 'content_block_stop', index: 0 },
    ]);
    expect(seen).toMatchObject([{ delta: '' }, { delta: '{}' }, { type: 'end' }]);
  });
});
