import { readField, readIndex, readName, readText } from '../connection/fields.js';
import { OpenStreams } from '../connection/openStreams.js';
import type { ConnectionReader, DeltaOutput } from '../connection/readConnection.js';

/** The kinds of streams that `fromCohere` tells apart. */
export type CohereKind = 'answer' | 'reasoning' | 'tool';

/** Reads the messages of one connection. Content and calls have indices of their own, and the plan has none. */
export class CohereReader implements ConnectionReader {
  private readonly streams: OpenStreams<CohereKind>;
  private messageCount = 0;
  /** `undefined` between messages. */
  private messageId: string | undefined = undefined;

  constructor(output: DeltaOutput<CohereKind>) {
    this.streams = new OpenStreams(output);
  }

  read(event: unknown): void {
    const index = readIndex(event, 'index');
    const delta = readField(event, 'delta');
    const message = readField(delta, 'message');
    switch (readField(event, 'type')) {
      case 'message-start':
        this.endMessage();
        this.beginMessage(readName(event, 'id'));
        break;
      case 'tool-plan-delta':
        this.append('reasoning', 'plan', readText(message, 'tool_plan'), []);
        break;
      case 'content-start':
      case 'content-delta':
        this.readContent(index, readField(message, 'content'));
        break;
      case 'tool-call-start':
        this.beginCall(index);
        this.readCall(index, message);
        break;
      case 'tool-call-delta':
        this.readCall(index, message);
        break;
      case 'content-end':
        this.end('answer', index);
        this.end('reasoning', index);
        break;
      case 'tool-call-end':
        this.end('tool', index);
        break;
      case 'message-end':
        this.finishMessage(readField(delta, 'error') ?? undefined);
        break;
    }
  }

  private readContent(index: number | undefined, content: unknown): void {
    if (index !== undefined) {
      this.append('reasoning', index, readText(content, 'thinking'), [1, index]);
      this.append('answer', index, readText(content, 'text'), [1, index]);
    }
  }

  private readCall(index: number | undefined, message: unknown): void {
    if (index !== undefined) {
      const called = readField(readField(message, 'tool_calls'), 'function');
      this.append('tool', index, readText(called, 'arguments'), [2, index]);
    }
  }

  /** A call may have no arguments. */
  private beginCall(index: number | undefined): void {
    if (index !== undefined) {
      const id = this.idOf(index);
      this.streams.begin('tool', id, [this.messageCount, 2, index]);
    }
  }

  private append(
    kind: CohereKind,
    name: number | string,
    text: string | undefined,
    order: readonly number[],
  ): void {
    const id = this.idOf(name);
    this.streams.append(kind, id, text, [this.messageCount, ...order]);
  }

  private end(kind: CohereKind, index: number | undefined): void {
    if (index !== undefined && this.messageId !== undefined) {
      this.streams.end(kind, this.idOf(index));
    }
  }

  private beginMessage(id: string | undefined): string {
    this.messageCount++;
    this.messageId = id ?? String(this.messageCount);
    return this.messageId;
  }

  private endMessage(): void {
    this.streams.endAll();
    this.messageId = undefined;
  }

  private finishMessage(error: unknown): void {
    if (error !== undefined) {
      this.streams.failAll(error);
    }
    this.endMessage();
  }

  private idOf(name: number | string): string {
    return `${this.messageId ?? this.beginMessage(undefined)}/${name}`;
  }
}
