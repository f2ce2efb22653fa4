import { readField, readName, readText, stringifyJSON } from '../connection/fields.js';
import { NamedStreams } from '../connection/namedStreams.js';
import type { ConnectionReader, DeltaOutput } from '../connection/readConnection.js';

/** The kinds of streams that `fromAISDK` emits. */
export type AISDKKind = 'answer' | 'reasoning' | 'tool';

/** After one of these parts, no finish reason arrives for the texts before it. */
const RELEASING =
  /^(?:(?:text|reasoning|tool-input)-(?:start|delta)|tool-input-(?:available|error)|tool-call|start-step|abort)$/;

/** The fields that a part with text may have. */
interface TextPart {
  readonly type?: unknown;
  readonly id?: unknown;
  /** In the parts of a UI message stream. */
  readonly delta?: unknown;
  /** In the parts of `fullStream`. */
  readonly text?: unknown;
}

/** Reads the parts of one connection, and tracks the open streams of the current message. */
export class AISDKReader implements ConnectionReader {
  private readonly output: DeltaOutput<AISDKKind>;
  private messageCount = 0;
  private messageId: string | undefined = undefined;
  private streams: NamedStreams<AISDKKind> | undefined = undefined;
  private isFinished = false;
  /** Several models may write to one message at the same time, each in its own steps. */
  private openSteps = 0;

  constructor(output: DeltaOutput<AISDKKind>) {
    this.output = output;
  }

  read(part: unknown): void {
    // Fast path: text, as most parts are. Reading its fields by name, and not with `readText`, makes this operator a
    // third faster.
    let type, id, delta;
    try {
      const fields = part as TextPart;
      ({ type } = fields);
      if (type === 'text-delta' || type === 'reasoning-delta') {
        ({ id, delta } = fields);
        if (typeof delta !== 'string') {
          delta = fields.text;
        }
      }
    } catch {
      // Not an object, or a getter or a proxy threw.
    }
    if (this.streams?.isHolding === true && typeof type === 'string' && RELEASING.test(type)) {
      this.streams.release();
    }
    if (typeof id === 'string' && typeof delta === 'string') {
      this.findMessage().append(type === 'text-delta' ? 'answer' : 'reasoning', id, delta);
    } else {
      this.readOther(type, part);
    }
  }

  private readOther(type: unknown, part: unknown): void {
    switch (type) {
      case 'start':
        this.startMessage(readName(part, 'messageId'));
        break;
      case 'text-start':
        this.start('answer', readText(part, 'id'));
        break;
      case 'text-end':
        this.hold('answer', readText(part, 'id'));
        break;
      case 'reasoning-start':
        this.start('reasoning', readText(part, 'id'));
        break;
      case 'reasoning-end':
        this.hold('reasoning', readText(part, 'id'));
        break;
      case 'tool-input-start':
        this.start('tool', readCallId(part));
        break;
      case 'tool-input-delta':
        this.append('tool', readCallId(part), readText(part, 'inputTextDelta') ?? readText(part, 'delta'));
        break;
      case 'tool-input-available':
      case 'tool-call':
        this.end('tool', readCallId(part), inputOf(part));
        break;
      case 'tool-input-error':
        this.failCall(part);
        break;
      case 'start-step':
        this.openSteps++;
        break;
      case 'finish-step':
        this.finishStep(finishReasonOf(part));
        break;
      case 'finish':
        this.finish(finishReasonOf(part));
        break;
      case 'abort':
        this.finish('abort');
        break;
      case 'error':
        this.streams?.failAll(readField(part, 'error') ?? readField(part, 'errorText') ?? part);
        break;
    }
  }

  flush(): void {
    this.streams?.release();
  }

  private startMessage(id: string | undefined): void {
    this.streams?.endAll();
    this.openSteps = 0;
    // A finished message may continue, after the result of a tool. Otherwise, the same id is a replay.
    const isContinued = id !== undefined && id === this.messageId && this.isFinished;
    if (!isContinued) {
      this.beginMessage(id);
    }
    this.isFinished = false;
  }

  private beginMessage(id: string | undefined): NamedStreams<AISDKKind> {
    this.messageCount++;
    this.messageId = id;
    const { output, messageCount } = this;
    this.streams = new NamedStreams(output, `${id ?? String(messageCount)}/`, [messageCount]);
    return this.streams;
  }

  private findMessage(): NamedStreams<AISDKKind> {
    return this.streams ?? this.beginMessage(undefined);
  }

  /** The parts of a UI message stream have the finish reason of the last step only at the end of the message. */
  private finishStep(finishReason: string | undefined): void {
    this.openSteps = Math.max(0, this.openSteps - 1);
    if (this.openSteps === 0) {
      this.streams?.holdAll();
    }
    if (finishReason !== undefined) {
      this.streams?.release(finishReason);
    }
  }

  private finish(finishReason: string | undefined): void {
    this.streams?.endAll(finishReason);
    this.isFinished = true;
  }

  private start(kind: AISDKKind, id: string | undefined): void {
    if (id !== undefined) {
      this.findMessage().start(kind, id);
    }
  }

  private append(kind: AISDKKind, id: string | undefined, delta: string | undefined): void {
    if (id !== undefined) {
      this.findMessage().append(kind, id, delta);
    }
  }

  private end(kind: AISDKKind, id: string | undefined, fullText?: string): void {
    if (id !== undefined) {
      this.findMessage().end(kind, id, fullText);
    }
  }

  private hold(kind: AISDKKind, id: string | undefined): void {
    if (id !== undefined) {
      this.findMessage().hold(kind, id);
    }
  }

  private failCall(part: unknown): void {
    const id = readCallId(part);
    if (id !== undefined) {
      this.streams?.fail('tool', id, readField(part, 'errorText') ?? part);
    }
  }
}

/** The parts of providers have an object, `{ unified: 'stop', raw: 'end_turn' }`. */
function finishReasonOf(part: unknown): string | undefined {
  return readName(part, 'finishReason') ?? readName(readField(part, 'finishReason'), 'unified');
}

/** The parts of a UI message stream have a `toolCallId`, those of `fullStream` have an `id`. */
function readCallId(part: unknown): string | undefined {
  return readText(part, 'toolCallId') ?? readText(part, 'id');
}

/** The arguments as JSON, whose text may differ from the text of the model. */
function inputOf(part: unknown): string | undefined {
  return readText(part, 'input') ?? stringifyJSON(readField(part, 'input'));
}
