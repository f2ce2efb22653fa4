import { readField, readList, readName, readText } from '../connection/fields.js';
import { NamedStreams } from '../connection/namedStreams.js';
import type { ConnectionReader, DeltaOutput } from '../connection/readConnection.js';
import { RenamedTexts, type SnapshotText } from './renamedTexts.js';

/** The kinds of streams that `fromAGUI` emits. */
export type AGUIKind = 'answer' | 'reasoning' | 'tool';

/** The name of reasoning without an id. There is only one at a time. */
const THINKING = 'thinking';

/** The fields that an event with text may have. */
interface TextEvent {
  readonly type?: unknown;
  readonly messageId?: unknown;
  readonly delta?: unknown;
}

/** Reads the events of one connection, and tracks the open streams of the current run. */
export class AGUIReader implements ConnectionReader {
  private readonly streams: NamedStreams<AGUIKind>;
  /** The names of the latest chunks, for chunks without one. */
  private readonly chunkNames = new Map<AGUIKind, string>();
  private readonly renamedTexts = new RenamedTexts<AGUIKind>();

  constructor(output: DeltaOutput<AGUIKind>) {
    this.streams = new NamedStreams(output, '', [], (text) => {
      this.renamedTexts.add(text);
    });
  }

  read(event: unknown): void {
    // Fast path: text, as most events are. Reading its fields by name, and not with `readText`, makes this operator a
    // third faster.
    let type, messageId, delta;
    try {
      ({ type } = event as TextEvent);
      if (type === 'TEXT_MESSAGE_CONTENT' || type === 'REASONING_MESSAGE_CONTENT') {
        ({ messageId, delta } = event as TextEvent);
      }
    } catch {
      // Not an object, or a getter or a proxy threw.
    }
    if (typeof messageId === 'string' && typeof delta === 'string') {
      this.streams.append(type === 'TEXT_MESSAGE_CONTENT' ? 'answer' : 'reasoning', messageId, delta);
    } else {
      this.readOther(event);
    }
  }

  private readOther(event: unknown): void {
    switch (readField(event, 'type')) {
      case 'TEXT_MESSAGE_START':
        this.start('answer', readText(event, 'messageId'));
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

  /** Ends the texts of the last snapshot. */
  flush(): void {
    this.streams.endComplete();
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

  /** A snapshot has all messages of the conversation. Those after the last message of the user belong to this run. */
  private readSnapshot(messages: readonly unknown[]): void {
    let first = messages.length;
    while (first > 0 && readField(messages[first - 1], 'role') !== 'user') {
      first--;
    }
    const texts = messages.slice(first).flatMap(textsOf);
    const newTexts = texts.filter(({ kind, name, text }) => text !== '' && !this.streams.isKnown(kind, name));
    if (newTexts.length > 0) {
      const all = messages.flatMap(textsOf);
      for (const { kind, name } of this.renamedTexts.recognize(newTexts, all, this.streams.openTexts)) {
        this.streams.setEnded(kind, name);
      }
    }
    for (const { kind, name, text } of texts) {
      // The snapshot has the whole message, which may have ended and started again.
      if (!this.streams.isContinuation(kind, name)) {
        this.streams.setFullText(kind, name, text);
      }
    }
  }
}

/** The texts of a message in a snapshot. */
function textsOf(message: unknown): readonly SnapshotText<AGUIKind>[] {
  switch (readField(message, 'role')) {
    case 'assistant':
      return [
        ...textOf('answer', message, readText(message, 'content')),
        ...readList(message, 'toolCalls').flatMap((call) =>
          textOf('tool', call, readText(readField(call, 'function'), 'arguments')),
        ),
      ];
    case 'reasoning':
      return textOf('reasoning', message, readText(message, 'content'));
    default:
      return [];
  }
}

function textOf(kind: AGUIKind, named: unknown, text: string | undefined): readonly SnapshotText<AGUIKind>[] {
  const name = readText(named, 'id');
  return name === undefined || text === undefined ? [] : [{ kind, name, text }];
}

/** The outcome of a run: `{ type: 'cancelled' }`, or only the type. */
function outcomeOf(event: unknown): string | undefined {
  return readName(event, 'outcome') ?? readName(readField(event, 'outcome'), 'type');
}
