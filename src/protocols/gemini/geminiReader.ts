import { isObject, readField, readIndexAt, readList, readName, readText } from '../connection/fields.js';
import { GeminiCandidate, type GeminiKind } from './geminiCandidate.js';
import { GeminiInteractions } from './geminiInteractions.js';
import type { ConnectionReader, DeltaOutput } from '../connection/readConnection.js';

/** Reads the chunks of one connection, and tracks the candidates of the current response. */
export class GeminiReader implements ConnectionReader {
  private readonly output: DeltaOutput<GeminiKind>;
  private responseCount = 0;
  private responseId: string | undefined = undefined;
  /** By their index. */
  private readonly candidates = new Map<number, GeminiCandidate>();
  private readonly interactions: GeminiInteractions;

  constructor(output: DeltaOutput<GeminiKind>) {
    this.output = output;
    this.interactions = new GeminiInteractions(output, () => ++this.responseCount);
  }

  read(chunk: unknown): void {
    if (readText(chunk, 'event_type') !== undefined) {
      this.interactions.read(chunk);
      return;
    }
    const error = readField(chunk, 'error') ?? undefined;
    const candidates = readList(chunk, 'candidates');
    const feedback = readField(chunk, 'promptFeedback');
    if (candidates.length > 0) {
      // Only the first chunk of a response has feedback about the prompt.
      this.findResponse(readName(chunk, 'responseId'), candidates, isObject(feedback));
    }
    candidates.forEach((candidate, position) => {
      const index = readIndexAt(candidate, position);
      if (index !== undefined) {
        this.candidateAt(index).read(candidate, error);
      }
    });
    if (candidates.length === 0 && readName(feedback, 'blockReason') !== undefined) {
      this.block(readName(chunk, 'responseId'), feedback);
    }
    if (error !== undefined) {
      for (const candidate of this.candidates.values()) {
        candidate.fail(error);
      }
    }
  }

  /** Ends the candidates whose finish reason has arrived. */
  flush(): void {
    this.interactions.flush();
    for (const candidate of this.candidates.values()) {
      candidate.flush();
    }
  }

  /** A prompt may be found to be blocked after the answer has begun. */
  private block(id: string | undefined, feedback: unknown): void {
    const candidates = [...this.candidates.values()];
    const isAnother =
      id === undefined
        ? candidates.some((candidate) => candidate.isBefore(undefined))
        : id !== this.responseId;
    if (isAnother || candidates.length === 0) {
      this.beginResponse(id);
      this.candidateAt(0).block(feedback);
    } else {
      for (const candidate of candidates) {
        candidate.block(feedback);
      }
    }
  }

  private findResponse(id: string | undefined, candidates: readonly unknown[], isFirst: boolean): void {
    const isAnother =
      id === undefined
        ? candidates.some((candidate, position) => {
            const current = this.candidates.get(readIndexAt(candidate, position) ?? position);
            return current?.isBefore(isFirst ? undefined : candidate);
          })
        : id !== this.responseId;
    if (isAnother || this.responseId === undefined) {
      this.beginResponse(id);
    }
  }

  private beginResponse(id: string | undefined): void {
    for (const candidate of this.candidates.values()) {
      candidate.end();
    }
    this.candidates.clear();
    this.responseCount++;
    this.responseId = id ?? String(this.responseCount);
  }

  private candidateAt(index: number): GeminiCandidate {
    let candidate = this.candidates.get(index);
    if (candidate === undefined) {
      const id = `${this.responseId ?? ''}/${index}`;
      candidate = new GeminiCandidate(this.output, id, [this.responseCount, index]);
      this.candidates.set(index, candidate);
    }
    return candidate;
  }
}
