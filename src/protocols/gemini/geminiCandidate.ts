import { isObject, readField, readList, readName, stringifyJSON } from '../connection/fields.js';
import { GeminiArguments } from './geminiArguments.js';
import { OpenStreams } from '../connection/openStreams.js';
import type { DeltaOutput } from '../connection/readConnection.js';

/** The kinds of streams that `fromGemini` emits. */
export type GeminiKind = 'answer' | 'reasoning' | 'code' | 'tool' | 'output';

/** A candidate of a response: one of its alternative answers. */
export class GeminiCandidate {
  private readonly id: string;
  private readonly order: readonly number[];
  private readonly streams: OpenStreams<GeminiKind>;
  private codeCount = 0;
  private callCount = 0;
  /** The arguments of the open call. */
  private callArguments: GeminiArguments | undefined = undefined;
  /** Whether a chunk had no `finishReason`. Then a chunk that has one is the last. */
  private hasOpenChunk = false;
  /** The latest one, because some servers send one with each chunk. */
  private finishReason: string | undefined = undefined;
  private hasEnded = false;
  /** Whether the provider runs a piece of code. The model stops meanwhile, and continues after the result. */
  private isRunningCode = false;

  constructor(output: DeltaOutput<GeminiKind>, id: string, order: readonly number[]) {
    this.id = id;
    this.order = order;
    this.streams = new OpenStreams(output);
  }

  /**
   * Whether a chunk without a response id belongs to a later response.
   *
   * @param candidate - The candidate in the chunk. `undefined` if the chunk is the first of a response.
   */
  isBefore(candidate: unknown): boolean {
    if (candidate !== undefined && isMetadata(candidate)) {
      // A response may end with metadata, such as the sources of its text.
      return false;
    }
    const isFinished = this.finishReason !== undefined && !this.isRunningCode;
    return this.hasEnded || (isFinished && (this.hasOpenChunk || finishReasonOf(candidate) === undefined));
  }

  /** @param error - The error of the chunk. A candidate that fails ignores the finish reason. */
  read(candidate: unknown, error: unknown): void {
    if (this.isRunningCode) {
      // The reason was only why the model stopped for the code.
      this.finishReason = undefined;
    }
    for (const part of readList(readField(candidate, 'content'), 'parts')) {
      this.readPart(part);
    }
    const finishReason = finishReasonOf(candidate);
    if (error !== undefined) {
      this.fail(error);
    } else if (finishReason === undefined) {
      this.hasOpenChunk = true;
    } else {
      this.finishReason = finishReason;
      // Older servers send a finish reason with each chunk.
      if (this.hasOpenChunk && !this.isRunningCode) {
        this.end();
      }
    }
  }

  /** Fails the open texts, or else an empty answer, because the prompt was blocked. */
  block(feedback: unknown): void {
    if (this.hasEnded) {
      return;
    }
    if (!this.streams.has('reasoning', this.id)) {
      this.streams.begin('answer', this.id, this.order);
    }
    this.fail(feedback);
  }

  flush(): void {
    if (this.finishReason !== undefined) {
      this.end();
    }
  }

  end(): void {
    this.streams.endAll(this.finishReason);
    this.hasEnded = true;
  }

  fail(error: unknown): void {
    this.streams.failAll(error);
    this.hasEnded = true;
  }

  private readPart(part: unknown): void {
    const kind = readField(part, 'thought') === true ? 'reasoning' : 'answer';
    const text = readName(part, 'text');
    this.streams.append(kind, this.id, text, this.order);
    if (text !== undefined || isObject(readField(part, 'codeExecutionResult'))) {
      this.isRunningCode = false;
    }
    const code = readName(readField(part, 'executableCode'), 'code');
    if (code !== undefined) {
      // Each piece of code is a complete program.
      const id = `${this.id}/${this.codeCount}`;
      this.streams.append('code', id, code, [...this.order, this.codeCount]);
      this.streams.end('code', id);
      this.codeCount++;
      this.isRunningCode = true;
    }
    const call = readField(part, 'functionCall');
    if (isObject(call)) {
      this.readCall(call);
    }
  }

  /** A call arrives complete, or begins with its name and continues while it has `willContinue`. */
  private readCall(call: object): void {
    const isNamed = readName(call, 'name') !== undefined;
    if (isNamed && this.callArguments !== undefined) {
      this.endCall();
    }
    const id = `${this.id}/${this.callCount}`;
    const order = [...this.order, this.callCount];
    const isLast = readField(call, 'willContinue') !== true;
    const values = readField(call, 'args');
    if (isLast && isObject(values)) {
      this.streams.end('tool', id, stringifyJSON(values), order);
      this.endCall();
      return;
    }
    const partials = readList(call, 'partialArgs');
    if (!isNamed && this.callArguments === undefined && partials.length === 0) {
      // The end of a call that has ended.
      return;
    }
    this.callArguments ??= new GeminiArguments();
    for (const partial of partials) {
      this.streams.append('tool', id, this.callArguments.write(partial), order);
    }
    if (isLast) {
      this.streams.append('tool', id, this.callArguments.close(), order);
      this.endCall();
    }
  }

  private endCall(): void {
    this.streams.end('tool', `${this.id}/${this.callCount}`);
    this.callArguments = undefined;
    this.callCount++;
  }
}

/** Whether a chunk has neither content nor a finish reason. */
function isMetadata(candidate: unknown): boolean {
  const parts = readList(readField(candidate, 'content'), 'parts');
  return finishReasonOf(candidate) === undefined && parts.every((part) => readField(part, 'text') === '');
}

function finishReasonOf(candidate: unknown): string | undefined {
  const reason = readName(candidate, 'finishReason');
  return reason === 'FINISH_REASON_UNSPECIFIED' ? undefined : reason;
}
