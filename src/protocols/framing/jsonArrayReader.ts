import { parseJSON } from './invalidInput.js';

/** The position in the text: outside an array, before an element, inside one or after one. */
type Place = 'outside' | 'before' | 'inside' | 'after';

/** Receives the elements that a reader reads. */
export interface ElementListener {
  /** Whether it receives no more. */
  readonly closed: boolean;
  next(element: unknown): void;
}

const BLANK = /[\s\uFEFF]/;

/**
 * Reads the elements of a JSON array from text in chunks. An object outside an array is an element too. Reads each
 * code unit once.
 */
export class JSONArrayReader {
  private readonly maxElementLength: number;
  private readonly listener: ElementListener;
  private place: Place = 'outside';
  /** Whether the element is outside an array. */
  private isAlone = false;
  private number = 0;
  private element = '';
  /** The number of open objects and arrays in the element. */
  private depth = 0;
  private isInString = false;
  private isEscaped = false;
  /** Whether the previous character was a comma, so that an element must follow. */
  private isAfterComma = false;

  constructor(maxElementLength: number, listener: ElementListener) {
    this.maxElementLength = maxElementLength;
    this.listener = listener;
  }

  /** Throws a `SyntaxError` for text that is not a JSON array, and a `RangeError` for an element that is too long. */
  push(chunk: string): void {
    let start = 0;
    for (let position = 0; position < chunk.length; position++) {
      const character = chunk.charAt(position);
      if (this.place !== 'inside') {
        this.readBetween(character);
        start = position;
      }
      const end = this.place === 'inside' ? this.findEnd(character) : 'none';
      if (end !== 'none') {
        this.endElement(chunk.slice(start, end === 'before' ? position : position + 1));
        if (this.listener.closed) {
          return;
        }
      }
      if (end === 'before') {
        this.readBetween(character);
      }
    }
    if (this.place === 'inside') {
      this.extendElement(chunk.slice(start));
    }
  }

  private readBetween(character: string): void {
    if (BLANK.test(character)) {
      return;
    }
    if (this.place === 'outside' && character === '[') {
      this.place = 'before';
      this.isAfterComma = false;
      this.isAlone = false;
    } else if (this.place === 'outside' && character === '{') {
      this.place = 'inside';
      this.isAlone = true;
      this.number++;
    } else if (this.place === 'after' && character === ',') {
      this.place = 'before';
      this.isAfterComma = true;
    } else if (
      character === ']' &&
      (this.place === 'after' || (this.place === 'before' && !this.isAfterComma))
    ) {
      this.place = 'outside';
    } else if (this.place === 'before' && character !== ',' && character !== ']') {
      this.place = 'inside';
      this.number++;
    } else {
      const where = this.number === 0 ? 'At its beginning' : `After element ${this.number}`;
      throw new SyntaxError(`${where}, the text is not a JSON array: ${JSON.stringify(character)}`);
    }
  }

  /** Whether the element ends with this character, or before it, as a number does. */
  private findEnd(character: string): 'with' | 'before' | 'none' {
    if (this.isInString) {
      return this.endsString(character) && this.depth === 0 ? 'with' : 'none';
    }
    switch (character) {
      case '"':
        this.isInString = true;
        return 'none';
      case '{':
      case '[':
        this.depth++;
        return 'none';
      case '}':
      case ']':
        this.depth--;
        return this.depth > 0 ? 'none' : this.depth === 0 ? 'with' : 'before';
      case ',':
        return this.depth === 0 ? 'before' : 'none';
      default:
        return 'none';
    }
  }

  private endsString(character: string): boolean {
    const isEnd = character === '"' && !this.isEscaped;
    this.isEscaped = character === '\\' && !this.isEscaped;
    this.isInString = !isEnd;
    return isEnd;
  }

  private extendElement(text: string): void {
    this.element += text;
    if (this.element.length > this.maxElementLength) {
      const allowed = `the option maxElementLength allows: ${this.maxElementLength} code units`;
      throw new RangeError(`Element ${this.number} is longer than ${allowed}`);
    }
  }

  private endElement(rest: string): void {
    this.extendElement(rest);
    const { element } = this;
    this.element = '';
    this.depth = 0;
    this.place = this.isAlone ? 'outside' : 'after';
    this.listener.next(parseJSON(element, `Element ${this.number}`));
  }
}
