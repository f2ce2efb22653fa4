import {
  isIndex,
  isObject,
  readField,
  readIndex,
  readList,
  readName,
  readText,
  stringifyJSON,
} from '../connection/fields.js';
import { OpenStreams } from '../connection/openStreams.js';
import type { ConnectionReader, DeltaOutput } from '../connection/readConnection.js';

/** The kinds of streams that `fromAnthropic` emits. */
export type AnthropicKind = 'answer' | 'reasoning' | 'tool' | 'output';

/** The kind of the text of a content block or a delta, and its field. */
const TEXTS_OF_BLOCKS: ReadonlyMap<unknown, BlockText> = new Map([
  ['text', { kind: 'answer', field: 'text' }],
  ['thinking', { kind: 'reasoning', field: 'thinking' }],
  ['compaction', { kind: 'reasoning', field: 'content' }],
]);

const SERVER_TOOLS: ReadonlySet<unknown> = new Set(['server_tool_use', 'mcp_tool_use']);

const isTool = (type: unknown) => type === 'tool_use' || SERVER_TOOLS.has(type);

/** The fields that an event with a delta may have. */
interface BlockDelta {
  readonly type?: unknown;
  readonly index?: unknown;
  readonly delta: DeltaFields;
}

interface DeltaFields {
  readonly type?: unknown;
  readonly text?: unknown;
  readonly thinking?: unknown;
  readonly partial_json?: unknown;
  readonly content?: unknown;
}

interface BlockText {
  readonly kind: AnthropicKind;
  readonly field: string;
}

interface Block {
  readonly index: number;
  readonly id: string;
  readonly order: readonly number[];
}

/** Reads the events of one connection, and tracks the open streams of the current message. */
export class AnthropicReader implements ConnectionReader {
  private readonly streams: OpenStreams<AnthropicKind>;
  private messageCount = 0;
  private messageId: string | undefined = undefined;
  /** The block of the message that was read last. */
  private block: Block | undefined = undefined;
  /** The arguments that arrived with the start of a block, by its index. */
  private readonly inputs = new Map<number, string>();
  /** The blocks of tools that the provider runs: the message continues after them. */
  private readonly serverTools = new Set<number>();
  private stopReason: string | undefined = undefined;

  constructor(output: DeltaOutput<AnthropicKind>) {
    this.streams = new OpenStreams(output);
  }

  read(event: unknown): void {
    // Fast path: a delta, as most events are, the most frequent type first. Reading its fields by name, and not with
    // `readText`, saves a tenth of the time from the message to the delta event, `JSON.parse` included.
    let index, text;
    let kind: AnthropicKind | undefined;
    try {
      const fields = event as BlockDelta;
      if (fields.type === 'content_block_delta') {
        const { delta } = fields;
        index = fields.index;
        switch (delta.type) {
          case 'text_delta':
            kind = 'answer';
            text = delta.text;
            break;
          case 'input_json_delta':
            kind = 'tool';
            text = delta.partial_json;
            break;
          case 'thinking_delta':
            kind = 'reasoning';
            text = delta.thinking;
            break;
          case 'compaction_delta':
            kind = 'reasoning';
            text = delta.content;
            break;
        }
      }
    } catch {
      // Not an object, or a getter or a proxy threw.
    }
    if (kind !== undefined && typeof text === 'string' && isIndex(index)) {
      this.streams.release();
      const block = this.blockAt(index);
      this.streams.append(kind, block.id, text, block.order);
    } else {
      this.readOther(event);
    }
  }

  private readOther(event: unknown): void {
    switch (readField(event, 'type')) {
      case 'message_start':
        this.endMessage();
        this.readMessage(readField(event, 'message'));
        break;
      case 'content_block_start':
        this.streams.release();
        this.beginBlock(readIndex(event, 'index'), readField(event, 'content_block'));
        break;
      case 'content_block_stop':
        this.endBlock(readIndex(event, 'index'));
        break;
      case 'message_delta':
        this.stop(readName(readField(event, 'delta'), 'stop_reason'));
        break;
      case 'message_stop':
        this.endMessage();
        break;
      case 'completion':
        this.complete(event);
        break;
      case 'error':
        this.clear();
        this.streams.failAll(readField(event, 'error') ?? event);
        break;
    }
  }

  flush(): void {
    this.streams.release();
  }

  /** The finish reason arrives after the end of the last block. */
  private stop(reason: string | undefined): void {
    if (reason !== undefined) {
      this.stopReason = reason;
      this.streams.release(reason);
    }
  }

  private beginMessage(id: string | undefined): string {
    this.messageCount++;
    this.messageId = id ?? String(this.messageCount);
    this.block = undefined;
    return this.messageId;
  }

  /** A message may start with complete blocks, for example after the provider has run tools. */
  private readMessage(message: unknown): void {
    this.beginMessage(readName(message, 'id'));
    readList(message, 'content').forEach((block, index) => {
      this.beginBlock(index, block);
    });
    this.stopReason = readName(message, 'stop_reason');
  }

  private endMessage(): void {
    for (const index of this.inputs.keys()) {
      this.endBlock(index);
    }
    this.streams.endAll(this.stopReason);
    this.clear();
  }

  private clear(): void {
    this.inputs.clear();
    this.serverTools.clear();
    this.stopReason = undefined;
  }

  /** Reads an event of a text completion, the API before messages. Each event has its id. */
  private complete(event: unknown): void {
    const id = readName(event, 'id');
    if (this.messageId === undefined || (id !== undefined && id !== this.messageId)) {
      this.endMessage();
      this.beginMessage(id);
    }
    const { id: streamId, order } = this.blockAt(0);
    this.streams.append('answer', streamId, readText(event, 'completion'), order);
    this.stopReason = readName(event, 'stop_reason');
    if (this.stopReason !== undefined) {
      this.endMessage();
      this.messageId = undefined;
    }
  }

  private beginBlock(index: number | undefined, block: unknown): void {
    if (index === undefined) {
      return;
    }
    const { id, order } = this.blockAt(index);
    const type = readField(block, 'type');
    const text = TEXTS_OF_BLOCKS.get(type);
    if (text !== undefined) {
      this.streams.append(text.kind, id, readText(block, text.field), order);
    }
    this.streams.end('output', id, outputOf(block), order);
    if (SERVER_TOOLS.has(type)) {
      this.serverTools.add(index);
    }
    const input = inputOf(block);
    if (input !== undefined) {
      this.inputs.set(index, input);
    } else if (isTool(type)) {
      this.streams.begin('tool', id, order);
    }
  }

  private endBlock(index: number | undefined): void {
    if (index === undefined) {
      return;
    }
    const { id, order } = this.blockAt(index);
    const input = this.inputs.get(index);
    this.inputs.delete(index);
    this.streams.hold('answer', id);
    this.streams.hold('reasoning', id);
    // The input is parsed, so its JSON may differ from streamed arguments.
    this.streams.hold('tool', id, this.streams.has('tool', id) ? undefined : input, order);
    if (this.serverTools.delete(index)) {
      this.streams.release();
    }
  }

  /** Most deltas are of the same block as the one before. */
  private blockAt(index: number): Block {
    if (this.block?.index !== index) {
      const messageId = this.messageId ?? this.beginMessage(undefined);
      this.block = { index, id: `${messageId}/${index}`, order: [this.messageCount, index] };
    }
    return this.block;
  }
}

/** The complete arguments of a call; `undefined` if they are empty, because they follow if the call has any. */
function inputOf(block: unknown): string | undefined {
  const input = readField(block, 'input');
  const json = isObject(input) ? stringifyJSON(input) : undefined;
  return json === '{}' ? undefined : json;
}

/** The complete output of a tool that the provider ran; empty if it is not text. */
function outputOf(block: unknown): string {
  const content = readField(block, 'content');
  switch (readField(block, 'type')) {
    case 'bash_code_execution_tool_result':
    case 'code_execution_tool_result':
      return `${readText(content, 'stdout') ?? ''}${readText(content, 'stderr') ?? ''}`;
    case 'text_editor_code_execution_tool_result':
      return readText(content, 'content') ?? '';
    case 'advisor_tool_result':
      return readText(content, 'text') ?? '';
    case 'mcp_tool_result':
      return typeof content === 'string' ? content : textOfParts(readList(block, 'content'));
    default:
      return '';
  }
}

function textOfParts(parts: readonly unknown[]): string {
  return parts
    .filter((part) => readField(part, 'type') === 'text')
    .map((part) => readText(part, 'text') ?? '')
    .join('');
}
