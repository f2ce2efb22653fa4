import { isIndex, readField, readList, readName, readText } from '../connection/fields.js';
import { ITEM_RULES, type OpenAIResponsesKind, TEXT_RULES, type TextRule } from './openAIResponsesTexts.js';
import { MAX_STREAMS, setRecent } from '../connection/leastRecent.js';
import type { ConnectionReader, DeltaOutput } from '../connection/readConnection.js';

type Output = DeltaOutput<OpenAIResponsesKind>;

const RULES_OF_DELTAS = /* @__PURE__ */ rulesByEvent('delta', () => true);
const RULES_OF_FINALS = /* @__PURE__ */ rulesByEvent('done', ({ final }) => final !== undefined);

/** Tracks the lanes of one connection. On a WebSocket, several may stream a response each at the same time. */
export class OpenAIResponsesReader implements ConnectionReader {
  private readonly output: Output;
  private readonly numbers = new ResponseNumbers();
  /** By their `stream_id`. */
  private readonly lanes = new Map<string, ResponseLane>();
  private readonly mainLane: ResponseLane;

  constructor(output: Output) {
    this.output = output;
    this.mainLane = new ResponseLane(output, this.numbers);
  }

  read(event: unknown): void {
    this.laneOf(laneIdOf(event)).read(event);
  }

  flush(): void {
    this.mainLane.flush();
    for (const lane of this.lanes.values()) {
      lane.flush();
    }
  }

  private laneOf(id: string | undefined): ResponseLane {
    if (id === undefined) {
      return this.mainLane;
    }
    let lane = this.lanes.get(id);
    if (lane === undefined) {
      lane = new ResponseLane(this.output, this.numbers);
      setRecent(this.lanes, id, lane, MAX_STREAMS)?.flush();
    }
    return lane;
  }
}

/** The numbers of the responses of a connection, in the order of their beginnings. */
class ResponseNumbers {
  private count = 0;

  next(): number {
    this.count++;
    return this.count;
  }
}

/** Tracks the responses of one lane, and passes each event to its response. */
class ResponseLane {
  private readonly output: Output;
  private readonly numbers: ResponseNumbers;
  /** The responses that have not ended, by their ids. */
  private readonly responses = new Map<string, ResponseReader>();
  /** The latest response, which may have ended. */
  private current: ResponseReader | undefined = undefined;
  /** The id of the response that ended last. */
  private lastEndedId: string | undefined = undefined;
  private latestType = '';
  private latestRule: TextRule | undefined = undefined;

  constructor(output: Output, numbers: ResponseNumbers) {
    this.output = output;
    this.numbers = numbers;
  }

  read(event: unknown): void {
    const type = readText(event, 'type');
    if (type === undefined) {
      this.readWhole(event);
      return;
    }
    const ruleOfDelta = this.ruleOfDelta(type);
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
        this.resume(readText(readField(event, 'response'), 'id'));
        break;
      case 'response.output_item.added':
        this.responseOf(event).readItem(event);
        break;
      case 'response.output_item.done':
        this.responseOf(event).readDoneItem(event);
        break;
      case 'response.completed':
      case 'response.incomplete':
      case 'response.cancelled':
      case 'response.failed':
      case 'response.done':
        // Some servers send the fields of the response in the event itself.
        this.end(type, readField(event, 'response') ?? event);
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

  /** Most events have the type of the event before. Comparing it takes less time than its hash, which a `Map` needs. */
  private ruleOfDelta(type: string): TextRule | undefined {
    if (type !== this.latestType) {
      this.latestType = type;
      this.latestRule = RULES_OF_DELTAS.get(type);
    }
    return this.latestRule;
  }

  /** Reads a response that is not streamed, or that a client polls. */
  private readWhole(response: unknown): void {
    if (readField(response, 'object') !== 'response') {
      return;
    }
    const id = readText(response, 'id');
    const status = readText(response, 'status');
    if (status === 'queued' || status === 'in_progress') {
      this.resume(id);
      return;
    }
    if (this.find(id) === undefined && !this.hasEnded(id)) {
      this.create(id);
    }
    this.end(`response.${status ?? 'completed'}`, response);
  }

  private fail(event: unknown): void {
    const id = readText(event, 'response_id');
    if (this.hasEnded(id)) {
      return;
    }
    let response = this.find(id);
    // If events name their response, an error that names none is about a request.
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
    // Responses may overlap if their events name them.
    if (this.current !== undefined && !this.current.isAddressed) {
      this.current.end([]);
      this.remove(this.current);
    }
    this.current = this.begin(id);
  }

  /** A resumed connection may begin a response with its progress instead of `response.created`. */
  private resume(id: string | undefined): void {
    const { current } = this;
    if (current === undefined || (current.hasEnded && id !== undefined && id !== current.id)) {
      this.create(id);
    }
  }

  private begin(id: string | undefined): ResponseReader {
    const number = this.numbers.next();
    const response = new ResponseReader(this.output, id ?? String(number), number);
    setRecent(this.responses, response.id, response, MAX_STREAMS)?.release();
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

  private end(type: string, envelope: unknown): void {
    const id = readText(envelope, 'id');
    if (this.hasEnded(id)) {
      return;
    }
    this.current ??= this.begin(id);
    // An unknown id is ignored, because some providers change the id with every event.
    const response = this.find(id) ?? this.current;
    if (type === 'response.failed' || readField(envelope, 'status') === 'failed') {
      const details = readField(envelope, 'status_details');
      response.fail(readField(envelope, 'error') ?? readField(details, 'error') ?? envelope);
    } else {
      response.end(readList(envelope, 'output'), reasonOf(type, envelope));
    }
    this.remove(response);
  }

  /** Whether an end is late or repeated: it names a response that has ended. */
  private hasEnded(id: string | undefined): boolean {
    if (id === undefined || this.find(id) !== undefined) {
      return false;
    }
    return id === this.lastEndedId || this.current?.isAddressed === true;
  }

  private remove({ id }: ResponseReader): void {
    this.responses.delete(id);
    this.lastEndedId = id;
  }
}

/** A text of a response. */
interface Text {
  readonly kind: OpenAIResponsesKind;
  readonly id: string;
  isOpen: boolean;
}

/** A text, and where it is. */
interface PlacedText {
  readonly rule: TextRule;
  readonly outputIndex: number;
  readonly index: number;
  readonly text: Text;
}

/** The end of a text whose finish reason may still arrive. */
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
 * The texts of one response, identified by their positions. Item ids cannot identify them, because some providers change
 * the id with every event. In a replay, the positions are the same.
 */
class ResponseReader {
  readonly id: string;
  /** Whether events name this response. */
  isAddressed = false;
  hasEnded = false;
  private readonly output: Output;
  private readonly number: number;
  private readonly items = new Map<number, Item>();
  /** The positions of the items, by their ids. */
  private readonly outputIndices = new Map<string, number>();
  /** The position of the latest item of each type that has not ended. */
  private readonly indicesByType = new Map<string, number>();
  private nextOutputIndex = 0;
  /** Whether events lack an `output_index` that is not known from others. */
  private lacksIndices = false;
  /** The text that was found last, because most deltas continue it. */
  private latest: PlacedText | undefined = undefined;
  private held: HeldEnd[] = [];
  /** The finish reason of the held ends, from their item. */
  private heldReason: string | undefined = undefined;

  constructor(output: Output, id: string, number: number) {
    this.output = output;
    this.id = id;
    this.number = number;
  }

  readDelta(rule: TextRule, event: unknown): void {
    const delta = textOf(rule, readField(event, 'delta'));
    const outputIndex = this.outputIndexOf(rule, event);
    const index = indexOf(rule, event);
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
    const outputIndex = this.outputIndexOf(rule, event);
    const index = indexOf(rule, event);
    if (outputIndex !== undefined && index !== undefined) {
      this.releaseBefore(outputIndex);
      this.endText(rule, outputIndex, index, readField(event, rule.final ?? ''));
    }
  }

  readItem(event: unknown): void {
    const item = readField(event, 'item');
    const outputIndex = this.indexOfItem(event, readText(item, 'id'), readText(item, 'type'));
    if (outputIndex !== undefined) {
      this.placeItem(outputIndex, item);
    }
  }

  readDoneItem(event: unknown): void {
    const item = readField(event, 'item');
    const outputIndex = this.indexOfItem(event, readText(item, 'id'), readText(item, 'type'));
    if (outputIndex !== undefined) {
      this.endItem(outputIndex, item);
    }
  }

  /** Emits the held ends. */
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

  /** Ends the open texts. `outputs` are all items of the response. */
  end(outputs: readonly unknown[], reason?: string): void {
    if (!this.hasEnded) {
      outputs.forEach((item, position) => {
        const outputIndex = this.indexInList(item, position);
        if (this.items.get(outputIndex)?.isDone !== true) {
          this.endItem(outputIndex, item);
        }
      });
    }
    for (const outputIndex of this.items.keys()) {
      this.endOpenTexts(outputIndex);
    }
    this.release(reason ?? this.heldReason);
    this.clear();
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
    this.clear();
  }

  private clear(): void {
    this.items.clear();
    this.latest = undefined;
    this.outputIndices.clear();
    this.indicesByType.clear();
    this.hasEnded = true;
  }

  private outputIndexOf(rule: TextRule, event: unknown): number | undefined {
    const outputIndex = readField(event, 'output_index');
    return isIndex(outputIndex)
      ? outputIndex
      : this.indexOfItem(event, readText(event, 'item_id'), rule.item);
  }

  /** Without an `output_index`, the id of an item identifies it, or else its type. */
  private indexOfItem(event: unknown, id: string | undefined, type: string | undefined): number | undefined {
    const outputIndex = readField(event, 'output_index') ?? undefined;
    if (outputIndex !== undefined) {
      return isIndex(outputIndex) ? outputIndex : undefined;
    }
    const known = id === undefined ? this.indicesByType.get(type ?? '') : this.outputIndices.get(id);
    if (known !== undefined || (id === undefined && type === undefined)) {
      return known;
    }
    const next = this.nextOutputIndex;
    this.lacksIndices = true;
    this.place(next, id, type);
    return next;
  }

  /** The list of all items may lack earlier ones, so the position in it is not always that in the response. */
  private indexInList(item: unknown, position: number): number {
    const known = this.outputIndices.get(readText(item, 'id') ?? '');
    if (known !== undefined || !this.lacksIndices) {
      return known ?? position;
    }
    return this.indicesByType.get(readText(item, 'type') ?? '') ?? this.nextOutputIndex;
  }

  private place(outputIndex: number, id: string | undefined, type: string | undefined): void {
    this.nextOutputIndex = Math.max(this.nextOutputIndex, outputIndex + 1);
    if (id !== undefined) {
      this.outputIndices.set(id, outputIndex);
    }
    if (type !== undefined) {
      this.indicesByType.set(type, outputIndex);
    }
  }

  private placeItem(outputIndex: number, item: unknown): void {
    this.releaseBefore(outputIndex);
    this.place(outputIndex, readText(item, 'id'), readText(item, 'type'));
  }

  /** The end of an item has all its texts, including texts that were not streamed. */
  private endItem(outputIndex: number, item: unknown): void {
    this.placeItem(outputIndex, item);
    const type = readText(item, 'type') ?? '';
    for (const rule of [...Object.values(TEXT_RULES), ...ITEM_RULES]) {
      if (rule.item === type) {
        rule.textsOf(item).forEach((text, index) => {
          if (typeof text === 'string') {
            this.endText(rule, outputIndex, index, text);
          }
        });
      }
    }
    this.endOpenTexts(outputIndex);
    this.itemAt(outputIndex).isDone = true;
    this.indicesByType.delete(type);
    // The next event, the end of the response, has the reason why an item is incomplete.
    const status = readText(item, 'status');
    this.heldReason = status === 'incomplete' ? status : undefined;
    if (status !== undefined && status !== 'incomplete') {
      this.release();
    }
  }

  private findText(rule: TextRule, outputIndex: number, index: number): Text | undefined {
    const { latest } = this;
    if (latest?.rule === rule && latest.outputIndex === outputIndex && latest.index === index) {
      return latest.text;
    }
    const text = this.items.get(outputIndex)?.texts.get(keyOf(rule, index));
    this.latest = text === undefined ? undefined : { rule, outputIndex, index, text };
    return text;
  }

  private openText(rule: TextRule, outputIndex: number, index: number, delta: string): Text {
    const { output, number } = this;
    const id = `${output.prefix}${this.id}/${outputIndex}/${rule.indexPrefix ?? ''}${index}`;
    const text = { kind: rule.kind, id, isOpen: true };
    this.place(outputIndex, undefined, rule.item);
    this.itemAt(outputIndex).texts.set(keyOf(rule, index), text);
    output.delta(text.kind, id, delta, [number, outputIndex, index]);
    return text;
  }

  private endText(rule: TextRule, outputIndex: number, index: number, final: unknown): void {
    // An empty full text is ignored, because some producers leave the field empty.
    const fullText = typeof final === 'string' && final !== '' ? final : undefined;
    let text = this.findText(rule, outputIndex, index);
    if (text === undefined && fullText !== undefined) {
      // An `end` has no `order`, so an empty delta opens the stream with it.
      text = this.openText(rule, outputIndex, index, '');
    }
    if (text?.isOpen === true) {
      text.isOpen = false;
      this.held.push({ outputIndex, text, fullText });
    }
  }

  /** Ends the texts of an item that are still open. */
  private endOpenTexts(outputIndex: number): void {
    const { texts } = this.itemAt(outputIndex);
    for (const text of texts.values()) {
      if (text.isOpen) {
        this.held.push({ outputIndex, text, fullText: undefined });
      }
    }
    texts.clear();
    this.latest = undefined;
  }

  /** Emits the held ends when the next event is about another item, and so has no reason for them. */
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

/** Like `readText`. A named property is faster to read, and every event passes here. */
function laneIdOf(event: unknown): string | undefined {
  if (typeof event !== 'object' || event === null) {
    return undefined;
  }
  try {
    const { stream_id: id } = event as { readonly stream_id?: unknown };
    return typeof id === 'string' ? id : undefined;
  } catch {
    return undefined;
  }
}

/** The producer's reason why a response is not complete. */
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

function textOf(rule: TextRule, value: unknown): string | undefined {
  const text = rule.textOf === undefined ? value : rule.textOf(value);
  return typeof text === 'string' ? text : undefined;
}

/** A text without an index is the only one of its type in its item. */
function indexOf({ index: name }: TextRule, event: unknown): number | undefined {
  const index = name === undefined ? 0 : (readField(event, name) ?? 0);
  return isIndex(index) ? index : undefined;
}

function rulesByEvent(suffix: string, isRead: (rule: TextRule) => boolean): ReadonlyMap<string, TextRule> {
  const rules = Object.entries(TEXT_RULES).filter(([, rule]) => isRead(rule));
  return new Map(rules.map(([name, rule]) => [`${name}.${suffix}`, rule]));
}
