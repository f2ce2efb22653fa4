import { type ClaudeCodeKind, ClaudeCodeMessage } from './claudeCodeMessage.js';
import { readField, readIndex, readList, readName, readText } from '../connection/fields.js';
import type { ConnectionReader, DeltaOutput } from '../connection/readConnection.js';

/** What may come between the end of a block and the reason of its message. */
const BEFORE_REASON: ReadonlySet<unknown> = new Set(['content_block_stop', 'message_delta', 'message_stop']);

/** Knows the agents of one connection, and the message that each of them writes. */
export class ClaudeCodeReader implements ConnectionReader {
  private readonly output: DeltaOutput<ClaudeCodeKind>;
  /** The message that each agent began last, by the id of the call that runs the agent; the main agent has none. */
  private readonly messages = new Map<string | undefined, ClaudeCodeMessage>();
  private messageCount = 0;
  /** Whether the main agent has said something since the last result. */
  private hasAnswered = false;

  constructor(output: DeltaOutput<ClaudeCodeKind>) {
    this.output = output;
  }

  read(event: unknown): void {
    const agent = readName(event, 'parent_tool_use_id');
    const type = readField(event, 'type');
    if (type !== 'stream_event') {
      this.messages.get(agent)?.release();
    }
    switch (type) {
      case 'stream_event':
        this.readStreamEvent(agent, readField(event, 'event'));
        break;
      case 'assistant':
        this.readMessage(agent, readField(event, 'message'));
        break;
      case 'user':
        this.readToolResults(agent, readField(event, 'message'));
        break;
      case 'result':
        this.readResult(event);
        break;
      case 'system':
        if (readField(event, 'subtype') === 'init') {
          this.startRun();
        }
        break;
    }
  }

  flush(): void {
    for (const message of this.messages.values()) {
      message.release();
    }
  }

  /** An event of the messages interface, as it comes with `--include-partial-messages`. */
  private readStreamEvent(agent: string | undefined, event: unknown): void {
    const index = readIndex(event, 'index');
    const type = readField(event, 'type');
    if (!BEFORE_REASON.has(type)) {
      this.messages.get(agent)?.release();
    }
    switch (type) {
      case 'message_start':
        this.begin(agent, readName(readField(event, 'message'), 'id'));
        break;
      case 'content_block_start':
        if (index !== undefined) {
          this.messageOf(agent).startBlock(index, readField(event, 'content_block'));
        }
        break;
      case 'content_block_delta':
        if (index !== undefined) {
          this.readDelta(agent, index, readField(event, 'delta'));
        }
        break;
      case 'content_block_stop':
        if (index !== undefined) {
          this.messageOf(agent).endBlock(index);
        }
        break;
      case 'message_delta':
        this.stop(agent, readName(readField(event, 'delta'), 'stop_reason'));
        break;
      case 'message_stop':
        this.messages.get(agent)?.endAll();
        break;
      case 'error':
        this.messages.get(agent)?.failAll(readField(event, 'error') ?? event);
        break;
    }
  }

  private stop(agent: string | undefined, reason: string | undefined): void {
    const message = this.messages.get(agent);
    if (reason !== undefined && message !== undefined) {
      message.stopReason = reason;
      message.release();
    }
  }

  private readDelta(agent: string | undefined, index: number, delta: unknown): void {
    this.hasAnswered ||= agent === undefined && readField(delta, 'type') === 'text_delta';
    this.messageOf(agent).readDelta(index, delta);
  }

  /** Blocks of a message that are complete. Those of one message may come in several events. */
  private readMessage(agent: string | undefined, envelope: unknown): void {
    const id = readName(envelope, 'id');
    let message = this.messages.get(agent);
    if (message === undefined || id === undefined || message.id !== id) {
      message = this.begin(agent, id);
    }
    for (const block of readList(envelope, 'content')) {
      this.hasAnswered ||= agent === undefined && readField(block, 'type') === 'text';
      message.readBlock(block, readName(envelope, 'stop_reason'));
    }
    if (id === undefined) {
      message.endAll();
    }
  }

  private readToolResults(agent: string | undefined, envelope: unknown): void {
    for (const block of readList(envelope, 'content')) {
      const callId = readText(block, 'tool_use_id');
      if (readField(block, 'type') === 'tool_result' && callId !== undefined) {
        this.endAgent(callId);
        const text = textOfResult(readField(block, 'content'));
        if (text !== '') {
          this.emitResult(this.messages.get(agent), callId, text);
        }
      }
    }
  }

  /** What a tool gave has the id of its call, or one of its own if that is not known. */
  private emitResult(message: ClaudeCodeMessage | undefined, callId: string, text: string): void {
    const place = message?.takeCall(callId) ?? this.nextMessage(undefined, undefined).placeOf(0);
    this.output.start('output', place.id, place.order);
    this.output.end('output', place.id, text);
  }

  private readResult(event: unknown): void {
    if (readField(event, 'is_error') === true) {
      for (const message of this.messages.values()) {
        message.failAll(event);
      }
    }
    // The result repeats the last answer, except after a command of the program itself, which has none.
    const text = readText(event, 'result');
    if (!this.hasAnswered && text !== undefined) {
      this.begin(undefined, undefined).readBlock({ type: 'text', text });
    }
    this.startRun();
  }

  /** What is still open belongs to a run that was cut off. */
  private startRun(): void {
    for (const message of this.messages.values()) {
      message.endAll();
    }
    this.messages.clear();
    this.hasAnswered = false;
  }

  private begin(agent: string | undefined, id: string | undefined): ClaudeCodeMessage {
    this.messages.get(agent)?.endAll();
    const message = this.nextMessage(agent, id);
    this.messages.set(agent, message);
    return message;
  }

  private nextMessage(agent: string | undefined, id: string | undefined): ClaudeCodeMessage {
    this.messageCount++;
    return new ClaudeCodeMessage(this.output, agent, id, this.messageCount);
  }

  private messageOf(agent: string | undefined): ClaudeCodeMessage {
    return this.messages.get(agent) ?? this.begin(agent, undefined);
  }

  private endAgent(callId: string): void {
    this.messages.get(callId)?.endAll();
    this.messages.delete(callId);
  }
}

/** The content of a result is a text, or a list of parts, some of which are texts. */
function textOfResult(content: unknown): string {
  if (typeof content === 'string') {
    return content;
  }
  return readList({ content }, 'content')
    .filter((part) => readField(part, 'type') === 'text')
    .map((part) => readText(part, 'text') ?? '')
    .join('\n');
}
