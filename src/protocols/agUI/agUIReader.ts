import { readField, readList, readName, readText } from '../connection/fields.js';
import { NamedStreams } from '../connection/namedStreams.js';
import type { ConnectionReader, DeltaOutput } from '../connection/readConnection.js';

/** The kinds of streams that `fromAGUI` tells apart. */
export type AGUIKind = 'answer' | 'reasoning' | 'tool';

/** The name of what has none: there is one at a time. */
const THINKING = 'thinking';

/** Knows the run that one connection is at, and what is open in it. */
export class AGUIReader implements ConnectionReader {
  private readonly streams: NamedStreams<AGUIKind>;
  /** The names that chunks without a name belong to. */
  private readonly chunkNames = new Map<AGUIKind, string>();

  constructor(output: DeltaOutput<AGUIKind>) {
    this.streams = new NamedStreams(output, '', []);
  }

  read(event: unknown): void {
    switch (readField(event, 'type')) {
      case 'TEXT_MESSAGE_START':
        this.start('answer', readText(event, 'messageId'));
        break;
      case 'TEXT_MESSAGE_CONTENT':
        this.append('answer', readText(event, 'messageId'), event);
        break;
      case 'TEXT_MESSAGE_END':
        this.end('answer', readText(event, 'messageId'));
        break;
      case 'TEXT_MESSAGE_CHUNK':
        this.appendChunk('answer', readText(event, 'messageId'), event);
        break;
      case 'REASONING_MESSAGE_START':
        this.start('reasoning', readText(event, 'messageId'));
        break;
      case 'REASONING_MESSAGE_CONTENT':
        this.append('reasoning', readText(event, 'messageId'), event);
        break;
      case 'REASONING_MESSAGE_END':
        this.end('reasoning', readText(event, 'messageId'));
        break;
      case 'REASONING_MESSAGE_CHUNK':
        this.appendChunk('reasoning', readText(event, 'messageId'), event);
        break;
      case 'THINKING_TEXT_MESSAGE_START':
        this.start('reasoning', THINKING);
        break;
      case 'THINKING_TEXT_MESSAGE_CONTENT':
        this.streams.startOrAppend('reasoning', THINKING, readText(event, 'delta'));
        break;
      case 'THINKING_TEXT_MESSAGE_END':
      case 'THINKING_END':
        this.end('reasoning', THINKING);
        break;
      case 'TOOL_CALL_START':
        this.start('tool', readText(event, 'toolCallId'));
        break;
      case 'TOOL_CALL_ARGS':
        this.append('tool', readText(event, 'toolCallId'), event);
        break;
      case 'TOOL_CALL_END':
        this.end('tool', readText(event, 'toolCallId'));
        break;
      case 'TOOL_CALL_CHUNK':
        this.appendChunk('tool', readText(event, 'toolCallId'), event);
        break;
      case 'MESSAGES_SNAPSHOT':
        this.readSnapshot(readList(event, 'messages'));
        break;
      case 'RUN_STARTED':
      case 'RUN_FINISHED':
        this.streams.endAll(outcomeOf(event));
        this.chunkNames.clear();
        break;
      case 'RUN_ERROR':
        this.streams.failAll(event);
        this.chunkNames.clear();
        break;
    }
  }

  /** Gives the texts that a snapshot has told last, and that might have gone on. */
  flush(): void {
    this.streams.endWhole();
  }

  private start(kind: AGUIKind, name: string | undefined): void {
    if (name !== undefined) {
      this.streams.start(kind, name);
    }
  }

  private append(kind: AGUIKind, name: string | undefined, event: unknown): void {
    if (name !== undefined) {
      this.streams.append(kind, name, readText(event, 'delta'));
    }
  }

  private end(kind: AGUIKind, name: string | undefined): void {
    if (name !== undefined) {
      this.streams.end(kind, name);
    }
  }

  private appendChunk(kind: AGUIKind, ownName: string | undefined, event: unknown): void {
    const name = ownName ?? this.chunkNames.get(kind);
    if (name !== undefined) {
      this.chunkNames.set(kind, name);
      this.streams.startOrAppend(kind, name, readText(event, 'delta'));
    }
  }

  /** A snapshot has all messages of the conversation. Those since the user spoke are the ones of this run. */
  private readSnapshot(messages: readonly unknown[]): void {
    let first = messages.length;
    while (first > 0 && readField(messages[first - 1], 'role') !== 'user') {
      first--;
    }
    for (const message of messages.slice(first)) {
      const role = readField(message, 'role');
      if (role === 'assistant') {
        this.suggest('answer', message, readText(message, 'content'));
        for (const call of readList(message, 'toolCalls')) {
          this.suggest('tool', call, readText(readField(call, 'function'), 'arguments'));
        }
      } else if (role === 'reasoning') {
        this.suggest('reasoning', message, readText(message, 'content'));
      }
    }
  }

  private suggest(kind: AGUIKind, named: unknown, fullText: string | undefined): void {
    const name = readText(named, 'id');
    if (name !== undefined) {
      this.streams.suggest(kind, name, fullText);
    }
  }
}

/** Why a run ended: `{ type: 'cancelled' }`, or the word alone. */
function outcomeOf(event: unknown): string | undefined {
  return readName(event, 'outcome') ?? readName(readField(event, 'outcome'), 'type');
}
