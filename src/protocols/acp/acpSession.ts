import { readField, readList, readName, readText, stringifyJSON } from '../connection/fields.js';
import type { DeltaOutput } from '../connection/readConnection.js';
import { type ReopenableText, ReopenableTexts } from '../connection/reopenableText.js';

/** The kinds of streams that `fromACP` emits. */
export type ACPKind = 'answer' | 'reasoning' | 'input' | 'tool' | 'output';

type MessageKind = 'answer' | 'reasoning' | 'input';

interface Message {
  readonly messageId: string | undefined;
  readonly text: ReopenableText<ACPKind>;
}

interface Tool {
  /** The arguments as JSON, until they are emitted. */
  input: string | undefined;
  hasText: boolean;
  readonly outputs: Set<ReopenableText<ACPKind>>;
}

const KINDS_OF_CHUNKS: ReadonlyMap<string, MessageKind> = new Map<string, MessageKind>([
  ['agent_message_chunk', 'answer'],
  ['agent_thought_chunk', 'reasoning'],
  ['user_message_chunk', 'input'],
]);

/** Complete messages, in version 2. */
const KINDS_OF_MESSAGES: ReadonlyMap<string, MessageKind> = new Map<string, MessageKind>([
  ['agent_message', 'answer'],
  ['agent_thought', 'reasoning'],
  ['user_message', 'input'],
]);

/** The turns of one session. */
export class ACPSession {
  /** Whether the prompt of this turn is answered. */
  isAnswered = false;
  /** Whether prompts of the client were seen. Then the next prompt ends the turn. */
  private hasPrompts = false;
  private finishReason: string | undefined = undefined;
  /** The current message of each kind. */
  private readonly messages = new Map<MessageKind, Message>();
  private readonly tools = new Map<string, Tool>();
  /** The texts of this turn and of earlier ones. */
  private readonly texts: ReopenableTexts<ACPKind>;
  private messageCount = 0;

  constructor(output: DeltaOutput<ACPKind>, name: string, number: number) {
    this.texts = new ReopenableTexts(output, name, number);
  }

  beginTurn(): void {
    this.endTurn();
    this.hasPrompts = true;
  }

  answer(finishReason: string | undefined): void {
    this.isAnswered = true;
    this.finishReason = finishReason;
  }

  fail(error: unknown): void {
    this.emitInputs();
    this.texts.failAll(error);
    this.endTurn();
  }

  update(update: unknown): void {
    const type = readText(update, 'sessionUpdate') ?? '';
    const chunkKind = KINDS_OF_CHUNKS.get(type);
    const messageKind = KINDS_OF_MESSAGES.get(type);
    const messageId = readName(update, 'messageId');
    if (chunkKind !== undefined) {
      this.readChunk(chunkKind, messageId, textOf(readField(update, 'content')));
    } else if (messageKind !== undefined) {
      this.readMessage(messageKind, messageId, readList(update, 'content'));
    } else if (type === 'tool_call' || type === 'tool_call_update' || type === 'tool_call_content_chunk') {
      this.readTool(update, type);
    } else if (type === 'state_update') {
      this.readState(update);
    }
  }

  /** Reads a call in a message that is not an update, such as a request for permission. */
  updateTool(call: unknown): void {
    this.readTool(call, 'tool_call_update');
  }

  /** Ends the open streams if the turn is answered. */
  endIfAnswered(): void {
    if (this.isAnswered) {
      this.endAll();
    }
  }

  /** Emits the arguments of calls that have not started to run. */
  emitInputs(): void {
    for (const [callId, tool] of this.tools) {
      this.emitInput(callId, tool);
    }
  }

  private readState(update: unknown): void {
    if (readField(update, 'state') === 'running') {
      this.beginTurn();
    } else if (readField(update, 'state') === 'idle') {
      this.answer(readText(update, 'stopReason'));
    }
  }

  private readChunk(kind: MessageKind, messageId: string | undefined, text: string | undefined): void {
    if (text !== undefined && text !== '') {
      this.messageAt(kind, messageId).append(text);
    }
  }

  private readMessage(kind: MessageKind, messageId: string | undefined, blocks: readonly unknown[]): void {
    const text = blocks.map((block) => textOf(block) ?? '').join('');
    if (messageId !== undefined && text !== '') {
      this.messageAt(kind, messageId).grow(text);
    }
  }

  private messageAt(kind: MessageKind, messageId: string | undefined): ReopenableText<ACPKind> {
    if (this.isAnswered && !this.hasPrompts && messageId === undefined) {
      // A late chunk looks like the first chunk of the next turn.
      this.endTurn();
    }
    for (const other of kind === 'input' ? (['answer', 'reasoning'] as const) : (['input'] as const)) {
      this.endMessage(other);
    }
    let message = this.messages.get(kind);
    if (message === undefined || (messageId !== undefined && message.messageId !== messageId)) {
      this.endMessage(kind);
      message = { messageId, text: this.texts.get(kind, messageId ?? this.nextName(kind)) };
      this.messages.set(kind, message);
    }
    return message.text;
  }

  private readTool(update: unknown, type: string): void {
    const callId = readName(update, 'toolCallId');
    if (callId === undefined) {
      return;
    }
    if (type === 'tool_call') {
      this.beginTool(callId);
    }
    const tool = this.tools.get(callId) ?? { input: undefined, hasText: false, outputs: new Set() };
    this.tools.set(callId, tool);
    const input = readField(update, 'rawInput') ?? undefined;
    tool.input = (input === undefined ? undefined : stringifyJSON(input)) ?? tool.input;
    const status = readField(update, 'status');
    const isDone = status === 'completed' || status === 'failed';
    const texts =
      type === 'tool_call_content_chunk' ? [readField(update, 'content')] : readList(update, 'content');
    const output = texts.map((content) => textOf(readField(content, 'content')) ?? '');
    tool.hasText ||= output.some((text) => text !== '');
    if (isDone || tool.hasText || (status === 'in_progress' && tool.input !== '{}')) {
      this.emitInput(callId, tool);
    }
    output.forEach((text, index) => {
      const stream = this.texts.get('output', `${callId}/${index}`);
      tool.outputs.add(stream);
      if (type === 'tool_call_content_chunk') {
        stream.append(text);
      } else if (text !== '') {
        stream.grow(text);
      }
    });
    if (isDone) {
      this.endTool(callId, tool, readText(update, 'rawOutput'), status === 'failed' ? status : undefined);
    }
  }

  /** Agents that send no message ids begin a new message after a call. */
  private beginTool(callId: string): void {
    if (this.isAnswered && !this.hasPrompts && !this.tools.has(callId)) {
      this.endTurn();
    }
    for (const kind of ['answer', 'reasoning', 'input'] as const) {
      if (this.messages.get(kind)?.messageId === undefined) {
        this.endMessage(kind);
      }
    }
  }

  private endTool(
    callId: string,
    tool: Tool,
    rawOutput: string | undefined,
    finishReason: string | undefined,
  ): void {
    if (!tool.hasText && rawOutput !== undefined) {
      const stream = this.texts.get('output', `${callId}/0`);
      tool.outputs.add(stream);
      stream.grow(rawOutput);
    }
    for (const text of tool.outputs) {
      text.end(undefined, finishReason);
    }
  }

  private emitInput(callId: string, tool: Tool): void {
    const { input } = tool;
    if (input !== undefined) {
      tool.input = undefined;
      const text = this.texts.get('tool', callId);
      text.grow(input);
      text.end();
    }
  }

  private nextName(kind: ACPKind): string {
    do {
      this.messageCount++;
    } while (this.texts.has(kind, String(this.messageCount)));
    return String(this.messageCount);
  }

  private endMessage(kind: MessageKind): void {
    this.messages.get(kind)?.text.end(undefined, this.reasonOf(kind));
    this.messages.delete(kind);
  }

  private endTurn(): void {
    this.endAll();
    this.messages.clear();
    this.tools.clear();
    this.isAnswered = false;
    this.finishReason = undefined;
  }

  private endAll(): void {
    this.emitInputs();
    for (const text of this.texts) {
      text.end(undefined, this.reasonOf(text.kind));
    }
  }

  private reasonOf(kind: ACPKind): string | undefined {
    return kind === 'answer' ? this.finishReason : undefined;
  }
}

/** The text of a content block or of an embedded resource. */
function textOf(block: unknown): string | undefined {
  return readText(block, 'text') ?? readText(readField(block, 'resource'), 'text');
}
