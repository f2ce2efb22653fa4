import type { BlockType } from './blockCommit.js';
import type { BlockMachine } from './blockMachine.js';
import { isLetter, isSpace, LEFT_BRACKET, LESS_THAN, TILDE } from './characters.js';
import { DefinitionScanner } from './definitionScanner.js';
import { LineCursor } from './lineCursor.js';

/** Beyond this length, a line whose block type may still change is read again only when its length has doubled. */
const LONG_LINE = 1024;

/**
 * Determines the block type of the unfinished line. The type is cached once no further text can change it, which for
 * most lines is after a few characters. So a draft costs time in proportion to the added text.
 */
export class UnfinishedLine {
  private blankLength = 0;
  private readLength = 0;
  private type: BlockType | undefined = undefined;
  private isSettled = false;

  /** Another line begins, or the document before this line has changed. */
  clear(): void {
    this.blankLength = 0;
    this.readLength = 0;
    this.type = undefined;
    this.isSettled = false;
  }

  isBlank(line: string): boolean {
    while (isSpace(line.charCodeAt(this.blankLength))) {
      this.blankLength++;
    }
    return this.blankLength >= line.length;
  }

  /** The type of the next block if the document ended with this line, which must not be blank. */
  typeWith(line: string, index: number, machine: BlockMachine): BlockType | undefined {
    const { open } = machine;
    if (open !== undefined && open.type !== 'paragraph') {
      return open.type;
    }
    const { length } = line;
    const isKnown = this.isSettled || (length > LONG_LINE && length < this.readLength * 2);
    if (!isKnown) {
      this.read(line, index, machine);
    }
    return this.type;
  }

  private read(line: string, index: number, machine: BlockMachine): void {
    const types: BlockType[] = [];
    const fork = machine.fork(({ block }) => types.push(block));
    fork.readLine(index, line, '');
    this.isSettled =
      machine.open === undefined
        ? isFirstLineSettled(line, fork)
        : // The paragraph cannot become a heading, a table or a definition.
          !machine.mayBeDefinition && /[^ \t=|:-]/.test(line);
    fork.finish();
    this.type = types[0];
    this.readLength = line.length;
  }
}

/** Whether no further text can change the type of the block that this line begins. */
function isFirstLineSettled(line: string, fork: BlockMachine): boolean {
  const cursor = new LineCursor();
  cursor.start(line);
  const { code, offset, indent } = cursor;
  if (indent >= 4) {
    return true;
  }
  switch (fork.open?.type) {
    case 'blockquote':
      return true;
    case 'list':
      return /^[-*+\d.)]+[ \t]+[^-*\s]/.test(line.slice(offset, offset + LONG_LINE));
    case 'code':
      return code === TILDE;
    case 'paragraph':
      return code === LEFT_BRACKET
        ? isNoDefinition(line, offset)
        : code !== LESS_THAN && (isLetter(code) || hasOther(line, offset));
    default:
      return false;
  }
}

function isNoDefinition(line: string, offset: number): boolean {
  const scanner = new DefinitionScanner();
  scanner.readText(line, offset);
  return scanner.isFailed;
}

/** Whether the line has a character that is in none of the markers of other blocks. */
function hasOther(line: string, offset: number): boolean {
  return /[^-#*_+`~$\d\s]/.test(line.slice(offset, offset + LONG_LINE));
}
