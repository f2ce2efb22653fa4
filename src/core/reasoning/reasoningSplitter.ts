import { CodeFences } from './codeFences.js';

/** Receives the answer and the reasoning. No piece is empty. */
export interface ReasoningSink {
  answer(text: string): void;
  reasoning(text: string): void;
  /** A section of reasoning ended. It may be empty. */
  endReasoning(): void;
}

/**
 * Splits a text, cut anywhere, into the answer and the reasoning between two tags.
 *
 * Reads each character once and buffers at most a part of a tag. A closing tag ends the reasoning even in a code
 * fence, because servers insert it at any point when the model's reasoning budget is used up.
 */
export class ReasoningSplitter {
  private readonly openingTag: string;
  private readonly closingTag: string;
  private readonly sink: ReasoningSink;
  /** `implied`: the text begins with reasoning, with or without the opening tag. */
  private place: 'answer' | 'reasoning' | 'implied';
  /** Characters that may be the beginning of the expected tag. */
  private held = '';
  /** Whether white space is removed, because a tag was read last. */
  private skipsSpace: boolean;
  private fences = new CodeFences();
  private previous = '';
  /** The text that `push` has read and not emitted yet. */
  private piece = '';

  /** @param tag - The name in the tags, `think` for `<think>` and `</think>`. */
  constructor(tag: string, startsInside: boolean, sink: ReasoningSink) {
    this.openingTag = `<${tag}>`;
    this.closingTag = `</${tag}>`;
    this.sink = sink;
    this.place = startsInside ? 'implied' : 'answer';
    this.skipsSpace = startsInside;
  }

  get isInside(): boolean {
    return this.place !== 'answer';
  }

  push(text: string): void {
    for (let index = 0; index < text.length; index++) {
      this.read(text.charAt(index));
    }
    this.emit();
  }

  /** The text ended: a partial tag is text. */
  flush(): void {
    this.piece += this.held;
    this.held = '';
    this.emit();
  }

  protected read(character: string): void {
    if (this.skipsSpace && /\s/.test(character)) {
      this.fences.read(character);
      return;
    }
    this.skipsSpace = false;
    if (this.place === 'implied' && !this.openingTag.startsWith(this.held + character)) {
      this.place = 'reasoning';
    }
    const tag = this.place === 'reasoning' ? this.closingTag : this.openingTag;
    if (this.held !== '' && !tag.startsWith(this.held + character)) {
      this.pass(this.held);
      this.held = '';
    }
    if (this.held === '' && !(character === '<' && this.mayBeTag())) {
      this.pass(character);
      return;
    }
    this.held += character;
    if (this.held === tag) {
      this.held = '';
      this.cross();
    }
  }

  /** Tags in the code of the answer are text. Before and in reasoning there is no code, because it is not tracked. */
  private mayBeTag(): boolean {
    return !this.fences.isInCode && this.previous !== '`';
  }

  private pass(text: string): void {
    this.piece += text;
    if (this.place === 'answer') {
      for (const character of text) {
        this.fences.read(character);
      }
      this.previous = text.slice(-1);
    }
  }

  private cross(): void {
    this.emit();
    if (this.place === 'reasoning') {
      this.place = 'answer';
      this.fences = new CodeFences();
      this.previous = '';
      this.sink.endReasoning();
    } else {
      this.place = 'reasoning';
    }
    this.skipsSpace = true;
  }

  private emit(): void {
    const { piece } = this;
    this.piece = '';
    if (piece === '') {
      return;
    }
    if (this.place === 'answer') {
      this.sink.answer(piece);
    } else {
      this.sink.reasoning(piece);
    }
  }
}
