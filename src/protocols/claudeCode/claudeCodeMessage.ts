import { readField, readText, stringifyJSON } from '../connection/fields.js';
import type { DeltaOutput } from '../connection/readConnection.js';

/** The kinds of streams that `fromClaudeCode` emits. */
export type ClaudeCodeKind = 'answer' | 'reasoning' | 'tool' | 'output';

/** The id and the `order` of a stream. */
export interface Place {
  readonly id: string;
  readonly order: readonly number[];
}

const KINDS: ReadonlyMap<unknown, ClaudeCodeKind> = new Map<unknown, ClaudeCodeKind>([
  ['text', 'answer'],
  ['thinking', 'reasoning'],
  ['tool_use', 'tool'],
  ['server_tool_use', 'tool'],
  ['mcp_tool_use', 'tool'],
]);

/** The type of the block of a delta, and its field with the text. */
const DELTAS: ReadonlyMap<unknown, { readonly block: string; readonly text: string }> = new Map([
  ['text_delta', { block: 'text', text: 'text' }],
  ['thinking_delta', { block: 'thinking', text: 'thinking' }],
  ['input_json_delta', { block: 'tool_use', text: 'partial_json' }],
]);

/** A block whose complete form has not arrived. */
interface Block {
  readonly type: string;
  /** `undefined` for blocks that are not text. */
  readonly kind: ClaudeCodeKind | undefined;
  state: 'empty' | 'open' | 'over';
}

/** The end of a stream whose finish reason may still arrive. */
interface HeldEnd {
  readonly kind: ClaudeCodeKind;
  readonly id: string;
  readonly text: string | undefined;
}

/** A message of an agent. Its blocks arrive in pieces, complete, or first in pieces and then complete. */
export class ClaudeCodeMessage {
  /** The producer's id, which distinguishes the events of this message from those of the next. */
  readonly id: string | undefined;
  /** The finish reason, which arrives after the end of the last block. */
  stopReason: string | undefined = undefined;
  private readonly output: DeltaOutput<ClaudeCodeKind>;
  private readonly idPrefix: string;
  private readonly number: number;
  private readonly blocks = new Map<number, Block>();
  /** The block indices of the calls without a result. */
  private readonly calls = new Map<string, number>();
  private nextIndex = 0;
  /** Ended streams whose finish reason may still arrive. */
  private held: HeldEnd[] = [];

  constructor(
    output: DeltaOutput<ClaudeCodeKind>,
    agent: string | undefined,
    id: string | undefined,
    number: number,
  ) {
    this.output = output;
    this.id = id;
    this.idPrefix = `${output.prefix}${agent === undefined ? '' : `${agent}/`}${number}/`;
    this.number = number;
  }

  placeOf(index: number): Place {
    return { id: `${this.idPrefix}${index}`, order: [this.number, index] };
  }

  startBlock(index: number, content: unknown): void {
    if (!this.blocks.has(index)) {
      const block = this.addBlock(index, content);
      this.append(index, block, readText(content, 'text') ?? readText(content, 'thinking'));
    }
  }

  readDelta(index: number, delta: unknown): void {
    const rule = DELTAS.get(readField(delta, 'type'));
    if (rule !== undefined) {
      const block = this.blocks.get(index) ?? this.addBlock(index, { type: rule.block });
      this.append(index, block, readText(delta, rule.text));
    }
  }

  endBlock(index: number): void {
    const block = this.blocks.get(index);
    if (block?.kind !== undefined && block.state === 'open') {
      block.state = 'over';
      this.held.push({ kind: block.kind, id: this.placeOf(index).id, text: undefined });
    }
  }

  /** Emits the held ends. */
  release(): void {
    const { held, stopReason } = this;
    this.held = [];
    for (const { kind, id, text } of held) {
      this.output.end(kind, id, text, stopReason);
    }
  }

  /** Reads a complete block: the first one of its type that arrived in pieces, or else a new one. */
  readBlock(content: unknown, stopReason?: string): void {
    const index = this.findBlock(readText(content, 'type')) ?? this.nextIndex;
    const { kind, state } = this.blocks.get(index) ?? this.addBlock(index, content);
    this.blocks.delete(index);
    const text = textOf(content);
    const { id, order } = this.placeOf(index);
    if (kind === undefined) {
      return;
    }
    if (state === 'open') {
      // The input is parsed, so its JSON may differ from streamed arguments.
      this.held.push({ kind, id, text: kind === 'tool' ? undefined : text });
    } else if (state === 'empty' && text !== undefined) {
      this.output.start(kind, id, order);
      this.output.end(kind, id, text, stopReason);
    }
  }

  /** Removes a call whose result has arrived, and returns its place. */
  takeCall(callId: string): Place | undefined {
    const index = this.calls.get(callId);
    this.calls.delete(callId);
    return index === undefined ? undefined : this.placeOf(index);
  }

  endAll(): void {
    for (const index of this.blocks.keys()) {
      this.endBlock(index);
    }
    this.release();
  }

  failAll(error: unknown): void {
    this.release();
    for (const [index, block] of this.blocks) {
      if (block.kind !== undefined && block.state === 'open') {
        block.state = 'over';
        this.output.error(block.kind, this.placeOf(index).id, error);
      }
    }
  }

  private findBlock(type: string | undefined): number | undefined {
    for (const [index, block] of this.blocks) {
      if (block.type === type) {
        return index;
      }
    }
    return undefined;
  }

  private addBlock(index: number, content: unknown): Block {
    const type = readText(content, 'type') ?? '';
    const block: Block = { type, kind: KINDS.get(type), state: 'empty' };
    const callId = readText(content, 'id');
    this.blocks.set(index, block);
    this.nextIndex = Math.max(this.nextIndex, index + 1);
    if (callId !== undefined) {
      this.calls.set(callId, index);
    }
    return block;
  }

  private append(index: number, block: Block, text: string | undefined): void {
    if (block.kind === undefined || block.state === 'over' || text === undefined || text === '') {
      return;
    }
    const { id, order } = this.placeOf(index);
    this.output.delta(block.kind, id, text, block.state === 'open' ? undefined : order);
    block.state = 'open';
  }
}

/** The text of a block, if it has one. */
function textOf(content: unknown): string | undefined {
  const text = readText(content, 'text') ?? readText(content, 'thinking') ?? inputOf(content);
  return text === '' ? undefined : text;
}

function inputOf(content: unknown): string | undefined {
  const input = readField(content, 'input');
  return input === undefined ? undefined : stringifyJSON(input);
}
