import {
  COLON,
  DOUBLE_QUOTE,
  EQUALS,
  EXCLAMATION_MARK,
  FULL_STOP,
  GREATER_THAN,
  HYPHEN,
  isBlankFrom,
  isDigit,
  isLetter,
  isSpace,
  LESS_THAN,
  QUESTION_MARK,
  SINGLE_QUOTE,
  skipSpaces,
  SLASH,
  UNDERSCORE,
  BACKTICK,
} from './characters.js';

/** What ends an HTML block: a line with this text, a line with the end tag of a raw element, or a blank line. */
export type HTMLEnd = '?>' | '-->' | ']]>' | '>' | 'endTag' | 'blank';

/** Elements whose blocks end only at an end tag. */
const RAW_ELEMENTS: ReadonlySet<string> = new Set(['pre', 'script', 'style', 'textarea']);
const RAW_ENDS: readonly string[] = [...RAW_ELEMENTS].map((name) => `</${name}>`);

/** The elements of CommonMark 0.31.2, section 4.6, start condition 6. */
const BLOCK_ELEMENTS: ReadonlySet<string> = new Set(
  (
    'address article aside base basefont blockquote body caption center col colgroup dd details dialog dir div dl dt ' +
    'fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html iframe legend li link ' +
    'main menu menuitem nav noframes ol optgroup option p param search section summary table tbody td tfoot th thead ' +
    'title tr track ul'
  ).split(' '),
);

/** The length of the longest of these names. A longer name need not be looked up. */
const MAX_NAME_LENGTH = 10;

/** What ends the HTML block that begins at `offset`; `undefined` if none begins there. */
export function htmlEndAt(text: string, offset: number, isInParagraph: boolean): HTMLEnd | undefined {
  switch (text.charCodeAt(offset + 1)) {
    case QUESTION_MARK:
      return '?>';
    case EXCLAMATION_MARK:
      if (text.startsWith('--', offset + 2)) {
        return '-->';
      }
      if (text.startsWith('[CDATA[', offset + 2)) {
        return ']]>';
      }
      return isLetter(text.charCodeAt(offset + 2)) ? '>' : undefined;
    default:
      return elementEndAt(text, offset, isInParagraph);
  }
}

/** Whether a line ends an HTML block. */
export function hasHTMLEnd(text: string, offset: number, end: HTMLEnd): boolean {
  if (end === 'blank') {
    return false;
  }
  if (end !== 'endTag') {
    return text.includes(end, offset);
  }
  if (!text.includes('</', offset)) {
    return false;
  }
  const lower = text.slice(offset).toLowerCase();
  return RAW_ENDS.some((tag) => lower.includes(tag));
}

function elementEndAt(text: string, offset: number, isInParagraph: boolean): HTMLEnd | undefined {
  const isClosing = text.charCodeAt(offset + 1) === SLASH;
  const start = offset + (isClosing ? 2 : 1);
  const end = skipName(text, start);
  if (end === start) {
    return undefined;
  }
  const name = end - start > MAX_NAME_LENGTH ? '' : text.slice(start, end).toLowerCase();
  const next = text.charCodeAt(end);
  const isDelimited = end === text.length || isSpace(next) || next === GREATER_THAN;
  if (RAW_ELEMENTS.has(name) && !isClosing) {
    return isDelimited ? 'endTag' : undefined;
  }
  if (BLOCK_ELEMENTS.has(name) && (isDelimited || text.startsWith('/>', end))) {
    return 'blank';
  }
  // Any other complete tag begins a block if it is alone on its line, but does not interrupt a paragraph.
  const afterTag = isInParagraph ? undefined : isClosing ? skipClosingTag(text, end) : skipOpenTag(text, end);
  return afterTag !== undefined && isBlankFrom(text, afterTag) ? 'blank' : undefined;
}

/** The offset after the name of the tag. */
function skipName(text: string, offset: number): number {
  if (!isLetter(text.charCodeAt(offset))) {
    return offset;
  }
  let code: number;
  do {
    code = text.charCodeAt(++offset);
  } while (isLetter(code) || isDigit(code) || code === HYPHEN);
  return offset;
}

/** The offset after the closing tag whose name ends at `offset`; `undefined` if the tag is malformed. */
function skipClosingTag(text: string, offset: number): number | undefined {
  const end = skipSpaces(text, offset);
  return text.charCodeAt(end) === GREATER_THAN ? end + 1 : undefined;
}

function skipOpenTag(text: string, offset: number): number | undefined {
  for (;;) {
    const start = skipSpaces(text, offset);
    const code = text.charCodeAt(start);
    if (code === GREATER_THAN) {
      return start + 1;
    }
    if (code === SLASH) {
      return text.charCodeAt(start + 1) === GREATER_THAN ? start + 2 : undefined;
    }
    const end = start === offset ? undefined : skipAttribute(text, start);
    if (end === undefined) {
      return undefined;
    }
    offset = end;
  }
}

function skipAttribute(text: string, offset: number): number | undefined {
  const end = skipAttributeName(text, offset);
  if (end === offset) {
    return undefined;
  }
  const equals = skipSpaces(text, end);
  return text.charCodeAt(equals) === EQUALS ? skipAttributeValue(text, skipSpaces(text, equals + 1)) : end;
}

function skipAttributeName(text: string, offset: number): number {
  const first = text.charCodeAt(offset);
  if (!isLetter(first) && first !== UNDERSCORE && first !== COLON) {
    return offset;
  }
  let code: number;
  do {
    code = text.charCodeAt(++offset);
  } while (
    isLetter(code) ||
    isDigit(code) ||
    code === UNDERSCORE ||
    code === FULL_STOP ||
    code === COLON ||
    code === HYPHEN
  );
  return offset;
}

function skipAttributeValue(text: string, offset: number): number | undefined {
  const quote = text.charCodeAt(offset);
  if (quote === DOUBLE_QUOTE || quote === SINGLE_QUOTE) {
    const end = text.indexOf(quote === DOUBLE_QUOTE ? '"' : "'", offset + 1);
    return end === -1 ? undefined : end + 1;
  }
  let end = offset;
  while (end < text.length && isUnquoted(text.charCodeAt(end))) {
    end++;
  }
  return end === offset ? undefined : end;
}

function isUnquoted(code: number): boolean {
  return !(
    isSpace(code) ||
    code === DOUBLE_QUOTE ||
    code === SINGLE_QUOTE ||
    code === EQUALS ||
    code === LESS_THAN ||
    code === GREATER_THAN ||
    code === BACKTICK
  );
}
