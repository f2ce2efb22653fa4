import { BACKSLASH, COLON, HYPHEN, isSpace, PIPE, skipRun, skipSpaces } from './characters.js';

/** The number of cells of the row at `offset`. */
export function countCells(text: string, offset: number): number {
  let cells = 0;
  // A leading pipe begins the first cell, and a trailing pipe begins none.
  let isBefore = true;
  if (text.charCodeAt(offset) === PIPE) {
    offset++;
  }
  for (; offset < text.length; offset++) {
    const code = text.charCodeAt(offset);
    if (isSpace(code)) {
      continue;
    }
    if (isBefore) {
      cells++;
      isBefore = false;
    }
    if (code === PIPE) {
      isBefore = true;
    } else if (code === BACKSLASH) {
      // The next character is text, also if it is a pipe.
      offset++;
    }
  }
  return cells;
}

/** The number of cells of the delimiter row at `offset`; 0 if it is not a delimiter row. */
export function countDelimiters(text: string, offset: number): number {
  let cells = 0;
  // Hyphens alone are a heading underline.
  let isTable = false;
  if (text.charCodeAt(offset) === PIPE) {
    isTable = true;
    offset = skipSpaces(text, offset + 1);
  }
  while (offset < text.length) {
    const start = offset;
    if (text.charCodeAt(offset) === COLON) {
      offset++;
    }
    const hyphens = offset;
    offset = skipRun(text, offset, HYPHEN);
    if (offset === hyphens) {
      return 0;
    }
    if (text.charCodeAt(offset) === COLON) {
      offset++;
    }
    isTable ||= text.charCodeAt(start) === COLON || text.charCodeAt(offset - 1) === COLON;
    cells++;
    offset = skipSpaces(text, offset);
    if (offset < text.length) {
      if (text.charCodeAt(offset) !== PIPE) {
        return 0;
      }
      isTable = true;
      offset = skipSpaces(text, offset + 1);
    }
  }
  return isTable ? cells : 0;
}
