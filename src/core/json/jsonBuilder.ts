import type { JSONVisitor } from './jsonParser.js';
import { copyText } from '../text/copyText.js';

/** An open array or object. */
interface Draft {
  /** The complete members or elements. The current one is added by the first copy that has a part of it. */
  readonly value: unknown[] | Record<string, unknown>;
  /** The name of the current member, or the index of the current element. */
  key: string | number;
  /** The latest copy of the value; `undefined` if the value has changed since. */
  copy: unknown[] | Record<string, unknown> | undefined;
}

/**
 * Builds the values of a JSON text, and immutable copies of the unfinished root.
 *
 * Each complete value is built once. A copy of the root copies only the open containers that have changed. All others
 * are the same objects as in the previous copy.
 */
export class JSONBuilder implements JSONVisitor {
  /** The latest complete value; at the end of the text, the root. */
  value: unknown = undefined;
  /** The open containers, the outermost first. */
  private readonly drafts: Draft[] = [];
  /** Why the text is invalid or incomplete. */
  error: unknown = undefined;
  /** Called after each complete value. */
  private readonly onValue: () => void;
  private readonly text = new StringBuilder();
  private isInString = false;
  /** Whether the root is complete. */
  private hasRoot = false;

  constructor(onValue: () => void) {
    this.onValue = onValue;
  }

  openArray(): void {
    this.open([], 0);
  }

  openObject(): void {
    this.open({}, '');
  }

  name(name: string): void {
    const draft = this.drafts.at(-1);
    if (draft !== undefined) {
      draft.key = name;
    }
  }

  closeContainer(): void {
    const draft = this.drafts.pop();
    if (draft !== undefined) {
      this.add(draft.copy ?? draft.value);
    }
  }

  openString(): void {
    this.isInString = true;
    this.change();
  }

  string(part: string): void {
    this.text.append(part);
    this.change();
  }

  closeString(): void {
    this.isInString = false;
    this.add(this.text.take());
  }

  closeLiteral(json: string): void {
    this.change();
    this.add(json === 'null' ? null : json === 'true' || (json === 'false' ? false : Number(json)));
  }

  fail(error: unknown): void {
    this.error = error;
  }

  /** A copy of the root as far as it is known; `undefined` before it begins. */
  copyRoot(): unknown {
    if (this.hasRoot) {
      return this.value;
    }
    let inner: unknown = this.isInString ? this.text.text : undefined;
    for (let depth = this.drafts.length - 1; depth >= 0; depth--) {
      const draft = this.drafts[depth];
      if (draft !== undefined) {
        draft.copy ??= copyWith(draft, inner);
        inner = draft.copy;
      }
    }
    return inner;
  }

  private open(value: Draft['value'], key: Draft['key']): void {
    this.change();
    this.drafts.push({ value, key, copy: undefined });
  }

  private add(value: unknown): void {
    this.value = value;
    const draft = this.drafts.at(-1);
    if (draft === undefined) {
      this.hasRoot = true;
    } else {
      put(draft, value);
      if (typeof draft.key === 'number') {
        draft.key++;
      }
    }
    this.onValue();
  }

  /**
   * Invalidates the copies of the open containers, from the inside out. Stops at a container without a copy, because
   * then those around it have none either.
   */
  private change(): void {
    for (let depth = this.drafts.length - 1; depth >= 0; depth--) {
      const draft = this.drafts[depth];
      if (draft?.copy === undefined) {
        return;
      }
      draft.copy = undefined;
    }
  }
}

function copyWith(draft: Draft, inner: unknown): NonNullable<Draft['copy']> {
  if (inner !== undefined) {
    // Adding a member to each copy would be ten times slower than copying an object that has it.
    put(draft, inner);
  }
  return Array.isArray(draft.value) ? draft.value.slice() : { ...draft.value };
}

function put({ value: container, key }: Draft, value: unknown): void {
  if (key === '__proto__') {
    // Assigning `__proto__` would set the prototype.
    Object.defineProperty(container, key, { value, configurable: true, enumerable: true, writable: true });
  } else {
    (container as Record<string | number, unknown>)[key] = value;
  }
}

/** The number of pieces of a string that are concatenated before they are copied into one. */
const MAX_PIECES = 1_024;

/** Concatenates the pieces of a string, which can be read after each piece. */
class StringBuilder {
  /** The pieces that are copied into one. */
  private written = '';
  /** The latest pieces. Engines retain an object for each concatenation. */
  private latest = '';
  private pieces = 0;
  private joined: string | undefined = '';

  /** The same string until another piece is appended, so that it can be compared quickly. */
  get text(): string {
    this.joined ??= this.written + this.latest;
    return this.joined;
  }

  append(piece: string): void {
    this.latest += piece;
    this.joined = undefined;
    this.pieces++;
    if (this.pieces === MAX_PIECES) {
      this.written += copyText(this.latest);
      this.latest = '';
      this.pieces = 0;
    }
  }

  /** Returns the string and begins the next one. */
  take(): string {
    const { text } = this;
    this.written = '';
    this.latest = '';
    this.pieces = 0;
    this.joined = '';
    return text;
  }
}
