import { readField, readList, readName, readText, stringifyJSON } from '../connection/fields.js';
import { OpenStreams } from '../connection/openStreams.js';
import type { ConnectionReader, DeltaOutput } from '../connection/readConnection.js';

/** The kinds of streams that `fromOllama` emits. */
export type OllamaKind = 'answer' | 'reasoning' | 'tool';

/** Reads the responses of one connection, one after another. They have no ids, so they are numbered. */
export class OllamaReader implements ConnectionReader {
  private readonly streams: OpenStreams<OllamaKind>;
  private responseCount = 1;
  private callCount = 0;

  constructor(output: DeltaOutput<OllamaKind>) {
    this.streams = new OpenStreams(output);
  }

  read(chunk: unknown): void {
    const error = readField(chunk, 'error') ?? undefined;
    if (error !== undefined) {
      this.streams.failAll(error);
      this.endResponse();
      return;
    }
    const message = readField(chunk, 'message');
    this.append('reasoning', readText(message, 'thinking') ?? readText(chunk, 'thinking'), 0);
    this.append('answer', readText(message, 'content') ?? readText(chunk, 'response'), 1);
    for (const call of readList(message, 'tool_calls')) {
      this.readCall(readField(readField(call, 'function'), 'arguments'));
    }
    if (readField(chunk, 'done') === true) {
      this.streams.endAll(readName(chunk, 'done_reason'));
      this.endResponse();
    }
  }

  private append(kind: OllamaKind, text: string | undefined, place: number): void {
    this.streams.append(kind, String(this.responseCount), text, [this.responseCount, place]);
  }

  /** Reads a complete call. */
  private readCall(values: unknown): void {
    const text = typeof values === 'string' ? values : stringifyJSON(values);
    if (text !== undefined) {
      const number = this.callCount++;
      this.streams.end('tool', `${this.responseCount}/${number}`, text, [this.responseCount, 2, number]);
    }
  }

  private endResponse(): void {
    this.responseCount++;
    this.callCount = 0;
  }
}
