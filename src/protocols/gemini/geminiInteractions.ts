import {
  isObject,
  readField,
  readIndex,
  readList,
  readName,
  readText,
  stringifyJSON,
} from '../connection/fields.js';
import type { GeminiKind } from './geminiCandidate.js';
import { OpenStreams } from '../connection/openStreams.js';
import type { DeltaOutput } from '../connection/readConnection.js';

/** Reads the events of the Interactions API. Its texts are in numbered steps. */
export class GeminiInteractions {
  private readonly streams: OpenStreams<GeminiKind>;
  private readonly countInteraction: () => number;
  private number = 0;
  /** `undefined` between interactions. */
  private id: string | undefined = undefined;
  /** The arguments that arrived with the start of a step, by its index. */
  private readonly inputs = new Map<number, string>();

  /** @param countInteraction - Returns the number of the next response on the connection. */
  constructor(output: DeltaOutput<GeminiKind>, countInteraction: () => number) {
    this.streams = new OpenStreams(output);
    this.countInteraction = countInteraction;
  }

  read(event: unknown): void {
    switch (readField(event, 'event_type')) {
      case 'interaction.created':
      case 'interaction.start':
        this.end();
        this.begin(readName(readField(event, 'interaction'), 'id'));
        break;
      case 'step.start':
        this.streams.release();
        this.readStep(readIndex(event, 'index'), readField(event, 'step'));
        break;
      case 'content.start':
        this.streams.release();
        this.readStep(readIndex(event, 'index'), readField(event, 'content'));
        break;
      case 'step.delta':
      case 'content.delta':
        this.streams.release();
        this.readDelta(readIndex(event, 'index'), readField(event, 'delta'));
        break;
      case 'step.stop':
      case 'content.stop':
        this.endStep(readIndex(event, 'index'));
        break;
      case 'interaction.completed':
      case 'interaction.complete':
        this.end(readName(readField(event, 'interaction'), 'status'));
        break;
      case 'error':
        this.streams.failAll(readField(event, 'error') ?? event);
        this.inputs.clear();
        break;
    }
  }

  flush(): void {
    this.streams.release();
  }

  private begin(id: string | undefined): string {
    this.number = this.countInteraction();
    this.id = id ?? String(this.number);
    return this.id;
  }

  private end(status?: string): void {
    for (const index of this.inputs.keys()) {
      this.endStep(index);
    }
    this.streams.endAll(status);
    this.id = undefined;
  }

  /** Reads the start of a step. It may have a text, and calls and results may be complete. */
  private readStep(index: number | undefined, step: unknown): void {
    if (index === undefined) {
      return;
    }
    for (const part of readList(step, 'content')) {
      this.append('answer', index, readText(part, 'text'));
    }
    for (const part of readList(step, 'summary')) {
      this.append('reasoning', index, readText(part, 'text'));
    }
    this.readDelta(index, step);
  }

  /** A delta has the fields of a step of its type. */
  private readDelta(index: number | undefined, delta: unknown): void {
    if (index === undefined) {
      return;
    }
    const argumentsOf = readField(delta, 'arguments');
    switch (readField(delta, 'type')) {
      case 'text':
        this.append('answer', index, readText(delta, 'text'));
        break;
      case 'thought_summary':
        this.append('reasoning', index, readText(readField(delta, 'content'), 'text'));
        break;
      case 'arguments_delta':
        this.append('tool', index, readText(delta, 'arguments'));
        break;
      case 'function_call':
      case 'mcp_server_tool_call':
        this.setInput(index, argumentsOf);
        break;
      case 'code_execution_call':
        this.append('code', index, readText(argumentsOf, 'code'));
        break;
      case 'code_execution_result':
      case 'mcp_server_tool_result':
        this.append('output', index, textOfResult(delta));
        break;
    }
  }

  private setInput(index: number, input: unknown): void {
    const json = isObject(input) ? stringifyJSON(input) : undefined;
    if (json !== undefined) {
      this.inputs.set(index, json);
    }
  }

  private append(kind: GeminiKind, index: number, text: string | undefined): void {
    if (text !== undefined && text !== '') {
      this.streams.append(kind, this.idOf(index), text, this.orderOf(index));
    }
  }

  private endStep(index: number | undefined): void {
    if (index === undefined) {
      return;
    }
    const id = this.idOf(index);
    const input = this.inputs.get(index);
    this.inputs.delete(index);
    this.streams.hold('answer', id);
    this.streams.hold('reasoning', id);
    this.streams.hold('code', id);
    this.streams.hold('output', id);
    // If the arguments are streamed, the input is empty.
    this.streams.hold('tool', id, this.streams.has('tool', id) ? undefined : input, this.orderOf(index));
  }

  private idOf(index: number): string {
    return `${this.id ?? this.begin(undefined)}/${index}`;
  }

  private orderOf(index: number): readonly number[] {
    return [this.number, index];
  }
}

/** The result of code is a text; that of a tool is a text or a list of parts. */
function textOfResult(delta: unknown): string {
  return (
    readText(delta, 'result') ??
    readList(delta, 'result')
      .map((part) => readText(part, 'text') ?? '')
      .join('')
  );
}
