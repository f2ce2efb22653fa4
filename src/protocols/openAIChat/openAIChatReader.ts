import {
  isObject,
  readField,
  readIndexAt,
  readList,
  readName,
  readText,
  stringifyJSON,
} from '../connection/fields.js';
import { OpenStreams } from '../connection/openStreams.js';
import type { ConnectionReader, DeltaOutput } from '../connection/readConnection.js';

/** The kinds of streams that `fromOpenAIChat` emits. */
export type OpenAIChatKind = 'answer' | 'refusal' | 'reasoning' | 'tool' | 'transcript';

/** Reads the chunks of one connection, and tracks the choices of the current completion. */
export class OpenAIChatReader implements ConnectionReader {
  private readonly output: DeltaOutput<OpenAIChatKind>;
  private completionCount = 0;
  private completionId: string | undefined = undefined;
  /** Whether the server sent a completion id. */
  private isNamed = false;
  /** The id of the latest chunk. */
  private latestId: string | undefined = undefined;
  /** Whether two chunks of the completion in a row had the same id, so that it does not change with every chunk. */
  private hasStableId = false;
  /** Whether a chunk of the completion had no role. Then a chunk with a role begins a message. */
  private hasContinued = false;
  /** By their index. */
  private readonly choices = new Map<number, OpenAIChatChoice>();

  constructor(output: DeltaOutput<OpenAIChatKind>) {
    this.output = output;
  }

  read(chunk: unknown): void {
    if (!this.readTextDelta(chunk)) {
      this.readChunk(chunk);
    }
  }

  /** Ends the choices whose finish reason has arrived. */
  flush(): void {
    this.endFinishedExcept([]);
  }

  /**
   * Reads a chunk that only continues a text of the one choice, as most chunks do. Any other chunk has no effect here.
   *
   * @returns Whether it was such a chunk.
   */
  private readTextDelta(chunk: unknown): boolean {
    let delta;
    try {
      delta = textDeltaOf(chunk as UnknownChunk);
    } catch {
      // Not an object, or a getter or a proxy threw.
      return false;
    }
    if (delta === undefined || delta.completionId !== this.completionId || this.choices.size !== 1) {
      return false;
    }
    const choice = this.choices.get(delta.index);
    if (choice === undefined || choice.isFinished) {
      return false;
    }
    this.hasStableId ||= delta.completionId === this.latestId;
    this.latestId = delta.completionId;
    this.hasContinued = true;
    choice.append(delta.kind, delta.text);
    return true;
  }

  private readChunk(chunk: unknown): void {
    const error = readField(chunk, 'error') ?? undefined;
    const choices = choicesOf(chunk);
    // A chunk without choices, about usage or filters, may have another id or none.
    if (choices.length > 0) {
      this.findCompletion(readName(chunk, 'id'), choices);
    }
    this.endFinishedExcept(choices);
    for (const { index, choice } of choices) {
      this.choiceAt(index).read(choice, readField(chunk, 'object') === 'chat.completion', error);
    }
    if (error !== undefined) {
      for (const choice of this.choices.values()) {
        choice.fail(error);
      }
    }
  }

  private findCompletion(id: string | undefined, choices: readonly ChoiceOfChunk[]): void {
    const mayBegin = choices.some(({ choice }) => mayBeginMessage(choice));
    const begins = mayBegin && this.hasContinued;
    this.hasContinued ||= !mayBegin;
    const changes = this.hasStableId && id !== undefined && id !== this.latestId;
    this.hasStableId ||= id !== undefined && id === this.latestId;
    this.latestId = id ?? this.latestId;
    if (this.completionId === undefined || this.isAnother(id, choices, begins || (mayBegin && changes))) {
      this.beginCompletion(id);
      this.hasContinued = !mayBegin;
    } else if (begins) {
      // A repeated message is a replay, and adds nothing to finished choices.
      this.endFinishedExcept([]);
    }
  }

  /**
   * Whether a chunk belongs to another completion. A new id is not enough, because some gateways change the id with
   * every chunk. A connection has one completion at a time, so an unfinished choice continues, unless a message begins.
   */
  private isAnother(id: string | undefined, choices: readonly ChoiceOfChunk[], begins: boolean): boolean {
    if (id === undefined) {
      // Without an id, text after the finish reason looks like the next completion.
      return !this.isNamed && choices.some(({ index, choice }) => this.isFinished(index) && hasText(choice));
    }
    const areFinished = [...this.choices.values()].every(({ isFinished }) => isFinished);
    return (
      id !== this.completionId &&
      (begins || areFinished || choices.some(({ index }) => this.isFinished(index)))
    );
  }

  private beginCompletion(id: string | undefined): void {
    for (const choice of this.choices.values()) {
      choice.endAll();
    }
    this.choices.clear();
    this.completionCount++;
    this.completionId = id ?? String(this.completionCount);
    this.hasStableId = false;
    this.isNamed = id !== undefined;
  }

  /** Ends the finished choices that a chunk is not about. Some servers send text after the finish reason. */
  private endFinishedExcept(choices: readonly ChoiceOfChunk[]): void {
    for (const [index, choice] of this.choices) {
      if (!choices.some((each) => each.index === index)) {
        choice.endIfFinished();
      }
    }
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

/** A choice of a completion: one of its alternative answers. */
class OpenAIChatChoice {
  /** Whether the finish reason has arrived. */
  isFinished = false;
  private readonly id: string;
  private readonly order: readonly number[];
  private readonly streams: OpenStreams<OpenAIChatKind>;
  /** The latest call with each index. */
  private readonly calls = new Map<number, LatestCall>();
  /** The calls whose arguments are an empty object so far, by the id of their stream. */
  private readonly emptyCalls = new Map<string, readonly number[]>();
  /** Whether each `message` only repeats the `delta` beside it. */
  private isMessageRepetition = false;
  private hasEnded = false;
  private finishReason: string | undefined = undefined;
  /** The `message` beside the finish reason. */
  private message: unknown = undefined;
  /** Whether text arrived after that message, so that it is not the full text. */
  private hasContinued = false;

  constructor(output: DeltaOutput<OpenAIChatKind>, id: string, order: readonly number[]) {
    this.id = id;
    this.order = order;
    this.streams = new OpenStreams(output);
  }

  /** @param error - The error of the chunk. A choice that fails has no full text. */
  read(choice: unknown, isWhole: boolean, error: unknown): void {
    const message = readField(choice, 'message') ?? undefined;
    this.hasContinued ||= this.isFinished && hasText(choice);
    const deltaTexts = textsOf(readField(choice, 'delta'));
    this.readTexts(readField(choice, 'delta'), deltaTexts, textsOf(message));
    // Some servers repeat the content of the delta in the field of the older API.
    if (!deltaTexts.has('answer')) {
      this.streams.append('answer', this.id, readText(choice, 'text'), this.order);
    }
    const reason = readName(choice, 'finish_reason');
    const ownError = readField(choice, 'error') ?? (reason === 'error' ? choice : undefined);
    if (error !== undefined || ownError !== undefined) {
      this.fail(error ?? ownError);
    } else if (reason !== undefined || isWhole) {
      this.isFinished = true;
      this.finishReason = reason;
      this.message = message ?? this.message;
      if (isWhole || this.hasEnded) {
        this.end();
      }
    }
  }

  append(kind: OpenAIChatKind, text: string): void {
    this.streams.append(kind, this.id, text, this.order);
  }

  /** Ends the choice if its finish reason has arrived. */
  endIfFinished(): void {
    if (this.isFinished && !this.hasEnded) {
      this.end();
    }
  }

  endAll(): void {
    this.endIfFinished();
    this.streams.endAll();
  }

  fail(error: unknown): void {
    this.streams.failAll(error);
    this.isFinished = true;
    this.hasEnded = true;
  }

  private readTexts(
    delta: unknown,
    deltaTexts: ReadonlyMap<OpenAIChatKind, string>,
    messageTexts: ReadonlyMap<OpenAIChatKind, string>,
  ): void {
    for (const [kind, text] of deltaTexts) {
      // After the first delta, a full text cannot equal a single delta.
      if (this.streams.has(kind, this.id) && messageTexts.get(kind) === text) {
        this.isMessageRepetition = true;
      }
      this.streams.append(kind, this.id, text, this.order);
    }
    for (const call of toolCallsOf(delta)) {
      this.readInput(this.beginCall(call), call.input, [...this.order, call.index]);
    }
    this.readInput(`${this.id}/function`, functionCallOf(delta), this.order);
  }

  /** Arguments that are an object are complete, except that the actual arguments may follow an empty object. */
  private readInput(id: string, input: Input | undefined, order: readonly number[]): void {
    if (input?.isWhole !== true) {
      this.streams.append('tool', id, input?.text, order);
    } else if (input.text === '{}') {
      this.emptyCalls.set(id, order);
    } else if (!this.streams.has('tool', id)) {
      this.streams.append('tool', id, input.text, order);
    }
  }

  private end(): void {
    const { message, finishReason } = this;
    if (!this.isMessageRepetition) {
      for (const [kind, text] of textsOf(message)) {
        const isFullText = !(this.hasContinued && this.streams.has(kind, this.id));
        this.streams.end(kind, this.id, isFullText ? text : undefined, this.order, finishReason);
      }
      // The calls of a message have no index, and some of the streamed calls may be missing.
      for (const call of this.calls.size === 0 ? toolCallsOf(message) : []) {
        const order = [...this.order, call.index];
        this.streams.end('tool', this.beginCall(call), call.input?.text, order, finishReason);
      }
      const id = `${this.id}/function`;
      this.streams.end('tool', id, functionCallOf(message)?.text, this.order, finishReason);
    }
    for (const [id, order] of this.emptyCalls) {
      if (!this.streams.has('tool', id)) {
        this.streams.append('tool', id, '{}', order);
      }
    }
    this.emptyCalls.clear();
    this.streams.endAll(finishReason);
    this.message = undefined;
    this.hasEnded = true;
  }

  /** Returns the id of the stream. On some servers, all calls have the same index, but each begins with a name. */
  private beginCall({ index, id, name, input }: ToolCall): string {
    let call = this.calls.get(index);
    if (call === undefined) {
      call = { id, count: 1, endsObject: false };
      this.calls.set(index, call);
    } else if (name !== undefined && isAnotherCall(call, id, input)) {
      this.streams.end('tool', this.idOfCall(index, call.count));
      call.id = id;
      call.count++;
    }
    if (input !== undefined && input.text !== '') {
      call.endsObject = input.text.endsWith('}');
    }
    return this.idOfCall(index, call.count);
  }

  private idOfCall(index: number, count: number): string {
    return `${this.id}/${index}${count === 1 ? '' : `/${count}`}`;
  }
}

interface LatestCall {
  id: string | undefined;
  /** The number of calls with this index. */
  count: number;
  /** Whether the arguments so far end like an object. */
  endsObject: boolean;
}

/** Whether a name begins another call. Without ids, that is so if the arguments of an object follow another object. */
function isAnotherCall(latest: LatestCall, id: string | undefined, input: Input | undefined): boolean {
  return id === undefined && latest.id === undefined
    ? latest.endsObject && input?.text.startsWith('{') === true
    : id !== undefined && latest.id !== undefined && id !== latest.id;
}

/** What may be in an object of a producer. */
type Unknown<Name extends string> = Readonly<Partial<Record<Name, unknown>>>;

type UnknownChunk = Unknown<'id' | 'object' | 'error' | 'choices'>;
type UnknownChoice = Unknown<'index' | 'delta' | 'message' | 'text' | 'finish_reason' | 'error'>;
type UnknownDelta = Unknown<
  | 'role'
  | 'content'
  | 'reasoning_content'
  | 'reasoning'
  | 'reasoning_text'
  | 'reasoning_details'
  | 'refusal'
  | 'audio'
  | 'tool_calls'
  | 'function_call'
>;

/** A piece of a text, which is all that its chunk has. */
interface TextDelta {
  readonly completionId: string;
  readonly index: number;
  readonly kind: OpenAIChatKind;
  readonly text: string;
}

/** Named properties are several times as fast to read as `readField`, but a getter may throw. */
function textDeltaOf({ id, object, error, choices }: UnknownChunk): TextDelta | undefined {
  if (
    typeof id !== 'string' ||
    object === 'chat.completion' ||
    isPresent(error) ||
    !Array.isArray(choices) ||
    choices.length !== 1
  ) {
    return undefined;
  }
  const choice = choices[0] as UnknownChoice;
  const { index } = choice;
  if (
    typeof index !== 'number' ||
    isPresent(choice.message) ||
    isPresent(choice.text) ||
    isPresent(choice.finish_reason) ||
    isPresent(choice.error)
  ) {
    return undefined;
  }
  const delta = choice.delta as UnknownDelta;
  if (
    isPresent(delta.role) ||
    isPresent(delta.reasoning) ||
    isPresent(delta.reasoning_text) ||
    isPresent(delta.reasoning_details) ||
    isPresent(delta.refusal) ||
    isPresent(delta.audio) ||
    isPresent(delta.tool_calls) ||
    isPresent(delta.function_call)
  ) {
    return undefined;
  }
  const { content, reasoning_content: reasoning } = delta;
  if (typeof content === 'string' && !isPresent(reasoning)) {
    return { completionId: id, index, kind: 'answer', text: content };
  }
  return typeof reasoning === 'string' && !isPresent(content)
    ? { completionId: id, index, kind: 'reasoning', text: reasoning }
    : undefined;
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

interface ChoiceOfChunk {
  readonly index: number;
  readonly choice: unknown;
}

function choicesOf(chunk: unknown): readonly ChoiceOfChunk[] {
  return readList(chunk, 'choices').flatMap((choice, position) => {
    const index = readIndexAt(choice, position);
    return index === undefined ? [] : [{ index, choice }];
  });
}

/** Some servers send the role in every chunk, and the older API has none. */
function mayBeginMessage(choice: unknown): boolean {
  return readName(readField(choice, 'delta'), 'role') !== undefined || readName(choice, 'text') !== undefined;
}

function hasText(choice: unknown): boolean {
  const delta = readField(choice, 'delta');
  return (
    textsOf(delta).size > 0 ||
    toolCallsOf(delta).some(({ input }) => input !== undefined && input.text !== '') ||
    (functionCallOf(delta)?.text ?? '') !== '' ||
    (readText(choice, 'text') ?? '') !== ''
  );
}

/** The arguments of a call, or a piece of them. */
interface Input {
  readonly text: string;
  readonly isWhole: boolean;
}

/** A tool call, or a piece of it. */
interface ToolCall {
  readonly index: number;
  /** Present only at the beginning of a call, like the name. */
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly input: Input | undefined;
}

/** The texts of a message or a delta, which have the same fields. Reasoning is first, because models write it first. */
function textsOf(message: unknown): ReadonlyMap<OpenAIChatKind, string> {
  const parts = readList(message, 'content');
  const texts: [OpenAIChatKind, string | undefined][] = [
    // Some servers send the same text in several fields.
    [
      'reasoning',
      readName(message, 'reasoning_content') ??
        readName(message, 'reasoning') ??
        readName(message, 'reasoning_text') ??
        readList(message, 'reasoning_details').map(detailOf).join(''),
    ],
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
  const single = readField(message, 'tool_calls');
  // Some servers send one call instead of a list.
  const calls = isObject(readField(single, 'function')) ? [single] : readList(message, 'tool_calls');
  return calls.flatMap((call, position) => {
    const called = readField(call, 'function') ?? readField(call, 'custom');
    const index = readIndexAt(call, position);
    return index === undefined
      ? []
      : [
          {
            index,
            id: readName(call, 'id'),
            name: readName(called, 'name'),
            input: inputOf(called, 'arguments') ?? inputOf(called, 'input'),
          },
        ];
  });
}

/** The arguments of the `function_call`, the predecessor of tool calls. */
function functionCallOf(message: unknown): Input | undefined {
  return inputOf(readField(message, 'function_call'), 'arguments');
}

/** Some servers send the arguments as an object instead of as JSON. */
function inputOf(called: unknown, name: string): Input | undefined {
  const value = readField(called, name);
  const isWhole = isObject(value);
  const text = isWhole ? stringifyJSON(value) : readText(called, name);
  return text === undefined ? undefined : { text, isWhole };
}

/** The text of a reasoning detail; empty for the type `reasoning.encrypted`. */
function detailOf(detail: unknown): string {
  return readText(detail, 'text') ?? readText(detail, 'summary') ?? '';
}

function textOf(part: unknown): string {
  const type = readField(part, 'type');
  return type === 'text' || type === 'output_text' ? (readText(part, 'text') ?? '') : '';
}

function thinkingOf(part: unknown): string {
  switch (readField(part, 'type')) {
    case 'thinking':
      return readText(part, 'thinking') ?? readList(part, 'thinking').map(textOf).join('');
    case 'reasoning':
      return readText(part, 'text') ?? readList(part, 'summary').map(detailOf).join('');
    default:
      return '';
  }
}
