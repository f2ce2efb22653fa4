import { MAX_TEXT_LENGTH } from './maxTextLength.js';

/** The JSON of a text is up to six times as long, and must fit into a string too. */
const MAX_COPY_LENGTH = MAX_TEXT_LENGTH / 8;

/**
 * Makes an independent string. In all current engines a slice retains the string that it was cut from, and a
 * concatenation its pieces. Reading a character is not enough: Node.js 22 and later do not join the pieces for that.
 * A text of more than 31,250,000 code units is returned as it is, because what it retains is little beside it.
 */
export function copyText(text: string): string {
  return text.length > MAX_COPY_LENGTH ? text : (JSON.parse(JSON.stringify(text)) as string);
}
