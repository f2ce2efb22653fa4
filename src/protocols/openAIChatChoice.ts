import { readField, readName, readText } from './fields.js';
import {
  functionCallOf,
  type OpenAIChatKind,
  textsOf,
  type ToolCall,
  toolCallsOf,
} from './openAIChatTexts.js';
import { OpenStreams } from './openStreams.js';
import type { DeltaOutput } from './readConnection.js';

/** One of the answers of a completion. */
export class OpenAIChatChoice {
  isFinished = false;
  private readonly id: string;
  private readonly order: readonly number[];
  private readonly streams: OpenStreams<OpenAIChatKind>;
  /** The calls that were begun last, by their index. */
  private readonly calls = new Map<number, { id: string | undefined; count: number }>();
  /** Whether its `message` only says once more what is in the `delta` beside it. */
  private isMessageRepetition = false;

  constructor(output: DeltaOutput<OpenAIChatKind>, id: string, order: readonly number[]) {
    this.id = id;
    this.order = order;
    this.streams = new OpenStreams(output);
  }

  /** @param error - That of the chunk: what does not end well has no full text. */
  read(choice: unknown, isWhole: boolean, error: unknown): void {
    const message = readField(choice, 'message');
    this.readTexts(readField(choice, 'delta'), textsOf(message));
    this.streams.append('answer', this.id, readText(choice, 'text'), this.order);
    const reason = readName(choice, 'finish_reason');
    const ownError = readField(choice, 'error') ?? (reason === 'error' ? choice : undefined);
    if (error !== undefined || ownError !== undefined) {
      this.fail(error ?? ownError);
    } else if (reason !== undefined || isWhole) {
      this.finish(message);
    }
  }

  cutOff(): void {
    this.streams.endAll();
  }

  fail(error: unknown): void {
    this.streams.failAll(error);
    this.isFinished = true;
  }

  private readTexts(delta: unknown, messageTexts: ReadonlyMap<OpenAIChatKind, string>): void {
    for (const [kind, text] of textsOf(delta)) {
      // A full text cannot be one delta, when there was another before.
      if (this.streams.has(kind, this.id) && messageTexts.get(kind) === text) {
        this.isMessageRepetition = true;
      }
      this.streams.append(kind, this.id, text, this.order);
    }
    for (const call of toolCallsOf(delta)) {
      this.streams.append('tool', this.beginCall(call), call.input, [...this.order, call.index]);
    }
    this.streams.append('tool', `${this.id}/function`, functionCallOf(delta), this.order);
  }

  private finish(message: unknown): void {
    if (!this.isMessageRepetition) {
      for (const [kind, text] of textsOf(message)) {
        this.streams.end(kind, this.id, text, this.order);
      }
      // Those of a message have no index, and may be fewer than were streamed.
      for (const call of this.calls.size === 0 ? toolCallsOf(message) : []) {
        this.streams.end('tool', this.beginCall(call), call.input, [...this.order, call.index]);
      }
      this.streams.end('tool', `${this.id}/function`, functionCallOf(message), this.order);
    }
    this.streams.endAll();
    this.isFinished = true;
  }

  /** Returns the id of the stream. Some servers give all calls the same index, but each has an id and a name. */
  private beginCall({ index, id, name }: ToolCall): string {
    let call = this.calls.get(index);
    if (call === undefined) {
      call = { id, count: 1 };
      this.calls.set(index, call);
    } else if (id !== undefined && name !== undefined && call.id !== undefined && id !== call.id) {
      this.streams.end('tool', this.idOfCall(index, call.count));
      call.id = id;
      call.count++;
    }
    return this.idOfCall(index, call.count);
  }

  private idOfCall(index: number, count: number): string {
    return `${this.id}/${index}${count === 1 ? '' : `/${count}`}`;
  }
}
