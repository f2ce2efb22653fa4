import { isObject, readField, readList, readName, readText, stringifyJSON } from '../connection/fields.js';
import { OpenStreams } from '../connection/openStreams.js';
import type { DeltaOutput } from '../connection/readConnection.js';
import type { RealtimeKind } from './realtimeKind.js';

/** The kinds that the model generates. Transcripts are independent of them, and may arrive later. */
const GENERATED: readonly RealtimeKind[] = ['answer', 'reasoning'];

/** Reads the messages of the Live API of Gemini. They have no ids, so turns are numbered. */
export class GeminiLive {
  private readonly streams: OpenStreams<RealtimeKind>;
  private turn = 1;
  /** The ids of the open streams of this turn. */
  private readonly open = new Map<RealtimeKind, string>();
  /** The number of streams of each kind in this turn. */
  private readonly counts = new Map<RealtimeKind, number>();

  constructor(output: DeltaOutput<RealtimeKind>) {
    this.streams = new OpenStreams(output);
  }

  read(message: unknown): void {
    if (isObject(readField(message, 'setupComplete'))) {
      this.endTurn(undefined);
    }
    const content = readField(message, 'serverContent');
    if (isObject(content)) {
      this.readContent(content);
    }
    for (const call of readList(readField(message, 'toolCall'), 'functionCalls')) {
      this.readCall(call);
    }
    const error = readField(message, 'error');
    if (isObject(error)) {
      this.streams.failAll(error);
      this.endTurn(undefined);
    }
  }

  private readContent(content: unknown): void {
    this.transcribe('input', readField(content, 'inputTranscription'));
    for (const part of readList(readField(content, 'modelTurn'), 'parts')) {
      this.readPart(part);
    }
    this.transcribe('transcript', readField(content, 'outputTranscription'));
    if (readField(content, 'interrupted') === true) {
      this.end([...GENERATED, 'transcript'], 'interrupted');
    }
    if (readField(content, 'generationComplete') === true) {
      this.end(GENERATED, undefined);
    }
    if (readField(content, 'turnComplete') === true) {
      this.endTurn(readName(content, 'turnCompleteReason'));
    }
  }

  private transcribe(kind: RealtimeKind, transcription: unknown): void {
    this.append(kind, readText(transcription, 'text'));
    if (readField(transcription, 'finished') === true) {
      this.end([kind], undefined);
    }
  }

  private readPart(part: unknown): void {
    this.append(readField(part, 'thought') === true ? 'reasoning' : 'answer', readText(part, 'text'));
    this.readWhole('code', readName(readField(part, 'executableCode'), 'code'));
    this.readWhole('output', readName(readField(part, 'codeExecutionResult'), 'output'));
    this.readCall(readField(part, 'functionCall'));
  }

  private readCall(call: unknown): void {
    if (isObject(call)) {
      this.readWhole('tool', stringifyJSON(readField(call, 'args') ?? {}));
    }
  }

  private append(kind: RealtimeKind, delta: string | undefined): void {
    if (delta === undefined || delta === '') {
      return;
    }
    const id = this.open.get(kind) ?? this.nextIdOf(kind);
    this.open.set(kind, id);
    this.streams.append(kind, id, delta, this.orderOf(kind));
  }

  /** Reads a complete text. */
  private readWhole(kind: RealtimeKind, text: string | undefined): void {
    if (text !== undefined) {
      const id = this.nextIdOf(kind);
      this.streams.end(kind, id, text, this.orderOf(kind));
    }
  }

  private end(kinds: readonly RealtimeKind[], finishReason: string | undefined): void {
    for (const kind of kinds) {
      const id = this.open.get(kind);
      if (id !== undefined) {
        this.open.delete(kind);
        this.streams.end(kind, id, undefined, undefined, finishReason);
      }
    }
  }

  private endTurn(finishReason: string | undefined): void {
    // The finish reason is about the output of the model, not about the input.
    this.end(['input'], undefined);
    this.end([...this.open.keys()], finishReason);
    this.open.clear();
    if (this.counts.size > 0) {
      this.counts.clear();
      this.turn++;
    }
  }

  private nextIdOf(kind: RealtimeKind): string {
    const count = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, count);
    return `${this.turn}/${count}`;
  }

  private orderOf(kind: RealtimeKind): readonly number[] {
    return [this.turn, kind === 'input' ? 0 : 1, this.counts.get(kind) ?? 0];
  }
}
