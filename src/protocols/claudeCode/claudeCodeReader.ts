import { type ClaudeCodeKind, ClaudeCodeMessage } from './claudeCodeMessage.js';
import { readField, readIndex, readList, readName, readText } from '../connection/fields.js';
import type { ConnectionReader, DeltaOutput } from '../connection/readConnection.js';

/** Reads the lines of one connection, and tracks the current message of each agent. */
export class ClaudeCodeReader implements ConnectionReader {
  private readonly output: DeltaOutput<ClaudeCodeKind>;
  /** The latest message of each agent, by the id of the call that runs the agent; `undefined` is the main agent. */
  private readonly messages = new Map<string | undefined, ClaudeCodeMessage>();
  private messageCount = 0;
  /** Whether the main agent has answered since the last result. */
  private hasAnswered = false;

  constructor(output: DeltaOutput<ClaudeCodeKind>) {
    this.output = output;
  }

  read(event: unknown): void {
    const agent = readName(event, 'parent_tool_use_id');
    switch (readField(event, 'type')) {
      case 'stream_event':
        this.readStreamEvent(agent, readField(event, 'event'));
        break;
      case 'assistant':
        this.messages.get(agent)?.release();
        this.readMessage(agent, readField(event, 'message'));
        break;
      case 'user':
        this.messages.get(agent)?.release();
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

  /** Reads an event of the Messages API, which `--include-partial-messages` adds. */
  private readStreamEvent(agent: string | undefined, event: unknown): void {
    const index = readIndex(event, 'index');
    switch (readField(event, 'type')) {
      case 'message_start':
        this.begin(agent, readName(readField(event, 'message'), 'id'));
        break;
      case 'content_block_start':
        this.messages.get(agent)?.release();
        if (index !== undefined) {
          this.messageOf(agent).startBlock(index, readField(event, 'content_block'));
        }
        break;
      case 'content_block_delta':
        this.messages.get(agent)?.release();
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

  /** Reads complete blocks. Several events may have blocks of the same message. */
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

  /** The result of a tool has the id of its call, or a new id if the call is unknown. */
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
    // The result repeats the last answer. A command of the program itself has a result without an answer.
    const text = readText(event, 'result');
    if (!this.hasAnswered && text !== undefined) {
      this.begin(undefined, undefined).readBlock({ type: 'text', text });
    }
    this.startRun();
  }

  /** Ends the open streams of a run that did not end. */
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

/** The content of a result is a text, or a list of parts, which may include texts. */
function textOfResult(content: unknown): string {
  if (typeof content === 'string') {
    return content;
  }
  return readList({ content }, 'content')
    .filter((part) => readField(part, 'type') === 'text')
    .map((part) => readText(part, 'text') ?? '')
    .join('\n');
}
