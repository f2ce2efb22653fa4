import {
  isObject,
  readField,
  readIndex,
  readList,
  readName,
  readText,
  stringifyJSON,
} from '../connection/fields.js';
import { OpenStreams } from '../connection/openStreams.js';
import type { DeltaOutput } from '../connection/readConnection.js';
import type { LangGraphKind } from './langGraphEvent.js';

/** The stream of a block. A block whose type changes has a stream for each kind. */
interface Block {
  readonly kind: LangGraphKind;
  readonly id: string;
  readonly order: readonly number[];
  /** The length of the emitted text. */
  sent: number;
  /** The length of the text that arrived in pieces. */
  appended: number;
  isOpen: boolean;
}

interface Message {
  readonly id: string;
  readonly number: number;
  readonly namespace: readonly unknown[];
  readonly runId: string | undefined;
  /** The kind of its text: from the model, a tool or the user. */
  readonly textKind: LangGraphKind;
  readonly blocks: Map<string, Block>;
  /** The end of the last block, because the finish reason arrives with the end of the message. */
  held: { readonly block: Block; readonly text: string | undefined } | undefined;
}

/** Reads the events of the second streaming protocol, whose messages consist of content blocks. */
export class ContentBlocks {
  private readonly output: DeltaOutput<LangGraphKind>;
  private readonly tools: OpenStreams<LangGraphKind>;
  /** By namespace and node, and also by the run if events name it. */
  private readonly messages = new Map<string, Message>();
  private count = 0;

  constructor(output: DeltaOutput<LangGraphKind>) {
    this.output = output;
    this.tools = new OpenStreams(output);
  }

  read(method: string, data: unknown, params: unknown): void {
    switch (method) {
      case 'messages':
        this.readMessage(data, params);
        break;
      case 'tools':
        this.readTool(data);
        break;
      case 'lifecycle':
        this.readLifecycle(data, readList(params, 'namespace'));
        break;
      default:
        break;
    }
  }

  flush(): void {
    for (const message of this.messages.values()) {
      this.release(message, undefined);
    }
  }

  private readMessage(data: unknown, params: unknown): void {
    const event = readText(data, 'event');
    if (event === 'message-start') {
      this.begin(data, params);
      return;
    }
    if (
      event === undefined ||
      !/^(?:content-block-(?:start|delta|finish)|message-finish|error)$/.test(event)
    ) {
      return;
    }
    const message = this.find(data, params) ?? this.begin(data, params);
    const index = readIndex(data, 'index');
    switch (event) {
      case 'message-finish':
        this.finish(message, reasonOf(data));
        return;
      case 'error':
        this.fail(message, data);
        return;
    }
    this.release(message, undefined);
    if (index === undefined) {
      return;
    }
    switch (event) {
      case 'content-block-start':
        this.startBlock(message, index, readField(data, 'content'));
        break;
      case 'content-block-delta':
        // Older servers send the piece as `content`.
        this.appendContent(message, index, readField(data, 'content'));
        this.readDelta(message, index, readField(data, 'delta'));
        break;
      case 'content-block-finish':
        this.finishBlock(message, index, readField(data, 'content'));
        break;
    }
  }

  private begin(data: unknown, params: unknown): Message {
    const place = placeOf(params);
    const runId = readName(data, 'run_id');
    const id = readName(data, 'id') ?? runId;
    const key = keyOf(place, runId);
    const known = this.messages.get(key);
    if (known !== undefined && known.id === id) {
      return known;
    }
    const last = this.messages.get(keyOf(place, undefined));
    for (const over of [known, last?.runId === undefined ? last : undefined]) {
      if (over !== undefined) {
        this.finish(over, undefined);
      }
    }
    this.count++;
    const message: Message = {
      id: id ?? String(this.count),
      number: this.count,
      namespace: readList(params, 'namespace'),
      runId,
      textKind: textKindOf(readField(data, 'role')),
      blocks: new Map(),
      held: undefined,
    };
    this.messages.set(key, message);
    // Events without a run belong to the latest message of their node.
    this.messages.set(keyOf(place, undefined), message);
    return message;
  }

  private find(data: unknown, params: unknown): Message | undefined {
    const place = placeOf(params);
    const runId = readName(data, 'run_id');
    const last = this.messages.get(keyOf(place, undefined));
    const isOfLast = runId === undefined || last?.runId === undefined;
    return this.messages.get(keyOf(place, runId)) ?? (isOfLast ? last : undefined);
  }

  private remove(message: Message): void {
    for (const [key, each] of this.messages) {
      if (each === message) {
        this.messages.delete(key);
      }
    }
  }

  private readTool(data: unknown): void {
    const id = readName(data, 'tool_call_id');
    if (id === undefined) {
      return;
    }
    switch (readField(data, 'event')) {
      case 'tool-output-delta':
        if (!this.tools.has('output', id)) {
          this.count++;
        }
        this.tools.append('output', id, readText(data, 'delta'), [this.count]);
        break;
      case 'tool-finished':
        this.tools.end('output', id);
        break;
      case 'tool-error':
        this.tools.fail('output', id, data);
        break;
    }
  }

  /** The end of a graph ends its open messages and those of its subgraphs. */
  private readLifecycle(data: unknown, namespace: readonly unknown[]): void {
    const event = readText(data, 'event');
    if (event === undefined || !/^(?:completed|failed|interrupted)$/.test(event)) {
      return;
    }
    for (const message of this.messages.values()) {
      if (namespace.every((segment, index) => segment === message.namespace[index])) {
        if (event === 'failed') {
          this.fail(message, readField(data, 'error') ?? data);
        } else {
          this.finish(message, undefined);
        }
      }
    }
  }

  private finish(message: Message, finishReason: string | undefined): void {
    this.release(message, finishReason);
    for (const block of message.blocks.values()) {
      this.endBlock(block, undefined, finishReason);
    }
    this.remove(message);
  }

  private fail(message: Message, error: unknown): void {
    this.release(message, undefined);
    for (const { kind, id, isOpen } of message.blocks.values()) {
      if (isOpen) {
        this.output.error(kind, id, error);
      }
    }
    this.remove(message);
  }

  private release(message: Message, finishReason: string | undefined): void {
    if (message.held !== undefined) {
      const { block, text } = message.held;
      message.held = undefined;
      this.endBlock(block, text, finishReason);
    }
  }

  private startBlock(message: Message, index: number, content: unknown): void {
    if (kindOf(message, content) === 'tool') {
      const block = this.blockAt(message, 'tool', index);
      // A call may have no arguments.
      if (!block.isOpen) {
        this.emit(block, '');
      }
    }
    this.appendContent(message, index, content);
  }

  private appendContent(message: Message, index: number, content: unknown): void {
    const kind = kindOf(message, content);
    if (kind !== undefined) {
      this.append(message, kind, index, pieceOf(content));
    }
  }

  private readDelta(message: Message, index: number, delta: unknown): void {
    switch (readField(delta, 'type')) {
      case 'text-delta':
        this.append(message, message.textKind, index, readText(delta, 'text'));
        break;
      case 'reasoning-delta':
        this.append(message, 'reasoning', index, readText(delta, 'reasoning'));
        break;
      case 'tool-call-delta':
        this.append(message, 'tool', index, readText(delta, 'args'));
        break;
      case 'block-delta':
        this.mergeFields(message, index, readField(delta, 'fields'));
        break;
    }
  }

  /** Fields replace those of the block, so they have the full text so far. Only `input_json_delta` has a piece. */
  private mergeFields(message: Message, index: number, fields: unknown): void {
    const kind = kindOf(message, fields);
    const text = pieceOf(fields);
    if (kind === undefined || text === undefined) {
      return;
    }
    if (readField(fields, 'type') === 'input_json_delta') {
      this.append(message, kind, index, text);
      return;
    }
    const block = this.blockAt(message, kind, index);
    if (text.length > block.sent) {
      this.emit(block, text.slice(block.sent));
      block.sent = text.length;
    }
  }

  /** Appends the part of a piece that was not emitted yet: arguments arrive in pieces and as the full text so far. */
  private append(message: Message, kind: LangGraphKind, index: number, text: string | undefined): void {
    if (text === undefined || text === '') {
      return;
    }
    const block = this.blockAt(message, kind, index);
    block.appended += text.length;
    const length = block.appended - block.sent;
    if (length > 0) {
      this.emit(block, text.slice(text.length - length));
      block.sent = block.appended;
    }
  }

  private finishBlock(message: Message, index: number, content: unknown): void {
    const kind = kindOf(message, content);
    if (kind === undefined) {
      return;
    }
    const block = this.blockAt(message, kind, index);
    message.blocks.delete(keyOfBlock(kind, index));
    message.held = { block, text: fullTextOf(content, block) };
  }

  private emit(block: Block, delta: string): void {
    this.output.delta(block.kind, block.id, delta, block.isOpen ? undefined : block.order);
    block.isOpen = true;
  }

  private endBlock(block: Block, text: string | undefined, finishReason: string | undefined): void {
    const fullText = text === '' ? undefined : text;
    if (!block.isOpen && fullText !== undefined) {
      // An `end` has no `order`, so an empty delta opens the stream with it.
      this.emit(block, '');
    }
    if (block.isOpen) {
      block.isOpen = false;
      this.output.end(block.kind, block.id, fullText, finishReason);
    }
  }

  private blockAt(message: Message, kind: LangGraphKind, index: number): Block {
    const key = keyOfBlock(kind, index);
    let block = message.blocks.get(key);
    if (block === undefined) {
      const id = `${this.output.prefix}${message.id}/${index}`;
      block = { kind, id, order: [message.number, index], sent: 0, appended: 0, isOpen: false };
      message.blocks.set(key, block);
    }
    return block;
  }
}

/** The full text of a finished block. */
function fullTextOf(content: unknown, block: Block): string | undefined {
  const values = readField(content, 'args');
  if (block.kind === 'tool' && isObject(values)) {
    // The parsed arguments have another JSON text than the streamed ones.
    return block.sent > 0 ? undefined : stringifyJSON(values);
  }
  // The `input` of an `input_json_delta` has only the last piece.
  return readField(content, 'type') === 'input_json_delta' ? readText(content, 'args') : pieceOf(content);
}

function keyOfBlock(kind: LangGraphKind, index: number): string {
  return `${kind} ${index}`;
}

function kindOf(message: Message, content: unknown): LangGraphKind | undefined {
  switch (readField(content, 'type')) {
    case 'text':
      return message.textKind;
    case 'reasoning':
    case 'thinking':
      return 'reasoning';
    case 'tool_call':
    case 'tool_call_chunk':
    case 'invalid_tool_call':
    case 'server_tool_call':
    case 'server_tool_call_chunk':
    case 'tool_use':
    case 'input_json_delta':
      return 'tool';
    case 'server_tool_result':
      return 'output';
    default:
      return undefined;
  }
}

/** The text of a block or of a piece of it. `input` is Anthropic's name for the arguments. */
function pieceOf(content: unknown): string | undefined {
  for (const name of ['text', 'reasoning', 'thinking', 'args', 'input', 'output']) {
    const text = readText(content, name);
    if (text !== undefined) {
      return text;
    }
  }
  return undefined;
}

function textKindOf(role: unknown): LangGraphKind {
  switch (role) {
    case 'tool':
      return 'output';
    case 'human':
    case 'system':
      return 'input';
    default:
      return 'answer';
  }
}

function reasonOf(data: unknown): string | undefined {
  const metadata = readField(data, 'responseMetadata') ?? readField(data, 'metadata');
  return readName(data, 'reason') ?? readName(metadata, 'finish_reason') ?? readName(metadata, 'stop_reason');
}

/** The namespace and the node that generate a message. */
function placeOf(params: unknown): string {
  const namespace = readList(params, 'namespace').filter((segment) => typeof segment === 'string');
  return JSON.stringify([namespace, readText(params, 'node') ?? '']);
}

function keyOf(place: string, runId: string | undefined): string {
  return runId === undefined ? place : `${place} ${runId}`;
}
