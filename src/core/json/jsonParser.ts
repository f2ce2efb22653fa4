import { IncompleteJSONError } from './incompleteJSONError.js';
import { NumberGrammar } from './numberGrammar.js';

/** The bounds of one JSON text. */
export interface JSONLimits {
  /** The maximum nesting depth of arrays and objects. */
  readonly maxDepth: number;
  /** The longest member name, and the longest number, in UTF-16 code units. */
  readonly maxNameLength: number;
}

/**
 * Receives the tokens that a {@link JSONParser} reads, in the order of the text. At most one scalar value is open at
 * a time.
 */
export interface JSONVisitor {
  openArray?(): void;
  openObject?(): void;
  /** Called with the name of a member before its value. */
  name?(name: string): void;
  closeContainer?(): void;
  openString(): void;
  /**
   * A decoded part of the open string. Strings are cut where the pieces of text end, but never inside a surrogate
   * pair.
   */
  string(part: string): void;
  closeString(): void;
  /** A number, `true`, `false` or `null` begins. */
  openLiteral?(): void;
  closeLiteral(json: string): void;
  /** The last call if the text is invalid or incomplete. Open values are not closed. */
  fail(error: unknown): void;
}

/** An open array or object. */
interface Container {
  readonly isArray: boolean;
  readonly pointer: string;
  /** The index of the current element, or the name of the current member. */
  key: string | number;
}

/** What the parser expects next. */
type State =
  | 'value'
  | 'first element or ]'
  | 'first name or }'
  | 'name'
  | 'colon'
  | 'comma or close'
  | 'white space'
  | 'string'
  | 'escape'
  | 'hexadecimal digit'
  | 'number'
  | 'word'
  | 'nothing';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const WORDS: Readonly<Record<string, string>> = { t: 'true', f: 'false', n: 'null' };
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/**
 * A streaming JSON parser. Within its limits it accepts exactly what `JSON.parse` accepts.
 *
 * A piece costs time in proportion to its length, wherever the text was cut. The parser retains the unfinished name
 * or number, and the current name or index of each open container.
 */
export class JSONParser {
  readonly limits: JSONLimits;
  readonly visitor: JSONVisitor;
  readonly containers: Container[] = [];
  state: State = 'value';
  /** The number of UTF-16 code units before the current piece. */
  position = 0;
  /** The pending part of a string or name, or the beginning of a number or literal. */
  private text = '';
  private isName = false;
  /** The digits of a `\u` escape. */
  private digits = '';
  private readonly number = new NumberGrammar();
  private word = '';

  constructor(limits: JSONLimits, visitor: JSONVisitor) {
    this.limits = limits;
    this.visitor = visitor;
  }

  /** Whether the root value is complete and was followed only by white space. */
  get isComplete(): boolean {
    return this.state === 'white space';
  }

  /** Whether the rest of the text is ignored. */
  get isStopped(): boolean {
    return this.state === 'nothing';
  }

  /** The JSON pointer of the current value (RFC 6901). */
  get pointer(): string {
    const container = this.containers.at(-1);
    return container === undefined ? '' : `${container.pointer}/${escapeKey(container.key)}`;
  }

  /** The path to the current value. */
  get path(): (string | number)[] {
    return this.containers.map(({ key }) => key);
  }

  write(piece: string): void {
    let index = 0;
    while (index < piece.length && this.state !== 'nothing') {
      index = this.read(piece, index);
    }
    if (this.isInString()) {
      this.passText();
    }
    this.position += piece.length;
  }

  /**
   * The text ended. Closes an open number, and fails with an {@link IncompleteJSONError} if the root is still
   * incomplete.
   */
  end(): void {
    if (this.state === 'number' && this.number.isComplete) {
      this.closeLiteral();
    }
    if (!this.isComplete) {
      this.fail(
        new IncompleteJSONError(`The JSON ends after ${this.position} characters, before it is complete`),
      );
    }
  }

  /** Reports an error and ignores the rest of the text. */
  fail(error: unknown): void {
    if (this.state !== 'nothing') {
      this.stop();
      this.visitor.fail(error);
    }
  }

  /** Ignores the rest of the text, without a call to the visitor. */
  stop(): void {
    this.state = 'nothing';
    this.text = '';
    this.containers.length = 0;
  }

  /** Reads at least one code unit and returns the index after it, or ends a number and returns the same index. */
  private read(piece: string, index: number): number {
    switch (this.state) {
      case 'string':
        return this.readString(piece, index);
      case 'number':
        return this.readNumber(piece, index);
      case 'escape':
        this.readEscape(piece.charAt(index), index);
        break;
      case 'hexadecimal digit':
        this.readDigit(piece.charAt(index), index);
        break;
      case 'word':
        this.readWord(piece.charAt(index), index);
        break;
      default:
        if (!isWhiteSpace(piece.charCodeAt(index))) {
          this.readToken(piece.charAt(index), index);
        }
    }
    return index + 1;
  }

  private readToken(character: string, index: number): void {
    switch (this.state) {
      case 'first element or ]':
        if (character === ']') {
          this.closeContainer();
        } else {
          this.readValue(character, index);
        }
        break;
      case 'value':
        this.readValue(character, index);
        break;
      case 'first name or }':
        if (character === '}') {
          this.closeContainer();
        } else {
          this.readName(character, index);
        }
        break;
      case 'name':
        this.readName(character, index);
        break;
      case 'colon':
        if (character === ':') {
          this.state = 'value';
        } else {
          this.unexpected(character, index);
        }
        break;
      case 'comma or close':
        this.readCommaOrClose(character, index);
        break;
      default:
        this.unexpected(character, index);
    }
  }

  private readValue(character: string, index: number): void {
    const word = WORDS[character];
    if (character === '"') {
      this.openText(false);
      this.visitor.openString();
    } else if (character === '{' || character === '[') {
      this.openContainer(character === '[');
    } else if (word !== undefined) {
      this.state = 'word';
      this.word = word;
      this.text = character;
      this.visitor.openLiteral?.();
    } else if (this.number.begin(character)) {
      this.state = 'number';
      this.text = character;
      this.visitor.openLiteral?.();
    } else {
      this.unexpected(character, index);
    }
  }

  private readName(character: string, index: number): void {
    if (character === '"') {
      this.openText(true);
    } else {
      this.unexpected(character, index);
    }
  }

  private readCommaOrClose(character: string, index: number): void {
    const container = this.containers.at(-1);
    if (container === undefined || (character !== ',' && character !== (container.isArray ? ']' : '}'))) {
      this.unexpected(character, index);
    } else if (character !== ',') {
      this.closeContainer();
    } else if (typeof container.key === 'number') {
      container.key++;
      this.state = 'value';
    } else {
      this.state = 'name';
    }
  }

  private openContainer(isArray: boolean): void {
    if (this.containers.length >= this.limits.maxDepth) {
      this.fail(new RangeError(`The JSON is nested deeper than maxDepth, ${this.limits.maxDepth}`));
      return;
    }
    const { pointer } = this;
    this.state = isArray ? 'first element or ]' : 'first name or }';
    this.containers.push({ isArray, pointer, key: isArray ? 0 : '' });
    if (isArray) {
      this.visitor.openArray?.();
    } else {
      this.visitor.openObject?.();
    }
  }

  private closeContainer(): void {
    this.containers.pop();
    this.endValue();
    this.visitor.closeContainer?.();
  }

  private endValue(): void {
    this.state = this.containers.length === 0 ? 'white space' : 'comma or close';
  }

  private openText(isName: boolean): void {
    this.state = 'string';
    this.isName = isName;
    this.text = '';
  }

  private readString(piece: string, start: number): number {
    let index = start;
    let code = piece.charCodeAt(index);
    while (code >= SPACE && code !== QUOTE && code !== BACKSLASH) {
      code = piece.charCodeAt(++index);
    }
    if (index > start) {
      this.addText(piece.slice(start, index));
    }
    if (index === piece.length || this.state !== 'string') {
      return index;
    }
    if (code === QUOTE) {
      this.closeText();
    } else if (code === BACKSLASH) {
      this.state = 'escape';
    } else {
      this.unexpected(piece.charAt(index), index);
    }
    return index + 1;
  }

  private readEscape(character: string, index: number): void {
    const decoded = ESCAPES[character];
    if (character === 'u') {
      this.state = 'hexadecimal digit';
      this.digits = '';
    } else if (decoded === undefined) {
      this.unexpected(character, index);
    } else {
      this.state = 'string';
      this.addText(decoded);
    }
  }

  private readDigit(character: string, index: number): void {
    if (!/[\da-f]/i.test(character)) {
      this.unexpected(character, index);
      return;
    }
    this.digits += character;
    if (this.digits.length === 4) {
      this.state = 'string';
      this.addText(String.fromCharCode(Number.parseInt(this.digits, 16)));
    }
  }

  private addText(text: string): void {
    this.text += text;
    if (this.isName && this.text.length > this.limits.maxNameLength) {
      this.failAtLength('name');
    }
  }

  private closeText(): void {
    const { text } = this;
    this.text = '';
    const container = this.containers.at(-1);
    if (this.isName && container !== undefined) {
      container.key = text;
      this.state = 'colon';
      this.visitor.name?.(text);
      return;
    }
    this.endValue();
    if (text !== '') {
      this.visitor.string(text);
    }
    if (!this.isStopped) {
      this.visitor.closeString();
    }
  }

  private isInString(): boolean {
    const isInString =
      this.state === 'string' || this.state === 'escape' || this.state === 'hexadecimal digit';
    return isInString && !this.isName;
  }

  /** Passes on the pending part of the open string, except for a high surrogate at its end. */
  private passText(): void {
    const { text } = this;
    const length = isHighSurrogate(text.charCodeAt(text.length - 1)) ? text.length - 1 : text.length;
    this.text = text.slice(length);
    if (length > 0) {
      this.visitor.string(text.slice(0, length));
    }
  }

  private readNumber(piece: string, start: number): number {
    let index = start;
    while (index < piece.length && this.number.next(piece.charAt(index))) {
      index++;
    }
    this.text += piece.slice(start, index);
    if (this.text.length > this.limits.maxNameLength) {
      this.failAtLength('number');
    } else if (index < piece.length && this.number.isComplete) {
      this.closeLiteral();
    } else if (index < piece.length) {
      this.unexpected(piece.charAt(index), index);
    }
    return index;
  }

  private readWord(character: string, index: number): void {
    if (character !== this.word.charAt(this.text.length)) {
      this.unexpected(character, index);
      return;
    }
    this.text += character;
    if (this.text.length === this.word.length) {
      this.closeLiteral();
    }
  }

  private closeLiteral(): void {
    const { text } = this;
    this.text = '';
    this.endValue();
    this.visitor.closeLiteral(text);
  }

  private unexpected(character: string, index: number): void {
    if (this.isInString()) {
      this.passText();
    }
    const position = this.position + index;
    this.fail(new SyntaxError(`Unexpected ${JSON.stringify(character)} at position ${position} of the JSON`));
  }

  private failAtLength(what: 'name' | 'number'): void {
    const { maxNameLength } = this.limits;
    this.fail(new RangeError(`A ${what} in the JSON is longer than maxNameLength, ${maxNameLength}`));
  }
}

function isWhiteSpace(code: number): boolean {
  return code === SPACE || code === 0x0a || code === 0x0d || code === 0x09;
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function escapeKey(key: string | number): string {
  return typeof key === 'number' ? String(key) : key.replaceAll('~', '~0').replaceAll('/', '~1');
}
