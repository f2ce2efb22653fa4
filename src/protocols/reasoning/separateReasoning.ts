import type { OperatorFunction, Subscriber } from 'rxjs';

import { ReasoningSplitter } from '../../core/reasoning/reasoningSplitter.js';
import type { DeltaEvent } from '../../events.js';
import { createOperator } from '../../rx/createOperator.js';
import { checkOptions, flag, option } from '../../rx/options.js';
import { readField, readText } from '../connection/fields.js';
import { MAX_STREAMS, setRecent } from '../connection/leastRecent.js';

/** The options of `separateReasoning`. */
export interface SeparateReasoningOptions<K extends string = string> {
  /**
   * The name in the tags, `think` for `<think>` and `</think>`.
   *
   * @default 'think'
   */
  readonly tag?: string | undefined;
  /**
   * The kind of the streams with the text between the tags.
   *
   * @default 'reasoning'
   */
  readonly kind?: K | undefined;
  /**
   * Whether answers begin with reasoning: some servers omit the opening tag.
   *
   * @default false
   */
  readonly startsInside?: boolean | undefined;
}

/** The kind of the streams that are split. */
const ANSWER = 'answer';

/** The name begins with a letter, so that a tag cannot begin inside a tag. */
const TAG = /^[a-z][\w:-]*$/i;

/**
 * Moves the reasoning that a model writes between tags in its answer to a separate stream, with the same id and the
 * kind `reasoning`.
 *
 * ```text
 * source   --answer '<thi'--answer 'nk>hm</think>\n\nHi'-------------------------|
 * result   -----------------(reasoning 'hm', end of reasoning, answer 'Hi')------|
 * ```
 *
 * Only streams of the kind `answer` are split; every other event is emitted unchanged. Tags may be cut anywhere. White
 * space after a tag is removed. In an answer, a tag in a code fence or after a backquote is text. The closing tag ends
 * the reasoning wherever it is, even in a code fence, because servers insert it when the reasoning budget of the model
 * is exhausted.
 *
 * - **next**: emits the pieces of a `delta` with their kinds, in order. A reasoning stream ends with its tag, so that
 *   its last line is not delayed; a second section of reasoning is the next generation of the stream. An `end` or
 *   `error` of the answer also ends or fails its open reasoning. The `text` of an `end` is split too: the answer keeps
 *   its own part, and sections that were not streamed are emitted. A `start` and an empty `delta` are held until the
 *   first text shows which stream it opens.
 * - **complete** and **error**: emits held events, then passes the notification on.
 * - **unsubscribe**: unsubscribes from the source.
 *
 * Throws a `TypeError` or `RangeError` if an option is wrong.
 *
 * Memory: a part of a tag and a few fields for each open answer, at most 10,000. Beyond that, the oldest is deleted,
 * and its next text is read as the beginning of an answer. Time: in proportion to the text.
 *
 * @param options - `tag`, `kind`, `startsInside`.
 *
 * @example
 *
 * ```ts
 * import { from } from 'rxjs';
 * import { fromOpenAIChat, separateReasoning } from 'deltalines/protocols';
 *
 * from([
 *   { id: 'c', choices: [{ delta: { content: '<think>A greeting.</thi' } }] },
 *   { id: 'c', choices: [{ delta: { content: 'nk>\n\nHello' } }] },
 * ])
 *   .pipe(fromOpenAIChat(), separateReasoning())
 *   .subscribe((event) => console.log(event.kind, event.type === 'delta' ? event.delta : event.type));
 *
 * // Logs:
 * // reasoning A greeting.
 * // reasoning end
 * // answer Hello
 * ```
 */
export function separateReasoning<E extends DeltaEvent, const K extends string = 'reasoning'>(
  options: SeparateReasoningOptions<K> = {},
): OperatorFunction<E, DeltaEvent<E['kind'] | K>> {
  const resolved = resolveOptions(options);
  return createOperator((destination) => {
    const separator = new Separator(destination, resolved);
    return {
      next(event: unknown) {
        separator.read(event);
      },
      error(error) {
        separator.flush();
        destination.error(error);
      },
      complete() {
        separator.flush();
        destination.complete();
      },
    };
  });
}

type ResolvedOptions = ReturnType<typeof resolveOptions>;

function resolveOptions(options: SeparateReasoningOptions) {
  checkOptions(options);
  return {
    tag: option('tag', options.tag, 'think', 'a name such as "think"', (tag) => TAG.test(tag)),
    kind: option(
      'kind',
      options.kind,
      'reasoning',
      'a string other than "answer"',
      (kind: string) => kind !== ANSWER,
    ),
    startsInside: flag('startsInside', options.startsInside, false),
  };
}

/** Splits the answers of one subscription. */
class Separator {
  private readonly destination: Subscriber<DeltaEvent>;
  private readonly options: ResolvedOptions;
  private readonly answers = new Map<string, SplitAnswer>();

  constructor(destination: Subscriber<DeltaEvent>, options: ResolvedOptions) {
    this.destination = destination;
    this.options = options;
  }

  read(event: unknown): void {
    const type = readField(event, 'type');
    const id = readField(event, 'kind') === ANSWER ? readText(event, 'id') : undefined;
    if (id !== undefined) {
      switch (type) {
        case 'start':
          this.answerOf(id).open(event as DeltaEvent);
          return;
        case 'delta': {
          const delta = readText(event, 'delta');
          if (delta !== undefined) {
            this.answerOf(id).append(event as DeltaEvent, delta);
            return;
          }
          break;
        }
        case 'end':
          if (isAbsentOrText(readField(event, 'text'))) {
            this.answerOf(id).end(event as DeltaEvent, readText(event, 'text') ?? '');
            this.answers.delete(id);
            return;
          }
          break;
        case 'error':
          this.answerOf(id).fail(event as DeltaEvent, readField(event, 'error'));
          this.answers.delete(id);
          return;
      }
    }
    this.destination.next(event as DeltaEvent);
  }

  flush(): void {
    for (const answer of this.answers.values()) {
      answer.flush();
    }
    this.answers.clear();
  }

  private answerOf(id: string): SplitAnswer {
    let answer = this.answers.get(id);
    if (answer === undefined) {
      answer = new SplitAnswer(this.destination, this.options, id);
      setRecent(this.answers, id, answer, MAX_STREAMS)?.flush();
    }
    return answer;
  }
}

/** An answer, and its sections of reasoning. */
class SplitAnswer {
  private readonly destination: Subscriber<DeltaEvent>;
  private readonly options: ResolvedOptions;
  private readonly id: string;
  private readonly splitter: ReasoningSplitter;
  /** The event that opens the answer, until the first text shows which stream it opens. */
  private opening: DeltaEvent | undefined = undefined;
  private order: readonly number[] | undefined = undefined;
  private hasStart = false;
  /** The number of sections of reasoning with text. */
  private sections = 0;
  private isAnswerOpen = false;
  private isReasoningOpen = false;

  constructor(destination: Subscriber<DeltaEvent>, options: ResolvedOptions, id: string) {
    this.destination = destination;
    this.options = options;
    this.id = id;
    this.splitter = new ReasoningSplitter(options.tag, options.startsInside, {
      answer: (text) => {
        this.emitAnswer(text);
      },
      reasoning: (text) => {
        this.emitReasoning(text);
      },
      endReasoning: () => {
        this.endReasoning({});
      },
    });
  }

  open(event: DeltaEvent): void {
    if (this.isAnswerOpen) {
      this.destination.next(event);
      return;
    }
    this.hasStart ||= event.type === 'start';
    this.opening ??= event;
    this.order ??= orderOf(event);
  }

  append(event: DeltaEvent, delta: string): void {
    if (delta === '') {
      this.open(event);
    } else {
      this.order ??= orderOf(event);
      this.splitter.push(delta);
    }
  }

  end(event: DeltaEvent, text: string): void {
    const finishReason = readText(event, 'finishReason');
    const isReasoningOver = !this.splitter.isInside;
    this.splitter.flush();
    const full = this.split(text, isReasoningOver);
    const current = full.sections[this.sections - 1];
    this.endReasoning({
      ...(current !== undefined && { text: current }),
      ...(finishReason !== undefined && { finishReason }),
    });
    for (const section of full.sections.slice(this.sections)) {
      this.openReasoning('');
      this.endReasoning({ text: section });
    }
    this.emitOpening();
    this.destination.next(
      full.answer === '' ? withoutText(event) : ({ ...event, text: full.answer } as DeltaEvent),
    );
  }

  fail(event: DeltaEvent, error: unknown): void {
    this.flush();
    if (this.isReasoningOpen) {
      this.destination.next({ type: 'error', kind: this.options.kind, id: this.id, error });
    }
    this.destination.next(event);
  }

  flush(): void {
    this.splitter.flush();
    this.emitOpening();
  }

  /** Splits a full text. A full text without its reasoning has no tags. */
  private split(text: string, isReasoningOver: boolean): { answer: string; sections: readonly string[] } {
    const { tag, startsInside } = this.options;
    const hasTag = text.includes(`</${tag}>`);
    const sections: string[] = [];
    let answer = '';
    let section = '';
    const splitter = new ReasoningSplitter(tag, startsInside && (hasTag || !isReasoningOver), {
      answer: (piece) => {
        answer += piece;
      },
      reasoning: (piece) => {
        section += piece;
      },
      endReasoning: () => {
        sections.push(section);
        section = '';
      },
    });
    splitter.push(text);
    splitter.flush();
    return { answer, sections: [...sections, section].filter((each) => each !== '') };
  }

  private emitOpening(): void {
    const { opening } = this;
    this.opening = undefined;
    if (opening !== undefined) {
      this.destination.next(opening);
    }
  }

  private emitAnswer(text: string): void {
    const { id, opening, order, isAnswerOpen } = this;
    const place = isAnswerOpen || order === undefined ? {} : { order };
    if (opening?.type === 'start') {
      this.destination.next(opening);
    }
    this.opening = undefined;
    this.isAnswerOpen = true;
    this.destination.next({ type: 'delta', kind: ANSWER, id, delta: text, ...place });
  }

  private emitReasoning(text: string): void {
    if (this.isReasoningOpen) {
      this.destination.next({ type: 'delta', kind: this.options.kind, id: this.id, delta: text });
    } else {
      this.openReasoning(text);
    }
  }

  /** Each section after the first one is another generation of its stream. */
  private openReasoning(text: string): void {
    const { id, order, sections } = this;
    const { kind } = this.options;
    const place = order === undefined ? {} : { order };
    if (this.hasStart || sections > 0) {
      this.destination.next({ type: 'start', kind, id, ...place });
    }
    if (text !== '' || order !== undefined) {
      this.destination.next({ type: 'delta', kind, id, delta: text, ...place });
    }
    this.sections++;
    this.isReasoningOpen = true;
  }

  private endReasoning(end: { readonly text?: string; readonly finishReason?: string }): void {
    if (this.isReasoningOpen) {
      this.isReasoningOpen = false;
      this.destination.next({ type: 'end', kind: this.options.kind, id: this.id, ...end });
    }
  }
}

function orderOf(event: DeltaEvent): readonly number[] | undefined {
  const order = readField(event, 'order');
  return Array.isArray(order) ? (order as readonly number[]) : undefined;
}

/** Removes the full text, because an empty one counts as absent anyway. */
function withoutText(event: DeltaEvent): DeltaEvent {
  if (event.type !== 'end' || event.text === undefined) {
    return event;
  }
  const { type, kind, id, finishReason } = event;
  return finishReason === undefined ? { type, kind, id } : { type, kind, id, finishReason };
}

function isAbsentOrText(value: unknown): boolean {
  return value === undefined || value === null || typeof value === 'string';
}
