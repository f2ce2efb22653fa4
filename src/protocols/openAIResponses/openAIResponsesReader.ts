import { readField, readIndex, readList, readName, readText } from '../connection/fields.js';
import { type OpenAIResponsesKind, OUTPUT_RULES, TEXT_RULES, type TextRule } from './openAIResponsesTexts.js';
import type { ConnectionReader, DeltaOutput } from '../connection/readConnection.js';

type Output = DeltaOutput<OpenAIResponsesKind>;

const RULES_OF_DELTAS = /* @__PURE__ */ rulesByEvent('delta');
const RULES_OF_FINALS = /* @__PURE__ */ rulesByEvent('done');

/** Knows the responses of one connection, and which of them an event belongs to. */
export class OpenAIResponsesReader implements ConnectionReader {
  private readonly output: Output;
  /** The responses that are not over, by their ids. */
  private readonly responses = new Map<string, ResponseReader>();
  /** The response that was created last, over or not. */
  private current: ResponseReader | undefined = undefined;
  /** The id of the response that was over, or cut off, last. */
  private lastOverId: string | undefined = undefined;
  private responseCount = 0;

  constructor(output: Output) {
    this.output = output;
  }

  read(event: unknown): void {
    const type = readText(event, 'type');
    if (type === undefined) {
      return;
    }
    const ruleOfDelta = RULES_OF_DELTAS.get(type);
    if (ruleOfDelta !== undefined) {
      this.responseOf(event).readDelta(ruleOfDelta, event);
      return;
    }
    const ruleOfFinal = RULES_OF_FINALS.get(type);
    if (ruleOfFinal !== undefined) {
      this.responseOf(event).readFinal(ruleOfFinal, event);
      return;
    }
    switch (type) {
      case 'response.created':
        this.create(readText(readField(event, 'response'), 'id'));
        break;
      case 'response.queued':
      case 'response.in_progress':
        // The first event of a resumed connection, where there is no `response.created`.
        this.current ??= this.begin(readText(readField(event, 'response'), 'id'));
        break;
      case 'response.output_item.added':
        this.responseOf(event).placeItem(readIndex(event, 'output_index'), readField(event, 'item'));
        break;
      case 'response.output_item.done':
        this.responseOf(event).endItem(readIndex(event, 'output_index'), readField(event, 'item'));
        break;
      case 'response.completed':
      case 'response.incomplete':
      case 'response.cancelled':
      case 'response.failed':
      case 'response.done':
        this.end(type, event);
        break;
      case 'error':
        this.fail(event);
        break;
    }
  }

  flush(): void {
    for (const response of this.responses.values()) {
      response.release();
    }
  }

  private fail(event: unknown): void {
    const id = readText(event, 'response_id');
    if (this.isOver(id)) {
      return;
    }
    let response = this.find(id);
    // On a connection whose events tell their response, an error without one is about a request and not about a text.
    if (response === undefined && this.current?.isAddressed === false) {
      response = this.current;
    }
    response?.fail(readField(event, 'error') ?? event);
  }

  private create(id: string | undefined): void {
    const known = this.find(id);
    if (known !== undefined) {
      this.current = known;
      return;
    }
    // Responses whose events tell which they belong to may well go on side by side.
    if (this.current !== undefined && !this.current.isAddressed) {
      this.current.end([]);
      this.forget(this.current);
    }
    this.current = this.begin(id);
  }

  private begin(id: string | undefined): ResponseReader {
    this.responseCount++;
    const response = new ResponseReader(this.output, id ?? String(this.responseCount), this.responseCount);
    this.responses.set(response.id, response);
    return response;
  }

  private find(id: string | undefined): ResponseReader | undefined {
    if (id === undefined) {
      return undefined;
    }
    return this.current?.id === id ? this.current : this.responses.get(id);
  }

  private responseOf(event: unknown): ResponseReader {
    const id = readText(event, 'response_id');
    if (id === undefined) {
      this.current ??= this.begin(undefined);
      return this.current;
    }
    const response = this.find(id) ?? this.begin(id);
    response.isAddressed = true;
    this.current ??= response;
    return response;
  }

  private end(type: string, event: unknown): void {
    const envelope = readField(event, 'response');
    const id = readText(envelope, 'id');
    if (this.isOver(id)) {
      return;
    }
    this.current ??= this.begin(id);
    // The id counts only if it is known, because some providers give each event another.
    const response = this.find(id) ?? this.current;
    if (type === 'response.failed' || readField(envelope, 'status') === 'failed') {
      const details = readField(envelope, 'status_details');
      response.fail(readField(envelope, 'error') ?? readField(details, 'error') ?? event);
    } else {
      response.end(readList(envelope, 'output'), reasonOf(type, envelope));
    }
    this.forget(response);
  }

  /** Whether an end names a response that is over: it comes late, or once more. */
  private isOver(id: string | undefined): boolean {
    if (id === undefined || this.find(id) !== undefined) {
      return false;
    }
    return id === this.lastOverId || this.current?.isAddressed === true;
  }

  private forget({ id }: ResponseReader): void {
    this.responses.delete(id);
    this.lastOverId = id;
  }
}

/** A text of a response. */
interface Text {
  readonly kind: OpenAIResponsesKind;
  readonly id: string;
  /** What is there twice, a delta and a final, is emitted once. */
  isOpen: boolean;
}

/** A text that has ended, while the producer may still say why. */
interface HeldEnd {
  readonly outputIndex: number;
  readonly text: Text;
  readonly fullText: string | undefined;
}

/** An output item of a response. */
interface Item {
  readonly texts: Map<string, Text>;
  isDone: boolean;
}

/**
 * Knows the texts of one response, which are told apart by where they stand in it. Their item ids would not do: some
 * providers give each event another. And a response that is replayed has its texts at the same places.
 */
class ResponseReader {
  readonly id: string;
  /** Whether events tell by themselves that they belong to this response. */
  isAddressed = false;
  private readonly output: Output;
  private readonly number: number;
  private readonly items = new Map<number, Item>();
  private readonly outputIndices = new Map<string, number>();
  private isOver = false;
  private held: HeldEnd[] = [];
  /** What the item says of the texts that are held. */
  private heldReason: string | undefined = undefined;

  constructor(output: Output, id: string, number: number) {
    this.output = output;
    this.id = id;
    this.number = number;
  }

  readDelta(rule: TextRule, event: unknown): void {
    const delta = readText(event, 'delta');
    const outputIndex = rule.hasOutputIndex ? readIndex(event, 'output_index') : 0;
    const index = rule.index === undefined ? 0 : readIndex(event, rule.index);
    if (delta === undefined || delta === '' || outputIndex === undefined || index === undefined) {
      return;
    }
    this.release();
    const text = this.findText(rule, outputIndex, index);
    if (text === undefined) {
      this.openText(rule, outputIndex, index, delta);
    } else {
      this.output.delta(text.kind, text.id, delta);
    }
  }

  readFinal(rule: TextRule, event: unknown): void {
    const outputIndex = rule.hasOutputIndex ? readIndex(event, 'output_index') : 0;
    const index = rule.index === undefined ? 0 : readIndex(event, rule.index);
    if (outputIndex !== undefined && index !== undefined) {
      this.releaseBefore(outputIndex);
      this.endText(rule, outputIndex, index, readField(event, rule.final));
    }
  }

  /** Remembers where an item stands, for the list of all items may lack some that stand before it. */
  placeItem(outputIndex: number | undefined, item: unknown): void {
    this.releaseBefore(outputIndex);
    const id = readText(item, 'id');
    if (outputIndex !== undefined && id !== undefined) {
      this.outputIndices.set(id, outputIndex);
    }
  }

  /** An item that is done carries all its texts, also those that were not streamed. */
  endItem(outputIndex: number | undefined, item: unknown): void {
    if (outputIndex === undefined) {
      return;
    }
    this.placeItem(outputIndex, item);
    const type = readField(item, 'type');
    for (const rule of [...Object.values(TEXT_RULES), ...OUTPUT_RULES]) {
      if (rule.item === type) {
        rule.textsOf(item).forEach((text, index) => {
          if (typeof text === 'string') {
            this.endText(rule, outputIndex, index, text);
          }
        });
      }
    }
    this.cutOff(outputIndex);
    this.itemAt(outputIndex).isDone = true;
    // Why an item is incomplete, the end of the response says, which comes next.
    const status = readText(item, 'status');
    this.heldReason = status === 'incomplete' ? status : undefined;
    if (status !== undefined && status !== 'incomplete') {
      this.release();
    }
  }

  /** Emits the ends that are held. */
  release(reason = this.heldReason): void {
    if (this.held.length > 0) {
      const { held } = this;
      this.held = [];
      for (const { text, fullText } of held) {
        this.output.end(text.kind, text.id, fullText, reason);
      }
    }
    this.heldReason = undefined;
  }

  /** Ends what is open. `outputs` are all items of the response. */
  end(outputs: readonly unknown[], reason?: string): void {
    if (!this.isOver) {
      outputs.forEach((item, index) => {
        const outputIndex = this.outputIndices.get(readText(item, 'id') ?? '') ?? index;
        if (this.items.get(outputIndex)?.isDone !== true) {
          this.endItem(outputIndex, item);
        }
      });
    }
    for (const outputIndex of this.items.keys()) {
      this.cutOff(outputIndex);
    }
    this.release(reason ?? this.heldReason);
    this.forget();
  }

  fail(error: unknown): void {
    this.release();
    for (const { texts } of this.items.values()) {
      for (const text of texts.values()) {
        if (text.isOpen) {
          this.output.error(text.kind, text.id, error);
        }
      }
    }
    this.forget();
  }

  private forget(): void {
    this.items.clear();
    this.outputIndices.clear();
    this.isOver = true;
  }

  private findText(rule: TextRule, outputIndex: number, index: number): Text | undefined {
    return this.items.get(outputIndex)?.texts.get(keyOf(rule, index));
  }

  private openText(rule: TextRule, outputIndex: number, index: number, delta: string): Text {
    const { output, number } = this;
    const id = `${output.prefix}${this.id}/${outputIndex}/${rule.indexPrefix ?? ''}${index}`;
    const text = { kind: rule.kind, id, isOpen: true };
    this.itemAt(outputIndex).texts.set(keyOf(rule, index), text);
    output.delta(text.kind, id, delta, [number, outputIndex, index]);
    return text;
  }

  private endText(rule: TextRule, outputIndex: number, index: number, final: unknown): void {
    // An empty text counts as absent, since some producers leave the field empty.
    const fullText = typeof final === 'string' && final !== '' ? final : undefined;
    let text = this.findText(rule, outputIndex, index);
    if (text === undefined && fullText !== undefined) {
      // An `end` has no order, so an empty delta puts the stream into its place.
      text = this.openText(rule, outputIndex, index, '');
    }
    if (text?.isOpen === true) {
      text.isOpen = false;
      this.held.push({ outputIndex, text, fullText });
    }
  }

  /** Ends the texts of an item that are still open. */
  private cutOff(outputIndex: number): void {
    const { texts } = this.itemAt(outputIndex);
    for (const text of texts.values()) {
      if (text.isOpen) {
        this.held.push({ outputIndex, text, fullText: undefined });
      }
    }
    texts.clear();
  }

  /** What follows belongs to another item, so nothing more is said of the one before it. */
  private releaseBefore(outputIndex: number | undefined): void {
    if (this.held.some((end) => end.outputIndex !== outputIndex)) {
      this.release();
    }
  }

  private itemAt(outputIndex: number): Item {
    let item = this.items.get(outputIndex);
    if (item === undefined) {
      item = { texts: new Map(), isDone: false };
      this.items.set(outputIndex, item);
    }
    return item;
  }
}

/** The producer's own word for why a response is not complete. */
function reasonOf(type: string, envelope: unknown): string | undefined {
  const status = readName(envelope, 'status') ?? type.slice('response.'.length);
  return status === 'completed' || status === 'done'
    ? undefined
    : (readName(readField(envelope, 'incomplete_details'), 'reason') ??
        readName(readField(envelope, 'status_details'), 'reason') ??
        status);
}

function keyOf(rule: TextRule, index: number): string {
  return `${rule.kind}/${rule.indexPrefix ?? ''}${index}`;
}

function rulesByEvent(suffix: string): ReadonlyMap<string, TextRule> {
  return new Map(Object.entries(TEXT_RULES).map(([name, rule]) => [`${name}.${suffix}`, rule]));
}
