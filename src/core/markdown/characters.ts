/** The characters that determine the structure of a line. */
export const TAB = 0x09;
export const CARRIAGE_RETURN = 0x0d;
export const SPACE = 0x20;
export const EXCLAMATION_MARK = 0x21;
export const DOUBLE_QUOTE = 0x22;
export const NUMBER_SIGN = 0x23;
export const DOLLAR = 0x24;
export const SINGLE_QUOTE = 0x27;
export const LEFT_PARENTHESIS = 0x28;
export const RIGHT_PARENTHESIS = 0x29;
export const ASTERISK = 0x2a;
export const PLUS = 0x2b;
export const HYPHEN = 0x2d;
export const FULL_STOP = 0x2e;
export const SLASH = 0x2f;
const ZERO = 0x30;
const NINE = 0x39;
export const COLON = 0x3a;
export const LESS_THAN = 0x3c;
export const EQUALS = 0x3d;
export const GREATER_THAN = 0x3e;
export const QUESTION_MARK = 0x3f;
export const LEFT_BRACKET = 0x5b;
export const BACKSLASH = 0x5c;
export const RIGHT_BRACKET = 0x5d;
export const UNDERSCORE = 0x5f;
export const BACKTICK = 0x60;
export const PIPE = 0x7c;
export const TILDE = 0x7e;
export const DELETE = 0x7f;

export function isSpace(code: number): boolean {
  return code === SPACE || code === TAB;
}

export function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

export function isLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** The offset after the spaces and tabs at `offset`. */
export function skipSpaces(text: string, offset: number): number {
  while (isSpace(text.charCodeAt(offset))) {
    offset++;
  }
  return offset;
}

/** The offset after the run of this character at `offset`. */
export function skipRun(text: string, offset: number, code: number): number {
  while (text.charCodeAt(offset) === code) {
    offset++;
  }
  return offset;
}

export function isBlankFrom(text: string, offset: number): boolean {
  return skipSpaces(text, offset) === text.length;
}
