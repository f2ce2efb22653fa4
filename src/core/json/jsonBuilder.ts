/** An open array or object. */
interface Draft {
  readonly value: unknown[] | Record<string, unknown>;
  /** The name of the current member. */
  name: string;
  /** The latest copy of the value; `undefined` if the value has changed since. */
  copy: unknown[] | Record<string, unknown> | undefined;
}

/**
 * Builds the values of a JSON text, and immutable copies of the unfinished root.
 *
 * Each complete value is built once. A copy of the root copies only the open containers that have changed. All others
 * are the same objects as in the previous copy.
 */
export class JSONBuilder {
  /** The latest complete value; at the end of the text, the root. */
  value: unknown = undefined;
  /** The open containers, the outermost first. */
  private readonly drafts: Draft[] = [];
  /** The received part of the open string. */
  private text: string | undefined = undefined;
  /** Whether the root is complete. */
  private hasRoot = false;

  openArray(): void {
    this.open([]);
  }

  openObject(): void {
    this.open({});
  }

  name(name: string): void {
    const draft = this.drafts.at(-1);
    if (draft !== undefined) {
      draft.name = name;
    }
  }

  closeContainer(): void {
    const draft = this.drafts.pop();
    if (draft !== undefined) {
      this.add(draft.copy ?? draft.value);
    }
  }

  openString(): void {
    this.string('');
  }

  string(part: string): void {
    this.text = (this.text ?? '') + part;
    this.change();
  }

  closeString(): void {
    const { text } = this;
    this.text = undefined;
    this.add(text);
  }

  closeLiteral(json: string): void {
    this.change();
    this.add(json === 'null' ? null : json === 'true' || (json === 'false' ? false : Number(json)));
  }

  /** A copy of the root as far as it is known; `undefined` before it begins. */
  copyRoot(): unknown {
    if (this.hasRoot) {
      return this.value;
    }
    let inner: unknown = this.text;
    for (let depth = this.drafts.length - 1; depth >= 0; depth--) {
      const draft = this.drafts[depth];
      if (draft !== undefined) {
        draft.copy ??= copyWith(draft, inner);
        inner = draft.copy;
      }
    }
    return inner;
  }

  private open(value: Draft['value']): void {
    this.change();
    this.drafts.push({ value, name: '', copy: undefined });
  }

  private add(value: unknown): void {
    this.value = value;
    const draft = this.drafts.at(-1);
    if (draft === undefined) {
      this.hasRoot = true;
    } else {
      put(draft.value, draft.name, value);
    }
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

function copyWith({ value, name }: Draft, inner: unknown): NonNullable<Draft['copy']> {
  const copy = Array.isArray(value) ? value.slice() : { ...value };
  if (inner !== undefined) {
    put(copy, name, inner);
  }
  return copy;
}

function put(container: Draft['value'], name: string, value: unknown): void {
  if (Array.isArray(container)) {
    container.push(value);
  } else if (name === '__proto__') {
    // Assigning `__proto__` would set the prototype.
    Object.defineProperty(container, name, { value, configurable: true, enumerable: true, writable: true });
  } else {
    container[name] = value;
  }
}
