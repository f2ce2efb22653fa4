import type { BlockType } from './blockCommit.js';
import type { BlockMachine } from './blockMachine.js';
import { isLetter, isSpace, LEFT_BRACKET, LESS_THAN, TILDE } from './characters.js';
import { DefinitionScanner } from './definitionScanner.js';
import { LineCursor } from './lineCursor.js';

/** Beyond this length, a line that may still become another block is read again only once it is twice as long. */
const LONG_LINE = 1024;

/**
 * The line that has not ended. It remembers what it found out, so that a draft costs no more than what was added to the
 * line: most lines are settled by their first characters.
 */
export class UnfinishedLine {
  private blankLength = 0;
  private readLength = 0;
  private type: BlockType | undefined = undefined;
  private isSettled = false;

  /** Another line begins, or the document before it has changed. */
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

  /** What the first block that is not committed would be if the document ended with this line, which is not blank. */
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
        : // Neither a heading nor a table, nor a definition.
          !machine.mayBeDefinition && /[^ \t=|:-]/.test(line);
    fork.finish();
    this.type = types[0];
    this.readLength = line.length;
  }
}

/** Whether the first line of a block stays what it is, whatever is added to it. */
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

/** Whether the line has another character than the first one that might make it a block. */
function hasOther(line: string, offset: number): boolean {
  return /[^-#*_+`~$\d\s]/.test(line.slice(offset, offset + LONG_LINE));
}
