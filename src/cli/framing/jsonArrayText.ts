import { Subject } from 'rxjs';

import { parseJSONArray } from '../../protocols/index.js';
import { describeError } from '../problems.js';
import type { WireOutput } from './wireOutput.js';

/** A JSON array of events. */
export class JSONArrayText {
  private readonly output: WireOutput;
  private readonly text = new Subject<string>();
  private readonly nesting = new Nesting();
  private line = 1;

  constructor(output: WireOutput) {
    this.output = output;
    this.text.pipe(parseJSONArray({ maxElementLength: output.maxLength })).subscribe({
      next: (event) => {
        output.addEvent(event);
      },
      error: (error: unknown) => {
        output.reject(this.line, `${describeError(error)}; the rest is not read`);
      },
    });
  }

  /** Pushes text line by line, because the parser does not count lines. */
  push(chunk: string): void {
    this.nesting.push(chunk);
    const [rest = '', ...lines] = chunk.split('\n');
    this.text.next(rest);
    for (const line of lines) {
      this.line++;
      this.text.next(`\n${line}`);
    }
  }

  /** Reports an array without its end, unless it is invalid, which is reported already. */
  end(): void {
    if (this.nesting.isOpen && this.text.observed && !this.output.isInterrupted) {
      this.output.reject(this.line, 'the array breaks off');
      this.text.complete();
    }
  }
}

/** Counts the open arrays and objects of a JSON text in chunks. */
class Nesting {
  private depth = 0;
  private isInString = false;
  private isEscaped = false;

  get isOpen(): boolean {
    return this.depth > 0;
  }

  push(chunk: string): void {
    for (let index = 0; index < chunk.length; index++) {
      const character = chunk.charAt(index);
      if (this.isInString) {
        this.isInString = character !== '"' || this.isEscaped;
        this.isEscaped = character === '\\' && !this.isEscaped;
      } else if (character === '"') {
        this.isInString = true;
      } else if (character === '[' || character === '{') {
        this.depth++;
      } else if (character === ']' || character === '}') {
        this.depth--;
      }
    }
  }
}
