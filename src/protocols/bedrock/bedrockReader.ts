import { isObject, readField, readIndex, readList, readName, readText } from '../connection/fields.js';
import { OpenStreams } from '../connection/openStreams.js';
import type { ConnectionReader, DeltaOutput } from '../connection/readConnection.js';

/** The kinds of streams that `fromBedrock` emits. */
export type BedrockKind = 'answer' | 'reasoning' | 'tool' | 'output';

/** The errors that the service sends as an event of the stream. */
const EXCEPTIONS = [
  'internalServerException',
  'modelStreamErrorException',
  'serviceUnavailableException',
  'throttlingException',
  'validationException',
];

const KINDS: readonly BedrockKind[] = ['answer', 'reasoning', 'tool', 'output'];

/** Reads the messages of one connection. An event is an object with one property, which has the name of the event. */
export class BedrockReader implements ConnectionReader {
  private readonly streams: OpenStreams<BedrockKind>;
  /** The service sends no ids, so messages are numbered. */
  private messageCount = 0;
  private isInMessage = false;

  constructor(output: DeltaOutput<BedrockKind>) {
    this.streams = new OpenStreams(output);
  }

  read(event: unknown): void {
    if (isObject(readField(event, 'messageStart'))) {
      this.endMessage();
    }
    const start = readField(event, 'contentBlockStart');
    const delta = readField(event, 'contentBlockDelta');
    if (isObject(start) || isObject(delta)) {
      this.streams.release();
    }
    this.readStart(readIndex(start, 'contentBlockIndex'), readField(start, 'start'));
    this.readDelta(readIndex(delta, 'contentBlockIndex'), readField(delta, 'delta'));
    this.endBlock(readIndex(readField(event, 'contentBlockStop'), 'contentBlockIndex'));
    const stop = readField(event, 'messageStop');
    if (isObject(stop)) {
      this.endMessage(readName(stop, 'stopReason'));
    }
    for (const name of EXCEPTIONS) {
      const error = readField(event, name);
      if (isObject(error)) {
        this.streams.failAll(error);
        this.isInMessage = false;
      }
    }
  }

  flush(): void {
    this.streams.release();
  }

  private readStart(index: number | undefined, start: unknown): void {
    if (index !== undefined && isObject(readField(start, 'toolUse'))) {
      this.beginTool(index);
    }
  }

  private readDelta(index: number | undefined, delta: unknown): void {
    if (index === undefined || !isObject(delta)) {
      return;
    }
    const toolUse = readField(delta, 'toolUse');
    if (isObject(toolUse)) {
      this.beginTool(index);
    }
    this.append('answer', index, readText(delta, 'text'));
    this.append('reasoning', index, readText(readField(delta, 'reasoningContent'), 'text'));
    this.append('tool', index, readText(toolUse, 'input'));
    for (const part of readList(delta, 'toolResult')) {
      this.append('output', index, readText(part, 'text'));
    }
  }

  private beginTool(index: number): void {
    this.beginMessage();
    this.streams.begin('tool', this.idOf(index), this.orderOf(index));
  }

  private append(kind: BedrockKind, index: number, text: string | undefined): void {
    if (text !== undefined && text !== '') {
      this.beginMessage();
      this.streams.append(kind, this.idOf(index), text, this.orderOf(index));
    }
  }

  private endBlock(index: number | undefined): void {
    if (index !== undefined) {
      for (const kind of KINDS) {
        this.streams.hold(kind, this.idOf(index));
      }
    }
  }

  private beginMessage(): void {
    if (!this.isInMessage) {
      this.isInMessage = true;
      this.messageCount++;
    }
  }

  private endMessage(stopReason?: string): void {
    this.streams.endAll(stopReason);
    this.isInMessage = false;
  }

  private idOf(index: number): string {
    return `${this.messageCount}/${index}`;
  }

  private orderOf(index: number): readonly number[] {
    return [this.messageCount, index];
  }
}
