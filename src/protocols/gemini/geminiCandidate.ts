import { readField, readList, readName, readText, stringifyJSON } from '../connection/fields.js';
import { GeminiArguments } from './geminiArguments.js';
import { OpenStreams } from '../connection/openStreams.js';
import type { DeltaOutput } from '../connection/readConnection.js';

/** The kinds of streams that `fromGemini` tells apart. */
export type GeminiKind = 'answer' | 'reasoning' | 'code' | 'tool' | 'output';

/** One of the answers of a response. */
export class GeminiCandidate {
  private readonly id: string;
  private readonly order: readonly number[];
  private readonly streams: OpenStreams<GeminiKind>;
  private codeCount = 0;
  private callCount = 0;
  /** The arguments of the call that is being streamed. */
  private callArguments: GeminiArguments | undefined = undefined;
  /** Whether a chunk has come without a `finishReason`: then one that has it is the last. */
  private hasGoneOn = false;
  /** The last one, of a server that says one with each chunk. */
  private finishReason: string | undefined = undefined;
  private isOver = false;

  constructor(output: DeltaOutput<GeminiKind>, id: string, order: readonly number[]) {
    this.id = id;
    this.order = order;
    this.streams = new OpenStreams(output);
  }

  /** Whether a chunk that names no response belongs to one that comes after this. */
  isBefore(candidate: unknown): boolean {
    return (
      this.isOver || (this.finishReason !== undefined && readName(candidate, 'finishReason') === undefined)
    );
  }

  /** @param error - That of the chunk: what fails has not finished. */
  read(candidate: unknown, isNamed: boolean, error: unknown): void {
    for (const part of readList(readField(candidate, 'content'), 'parts')) {
      this.readPart(part);
    }
    const finishReason = readName(candidate, 'finishReason');
    if (error !== undefined) {
      this.fail(error);
    } else if (finishReason === undefined) {
      this.hasGoneOn = true;
    } else {
      this.finishReason = finishReason;
      // Older servers, which name no response either, say in each chunk that it is the last.
      if (isNamed || this.hasGoneOn) {
        this.end();
      }
    }
  }

  /** The prompt was blocked: there is no answer, and there will be none. */
  block(feedback: unknown): void {
    this.streams.begin('answer', this.id, this.order);
    this.fail(feedback);
  }

  flush(): void {
    if (this.finishReason !== undefined) {
      this.end();
    }
  }

  end(): void {
    this.streams.endAll(this.finishReason);
    this.isOver = true;
  }

  fail(error: unknown): void {
    this.streams.failAll(error);
    this.isOver = true;
  }

  private readPart(part: unknown): void {
    const kind = readField(part, 'thought') === true ? 'reasoning' : 'answer';
    this.streams.append(kind, this.id, readText(part, 'text'), this.order);
    const code = readName(readField(part, 'executableCode'), 'code');
    if (code !== undefined) {
      // Each is a program of its own, and always whole.
      const id = `${this.id}/${this.codeCount}`;
      this.streams.append('code', id, code, [...this.order, this.codeCount]);
      this.streams.end('code', id);
      this.codeCount++;
    }
    const call = readField(part, 'functionCall');
    if (typeof call === 'object' && call !== null) {
      this.readCall(call);
    }
  }

  /** A call comes whole, or begins with its name and goes on as long as it says so. */
  private readCall(call: object): void {
    if (readName(call, 'name') !== undefined && this.callArguments !== undefined) {
      this.endCall();
    }
    const id = `${this.id}/${this.callCount}`;
    const order = [...this.order, this.callCount];
    const isLast = readField(call, 'willContinue') !== true;
    const values = readField(call, 'args');
    if (isLast && typeof values === 'object' && values !== null) {
      this.streams.end('tool', id, stringifyJSON(values), order);
      this.endCall();
      return;
    }
    this.callArguments ??= new GeminiArguments();
    for (const partial of readList(call, 'partialArgs')) {
      this.streams.append('tool', id, this.callArguments.write(partial), order);
    }
    if (isLast) {
      if (this.streams.has('tool', id)) {
        this.streams.append('tool', id, this.callArguments.close(), order);
      }
      this.endCall();
    }
  }

  private endCall(): void {
    this.streams.end('tool', `${this.id}/${this.callCount}`);
    this.callArguments = undefined;
    this.callCount++;
  }
}
