import { readField, readIndex, readList, readName, readText, stringifyJSON } from '../connection/fields.js';
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
const TEXTS_OF_DELTAS: ReadonlyMap<unknown, BlockText> = new Map([
  ['text_delta', { kind: 'answer', field: 'text' }],
  ['thinking_delta', { kind: 'reasoning', field: 'thinking' }],
  ['compaction_delta', { kind: 'reasoning', field: 'content' }],
  ['input_json_delta', { kind: 'tool', field: 'partial_json' }],
]);

const SERVER_TOOLS: ReadonlySet<unknown> = new Set(['server_tool_use', 'mcp_tool_use']);

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
    const type = readField(event, 'type');
    if (type !== 'message_delta' && type !== 'message_stop') {
      this.streams.release();
    }
    switch (type) {
      case 'message_start':
        this.endMessage();
        this.beginMessage(readName(readField(event, 'message'), 'id'));
        break;
      case 'content_block_start':
        this.beginBlock(readIndex(event, 'index'), readField(event, 'content_block'));
        break;
      case 'content_block_delta':
        this.append(readIndex(event, 'index'), readField(event, 'delta'), TEXTS_OF_DELTAS);
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

  private beginBlock(index: number | undefined, block: unknown): void {
    this.append(index, block, TEXTS_OF_BLOCKS);
    if (index !== undefined) {
      this.streams.end('output', this.idOf(index), outputOf(block), this.orderOf(index));
    }
    if (index !== undefined && SERVER_TOOLS.has(readField(block, 'type'))) {
      this.serverTools.add(index);
    }
    const input = readField(block, 'input');
    if (index !== undefined && typeof input === 'object' && input !== null) {
      const json = stringifyJSON(input);
      // If the input is empty, the arguments follow.
      if (json !== undefined && json !== '{}') {
        this.inputs.set(index, json);
      }
    }
  }

  private append(index: number | undefined, source: unknown, texts: ReadonlyMap<unknown, BlockText>): void {
    const text = texts.get(readField(source, 'type'));
    if (index !== undefined && text !== undefined) {
      const delta = readText(source, text.field);
      this.streams.append(text.kind, this.idOf(index), delta, this.orderOf(index));
    }
  }

  private endBlock(index: number | undefined): void {
    if (index === undefined) {
      return;
    }
    const id = this.idOf(index);
    const input = this.inputs.get(index);
    this.inputs.delete(index);
    this.streams.hold('answer', id);
    this.streams.hold('reasoning', id);
    // The input is parsed, so its JSON may differ from streamed arguments.
    this.streams.hold('tool', id, this.streams.has('tool', id) ? undefined : input, this.orderOf(index));
    if (this.serverTools.delete(index)) {
      this.streams.release();
    }
  }

  private idOf(index: number): string {
    return this.blockAt(index).id;
  }

  private orderOf(index: number): readonly number[] {
    return this.blockAt(index).order;
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

/** The complete output of a tool that the provider ran; empty if it is not text. */
function outputOf(block: unknown): string {
  const content = readField(block, 'content');
  switch (readField(block, 'type')) {
    case 'bash_code_execution_tool_result':
    case 'code_execution_tool_result':
      return `${readText(content, 'stdout') ?? ''}${readText(content, 'stderr') ?? ''}`;
    case 'text_editor_code_execution_tool_result':
      return readText(content, 'content') ?? '';
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
