import {
  ASTERISK,
  BACKTICK,
  DOLLAR,
  EQUALS,
  FULL_STOP,
  HYPHEN,
  isBlankFrom,
  isDigit,
  isSpace,
  NUMBER_SIGN,
  PLUS,
  RIGHT_PARENTHESIS,
  skipRun,
  skipSpaces,
  TILDE,
  UNDERSCORE,
} from './characters.js';

/** A fence of code or of math. */
export interface Fence {
  readonly block: 'code' | 'math';
  readonly code: number;
  readonly length: number;
}

/** A bullet, or the number of a list item with its delimiter. */
export interface ListMarker {
  /** The bullet, or the delimiter after the number. It is the same in all items of a list. */
  readonly code: number;
  readonly length: number;
  /** The number; `undefined` for a bullet. */
  readonly number: number | undefined;
}

const MAX_DIGITS = 9;
const MAX_HEADING_LEVEL = 6;

/** Whether an ATX heading begins at `offset`. */
export function isHeading(text: string, offset: number): boolean {
  const end = skipRun(text, offset, NUMBER_SIGN);
  return end - offset <= MAX_HEADING_LEVEL && (end === text.length || isSpace(text.charCodeAt(end)));
}

/** Whether the line from `offset` on is a thematic break: three or more of the same mark, with spaces anywhere. */
export function isThematicBreak(text: string, offset: number): boolean {
  const mark = text.charCodeAt(offset);
  if (mark !== ASTERISK && mark !== HYPHEN && mark !== UNDERSCORE) {
    return false;
  }
  let marks = 0;
  for (; offset < text.length; offset++) {
    const code = text.charCodeAt(offset);
    if (code === mark) {
      marks++;
    } else if (!isSpace(code)) {
      return false;
    }
  }
  return marks >= 3;
}

/** Whether the line from `offset` on is a setext heading underline. */
export function isUnderline(text: string, offset: number): boolean {
  const code = text.charCodeAt(offset);
  return (code === EQUALS || code === HYPHEN) && isBlankFrom(text, skipRun(text, offset, code));
}

export function fenceAt(text: string, offset: number, math: boolean): Fence | undefined {
  const code = text.charCodeAt(offset);
  const isMath = math && code === DOLLAR;
  if (code !== BACKTICK && code !== TILDE && !isMath) {
    return undefined;
  }
  const end = skipRun(text, offset, code);
  const length = end - offset;
  if (length < (isMath ? 2 : 3)) {
    return undefined;
  }
  if (code !== TILDE && text.includes(isMath ? '$' : '`', end)) {
    // It begins a span in a paragraph.
    return undefined;
  }
  return { block: isMath ? 'math' : 'code', code, length };
}

export function isClosingFence(text: string, offset: number, fence: Fence): boolean {
  const end = skipRun(text, offset, fence.code);
  return end - offset >= fence.length && isBlankFrom(text, end);
}

export function listMarkerAt(text: string, offset: number): ListMarker | undefined {
  const code = text.charCodeAt(offset);
  let end = offset;
  let number: number | undefined;
  if (code !== ASTERISK && code !== PLUS && code !== HYPHEN) {
    while (end - offset < MAX_DIGITS && isDigit(text.charCodeAt(end))) {
      end++;
    }
    const mark = text.charCodeAt(end);
    if (end === offset || (mark !== FULL_STOP && mark !== RIGHT_PARENTHESIS)) {
      return undefined;
    }
    number = Number(text.slice(offset, end));
  }
  const after = end + 1;
  if (after < text.length && !isSpace(text.charCodeAt(after))) {
    return undefined;
  }
  return { code: text.charCodeAt(end), length: after - offset, number };
}

/** A list item can interrupt a paragraph only if it is not empty and its number, if any, is 1. */
export function canInterruptParagraph({ length, number }: ListMarker, text: string, offset: number): boolean {
  return (number === undefined || number === 1) && skipSpaces(text, offset + length) < text.length;
}
