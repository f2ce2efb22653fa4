import { parseJSON } from './invalidInput.js';

/** Where the text stands: before an array, before an element, in it, or behind it. */
type Place = 'outside' | 'before' | 'inside' | 'behind';

const BLANK = /[\s\uFEFF]/;

/**
 * Reads the elements of a JSON array out of text that comes in chunks; an object that stands alone is one, too. Looks at
 * each code unit once.
 */
export class JSONArrayReader {
  private readonly maxElementLength: number;
  private readonly onElement: (element: unknown) => void;
  private place: Place = 'outside';
  /** Whether the element stands in no array. */
  private isAlone = false;
  private number = 0;
  private element = '';
  /** How many objects and arrays of the element are open. */
  private depth = 0;
  private isInString = false;
  private isEscaped = false;
  /** Whether a comma was before, so that an element has to follow. */
  private isAfterComma = false;

  constructor(maxElementLength: number, onElement: (element: unknown) => void) {
    this.maxElementLength = maxElementLength;
    this.onElement = onElement;
  }

  /** Throws a `SyntaxError` for what is not an array of JSON, and a `RangeError` for an element that is too long. */
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
    } else if (this.place === 'behind' && character === ',') {
      this.place = 'before';
      this.isAfterComma = true;
    } else if (
      character === ']' &&
      (this.place === 'behind' || (this.place === 'before' && !this.isAfterComma))
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

  /** Whether the element ends with this character, or before it: a number has no end of its own. */
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
    this.place = this.isAlone ? 'outside' : 'behind';
    this.onElement(parseJSON(element, `Element ${this.number}`));
  }
}
