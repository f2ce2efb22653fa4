import { readField, readIndex, readList, readName } from '../connection/fields.js';
import type { DeltaOutput } from '../connection/readConnection.js';
import type { RealtimeKind } from './realtimeKind.js';

/** A text of a response. */
interface Text {
  readonly kind: RealtimeKind;
  readonly id: string;
  readonly position: string;
  /** Whether the producer has sent the full text. */
  isDone: boolean;
  fullText: string | undefined;
  isOpen: boolean;
}

/**
 * The texts of one response, by their positions.
 *
 * A text finishes before its item, but only the item shows whether the text is complete, and only the response has the
 * reason if it is not. So a finished text ends with its item, or with the response if the item is incomplete.
 */
export class RealtimeResponse {
  readonly id: string;
  /** Whether events name this response. */
  isAddressed = false;
  private readonly output: DeltaOutput<RealtimeKind>;
  private readonly place: number;
  private readonly texts = new Map<string, Text>();
  /** The positions of items, by their ids. */
  private readonly positions = new Map<string, string>();

  constructor(output: DeltaOutput<RealtimeKind>, id: string, place: number) {
    this.output = output;
    this.id = id;
    this.place = place;
  }

  append(kind: RealtimeKind, event: unknown, delta: string | undefined): void {
    if (delta === undefined || delta === '') {
      return;
    }
    const position = this.positionOf(event);
    const index = indexOf(event);
    const text = this.texts.get(keyOf(kind, position, index));
    if (text === undefined) {
      this.open(kind, position, index, delta);
    } else {
      this.output.delta(kind, text.id, delta);
    }
  }

  finish(kind: RealtimeKind, event: unknown, fullText: string | undefined): void {
    this.finishText(kind, this.positionOf(event), indexOf(event), fullText);
  }

  endItem(event: unknown, item: unknown): void {
    const id = readName(item, 'id');
    const known = id === undefined ? undefined : this.positions.get(id);
    const position = known ?? this.positionOf(event);
    if (id !== undefined) {
      this.positions.set(id, position);
    }
    this.endItemAt(position, item);
  }

  /** Ends an item in the list of all items of the response. */
  endListedItem(item: unknown, index: number): void {
    this.endItemAt(this.positions.get(readName(item, 'id') ?? '') ?? String(index), item);
  }

  end(finishReason: string | undefined, error: unknown): void {
    for (const text of this.texts.values()) {
      if (text.isOpen && error !== undefined && !text.isDone) {
        text.isOpen = false;
        this.output.error(text.kind, text.id, error);
      } else {
        this.endText(text, finishReason);
      }
    }
  }

  flush(): void {
    for (const text of this.texts.values()) {
      if (text.isDone) {
        this.endText(text, undefined);
      }
    }
  }

  private endItemAt(position: string, item: unknown): void {
    const type = readField(item, 'type');
    readList(item, type === 'reasoning' ? 'summary' : 'content').forEach((part, index) => {
      this.finishText(type === 'reasoning' ? 'reasoning' : 'answer', position, index, readName(part, 'text'));
      this.finishText('transcript', position, index, readName(part, 'transcript'));
    });
    this.finishText('tool', position, 0, readName(item, 'arguments'));
    if (type === 'mcp_call') {
      this.finishText('output', position, 0, readName(item, 'output'));
    }
    const status = readName(item, 'status');
    if (status === 'incomplete') {
      return;
    }
    for (const text of this.texts.values()) {
      if (text.position === position) {
        this.endText(text, status);
      }
    }
  }

  private finishText(
    kind: RealtimeKind,
    position: string,
    index: number,
    fullText: string | undefined,
  ): void {
    // An empty full text is ignored, because some producers leave the field empty.
    const text = fullText === '' ? undefined : fullText;
    let known = this.texts.get(keyOf(kind, position, index));
    if (known === undefined && text !== undefined) {
      // An `end` has no `order`, so an empty delta opens the stream with it.
      known = this.open(kind, position, index, '');
    }
    if (known?.isOpen === true) {
      known.isDone = true;
      known.fullText = text ?? known.fullText;
    }
  }

  private open(kind: RealtimeKind, position: string, index: number, delta: string): Text {
    const id = `${this.output.prefix}${this.id}/${position}/${index}`;
    const text = { kind, id, position, isDone: false, fullText: undefined, isOpen: true };
    this.texts.set(keyOf(kind, position, index), text);
    // Items without an index sort in the order of their arrival.
    const outputIndex = /^\d+$/.test(position) ? Number(position) : this.texts.size;
    this.output.delta(kind, id, delta, [this.place, outputIndex, index]);
    return text;
  }

  private endText(text: Text, finishReason: string | undefined): void {
    if (text.isOpen) {
      text.isOpen = false;
      this.output.end(text.kind, text.id, text.fullText, finishReason);
      text.fullText = undefined;
    }
  }

  private positionOf(event: unknown): string {
    const index = readIndex(event, 'output_index');
    const item = readName(event, 'item_id');
    const known = item === undefined ? undefined : this.positions.get(item);
    const position = index === undefined ? (known ?? item ?? '0') : String(index);
    if (item !== undefined) {
      this.positions.set(item, position);
    }
    return position;
  }
}

/** The place of a text in its item. */
function indexOf(event: unknown): number {
  return readIndex(event, 'content_index') ?? readIndex(event, 'summary_index') ?? 0;
}

/** No kind contains a space. */
function keyOf(kind: RealtimeKind, position: string, index: number): string {
  return `${kind} ${index} ${position}`;
}
