import { readField, readIndex, readList, readName, readText } from '../connection/fields.js';
import { OpenStreams } from '../connection/openStreams.js';
import type { ConnectionReader, DeltaOutput } from '../connection/readConnection.js';

/** The kinds of streams that `fromOpenAIChat` tells apart. */
export type OpenAIChatKind = 'answer' | 'refusal' | 'reasoning' | 'tool' | 'transcript';

/** Knows the completion that one connection is at, and the choices of it. */
export class OpenAIChatReader implements ConnectionReader {
  private readonly output: DeltaOutput<OpenAIChatKind>;
  private completionCount = 0;
  private completionId: string | undefined = undefined;
  /** By their index. */
  private readonly choices = new Map<number, OpenAIChatChoice>();

  constructor(output: DeltaOutput<OpenAIChatKind>) {
    this.output = output;
  }

  read(chunk: unknown): void {
    const error = readField(chunk, 'error') ?? undefined;
    const choices = readList(chunk, 'choices');
    // A chunk without choices, about usage or filters, may have another id or none.
    if (choices.length > 0) {
      this.findCompletion(readName(chunk, 'id'), choices);
    }
    choices.forEach((choice, position) => {
      const index = readField(choice, 'index') === undefined ? position : readIndex(choice, 'index');
      if (index !== undefined) {
        this.choiceAt(index).read(choice, readField(chunk, 'object') === 'chat.completion', error);
      }
    });
    if (error !== undefined) {
      for (const choice of this.choices.values()) {
        choice.fail(error);
      }
    }
  }

  private findCompletion(id: string | undefined, choices: readonly unknown[]): void {
    const isAnother =
      id === undefined
        ? choices.some((choice, position) => this.isFinished(readIndex(choice, 'index') ?? position))
        : id !== this.completionId;
    if (!isAnother && this.completionId !== undefined) {
      return;
    }
    for (const choice of this.choices.values()) {
      choice.cutOff();
    }
    this.choices.clear();
    this.completionCount++;
    this.completionId = id ?? String(this.completionCount);
  }

  private isFinished(index: number): boolean {
    return this.choices.get(index)?.isFinished === true;
  }

  private choiceAt(index: number): OpenAIChatChoice {
    let choice = this.choices.get(index);
    if (choice === undefined) {
      const id = `${this.completionId ?? ''}/${index}`;
      choice = new OpenAIChatChoice(this.output, id, [this.completionCount, index]);
      this.choices.set(index, choice);
    }
    return choice;
  }
}

/** One of the answers of a completion. */
class OpenAIChatChoice {
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

/** The arguments of a call of a tool, or a piece of them. */
interface ToolCall {
  readonly index: number;
  /** Only at the beginning of a call; so is the name. */
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly input: string | undefined;
}

/** The texts of a message, or of a delta of it, which has the same shape. Reasoning is first, as models write it. */
function textsOf(message: unknown): ReadonlyMap<OpenAIChatKind, string> {
  const parts = readList(message, 'content');
  const texts: [OpenAIChatKind, string | undefined][] = [
    // Some servers give both names, each with the same text.
    ['reasoning', readName(message, 'reasoning_content') ?? readName(message, 'reasoning')],
    ['reasoning', parts.map(thinkingOf).join('')],
    ['answer', readText(message, 'content') ?? parts.map(textOf).join('')],
    ['refusal', readText(message, 'refusal')],
    ['transcript', readText(readField(message, 'audio'), 'transcript')],
  ];
  const result = new Map<OpenAIChatKind, string>();
  for (const [kind, text] of texts) {
    if (text !== undefined && text !== '') {
      result.set(kind, (result.get(kind) ?? '') + text);
    }
  }
  return result;
}

function toolCallsOf(message: unknown): readonly ToolCall[] {
  return readList(message, 'tool_calls').flatMap((call, position) => {
    const called = readField(call, 'function') ?? readField(call, 'custom');
    const index = readField(call, 'index') === undefined ? position : readIndex(call, 'index');
    return index === undefined
      ? []
      : [
          {
            index,
            id: readName(call, 'id'),
            name: readName(called, 'name'),
            input: readText(called, 'arguments') ?? readText(called, 'input'),
          },
        ];
  });
}

/** The arguments of the one call that there could be before there were tools. */
function functionCallOf(message: unknown): string | undefined {
  return readText(readField(message, 'function_call'), 'arguments');
}

function textOf(part: unknown): string {
  return readField(part, 'type') === 'text' ? (readText(part, 'text') ?? '') : '';
}

function thinkingOf(part: unknown): string {
  if (readField(part, 'type') !== 'thinking') {
    return '';
  }
  return readText(part, 'thinking') ?? readList(part, 'thinking').map(textOf).join('');
}
