import { readField, readText } from '../connection/fields.js';

/** A key of an object or an index of an array. */
type Segment = string | number;

const SEGMENT = /\.([^.[\]]+)|\[(\d+)\]|\[(?:"([^"]*)"|'([^']*)')\]/y;

/** Writes the arguments of a call as JSON. They are streamed value by value, each with its path. */
export class GeminiArguments {
  /** The path of the latest value. All containers on it are open. */
  private path: readonly Segment[] = [];
  private isInString = false;

  /** Returns the text that the next value adds; empty if it is not a value. */
  write(partial: unknown): string {
    const path = parsePath(readText(partial, 'jsonPath') ?? '');
    const value = valueOf(partial);
    if (path.length === 0 || value === undefined) {
      return '';
    }
    const isContinued = typeof value === 'string' && this.isInString && isSamePath(path, this.path);
    let text = isContinued ? '' : this.moveTo(path);
    if (typeof value !== 'string') {
      return text + String(value);
    }
    text += isContinued ? '' : '"';
    // Pieces can be escaped separately, because JSON escapes each code unit on its own.
    text += JSON.stringify(value).slice(1, -1);
    this.isInString = readField(partial, 'willContinue') === true;
    return this.isInString ? text : `${text}"`;
  }

  /** Returns the text that completes the arguments. */
  close(): string {
    const text = this.path.length === 0 ? '{}' : this.endString() + this.closeContainers(0);
    this.path = [];
    return text;
  }

  private moveTo(path: readonly Segment[]): string {
    const shared = sharedLength(this.path, path);
    let text = this.endString();
    text += this.path.length === 0 ? openingOf(path[0]) : `${this.closeContainers(shared + 1)},`;
    for (const [depth, segment] of path.entries()) {
      if (depth >= shared) {
        text += depth > shared ? openingOf(segment) : '';
        text += typeof segment === 'string' ? `${JSON.stringify(segment)}:` : '';
      }
    }
    this.path = path;
    return text;
  }

  private endString(): string {
    const text = this.isInString ? '"' : '';
    this.isInString = false;
    return text;
  }

  /** Closes the containers from this depth on. */
  private closeContainers(depth: number): string {
    return this.path
      .slice(depth)
      .map((segment) => (typeof segment === 'number' ? ']' : '}'))
      .reverse()
      .join('');
  }
}

/** The first key or index in a container determines its type. */
function openingOf(segment: Segment | undefined): string {
  return typeof segment === 'number' ? '[' : '{';
}

function sharedLength(a: readonly Segment[], b: readonly Segment[]): number {
  // The last segment is a value, which no other path can share.
  const longest = Math.max(0, Math.min(a.length, b.length) - 1);
  const difference = a.findIndex((segment, depth) => segment !== b[depth]);
  return difference === -1 ? longest : Math.min(difference, longest);
}

function isSamePath(a: readonly Segment[], b: readonly Segment[]): boolean {
  return a.length === b.length && a.every((segment, depth) => segment === b[depth]);
}

/** Returns the segments of a path such as `$.users[0].name`; none for an invalid path. */
function parsePath(path: string): readonly Segment[] {
  const segments: Segment[] = [];
  let position = path.startsWith('$') ? 1 : path.length;
  while (position < path.length) {
    SEGMENT.lastIndex = position;
    const match = SEGMENT.exec(path);
    if (match === null) {
      return [];
    }
    const [whole, key, index, doubleQuoted, singleQuoted] = match;
    segments.push(index === undefined ? (key ?? doubleQuoted ?? singleQuoted ?? '') : Number(index));
    position += whole.length;
  }
  return segments;
}

/** The value of a part of the arguments, or `undefined`. */
function valueOf(partial: unknown): string | number | boolean | null | undefined {
  const number = readField(partial, 'numberValue');
  const boolean = readField(partial, 'boolValue');
  if (typeof number === 'number' && Number.isFinite(number)) {
    return number;
  }
  if (typeof boolean === 'boolean') {
    return boolean;
  }
  return readField(partial, 'nullValue') === undefined ? readText(partial, 'stringValue') : null;
}
