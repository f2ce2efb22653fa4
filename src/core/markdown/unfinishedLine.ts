import type { BlockType } from './blockCommit.js';
import type { BlockMachine } from './blockMachine.js';
import { CARRIAGE_RETURN, isLetter, LEFT_BRACKET, LESS_THAN, skipSpaces, TILDE } from './characters.js';
import { DefinitionScanner } from './definitionScanner.js';
import { LineCursor } from './lineCursor.js';

/** Beyond this length, a line that is still undecided is read again only when its length has doubled. */
const LONG_LINE = 1024;

/**
 * Determines the block type of the unfinished line.
 *
 * The engine copies a growing text whenever it is read. So the line is not read any more once no further text can
 * change its type, which for most lines is after a few characters. A draft then costs constant time.
 */
export class UnfinishedLine {
  private length = 0;
  private blankLength = 0;
  private hasContent = false;
  private readLength = 0;
  private type: BlockType | undefined = undefined;
  private isSettled = false;

  /** Another line begins, or the document before this line has changed. */
  clear(): void {
    this.length = 0;
    this.blankLength = 0;
    this.hasContent = false;
    this.readLength = 0;
    this.type = undefined;
    this.isSettled = false;
  }

  /** Sets the text of the line so far, and returns whether it is blank. A CR at its end may be part of the line end. */
  isBlank(line: string): boolean {
    const { length } = line;
    if (length < this.length) {
      this.clear();
    }
    this.length = length;
    if (!this.hasContent && isDue(length, this.blankLength)) {
      this.blankLength = skipSpaces(line, this.blankLength);
      this.hasContent = this.blankLength < length && !isLastReturn(line, this.blankLength);
    }
    return !this.hasContent;
  }

  /** The type of the next block if the document ended with this line, which must not be blank. */
  typeWith(line: string, index: number, machine: BlockMachine): BlockType | undefined {
    const { open } = machine;
    if (open !== undefined && open.type !== 'paragraph') {
      return open.type;
    }
    if (!this.isSettled && isDue(line.length, this.readLength)) {
      this.readLength = line.length;
      this.read(isLastReturn(line, line.length - 1) ? line.slice(0, -1) : line, index, machine);
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
  }
}

/** Whether a line of this length must be read again. */
function isDue(length: number, readLength: number): boolean {
  return length <= LONG_LINE || length >= readLength * 2;
}

/** Whether the character at `offset` is a CR, and the last one of the line. */
function isLastReturn(line: string, offset: number): boolean {
  return offset === line.length - 1 && line.charCodeAt(offset) === CARRIAGE_RETURN;
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
      // The marker is complete, and the line cannot become a thematic break.
      return /[ \t][^-*\s]/.test(line.slice(offset));
    case 'code':
      return code === TILDE;
    case 'paragraph':
      return code === LEFT_BRACKET
        ? isNoDefinition(line, offset)
        : code !== LESS_THAN && (isLetter(code) || hasOther(line));
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
function hasOther(line: string): boolean {
  return /[^-#*_+`~$\d\s]/.test(line);
}
