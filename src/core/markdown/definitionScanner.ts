import {
  BACKSLASH,
  COLON,
  DELETE,
  DOUBLE_QUOTE,
  GREATER_THAN,
  isSpace,
  LEFT_BRACKET,
  LEFT_PARENTHESIS,
  LESS_THAN,
  RIGHT_BRACKET,
  RIGHT_PARENTHESIS,
  SINGLE_QUOTE,
  SPACE,
} from './characters.js';

/** What the next character belongs to. */
type State =
  | 'start'
  | 'label'
  | 'colon'
  | 'beforeDestination'
  | 'angleDestination'
  | 'destination'
  | 'afterDestination'
  | 'beforeTitle'
  /** The line of the destination ended. */
  | 'nextLine'
  | 'title'
  | 'afterTitle'
  | 'failed';

const MAX_LABEL_LENGTH = 999;

/** Checks whether the lines of a paragraph are only link reference definitions. */
export class DefinitionScanner {
  private state: State = 'start';
  private isEscaped = false;
  private labelLength = 0;
  private hasLabel = false;
  private parentheses = 0;
  private quote = 0;

  /** Whether all lines so far are complete definitions. */
  get isComplete(): boolean {
    return this.state === 'start' || this.state === 'nextLine';
  }

  /** Whether some text is certainly not a definition. */
  get isFailed(): boolean {
    return this.state === 'failed';
  }

  clone(): DefinitionScanner {
    return Object.assign(new DefinitionScanner(), this);
  }

  /** Reads the rest of a line, after its leading spaces. */
  readLine(text: string, offset: number): void {
    this.readText(text, offset);
    this.state = this.afterLine();
  }

  /** Reads the rest of an unfinished line. */
  readText(text: string, offset: number): void {
    for (; offset < text.length && this.state !== 'failed'; offset++) {
      this.state = this.after(text.charCodeAt(offset));
    }
  }

  private after(code: number): State {
    switch (this.state) {
      case 'start':
        return this.open(code);
      case 'label':
        return this.afterLabel(code);
      case 'colon':
        return code === COLON ? 'beforeDestination' : 'failed';
      case 'beforeDestination':
        return this.openDestination(code);
      case 'angleDestination':
        return this.afterAngle(code);
      case 'destination':
        return this.afterBare(code);
      case 'afterDestination':
        return isSpace(code) ? 'beforeTitle' : 'failed';
      case 'beforeTitle':
        return isSpace(code) ? 'beforeTitle' : this.openTitle(code);
      case 'nextLine':
        return code === LEFT_BRACKET ? this.open(code) : this.openTitle(code);
      case 'title':
        return this.afterTitle(code);
      case 'afterTitle':
        return isSpace(code) ? 'afterTitle' : 'failed';
      case 'failed':
        return 'failed';
    }
  }

  private afterLine(): State {
    this.isEscaped = false;
    switch (this.state) {
      case 'label':
        this.labelLength++;
        return this.labelLength > MAX_LABEL_LENGTH ? 'failed' : 'label';
      case 'beforeDestination':
      case 'title':
        return this.state;
      case 'destination':
        return this.parentheses === 0 ? 'nextLine' : 'failed';
      case 'afterDestination':
      case 'beforeTitle':
        return 'nextLine';
      case 'afterTitle':
        return 'start';
      default:
        return 'failed';
    }
  }

  private open(code: number): State {
    this.labelLength = 0;
    this.hasLabel = false;
    return code === LEFT_BRACKET ? 'label' : 'failed';
  }

  private afterLabel(code: number): State {
    if (!this.isEscaped && code === RIGHT_BRACKET) {
      return this.hasLabel ? 'colon' : 'failed';
    }
    if ((!this.isEscaped && code === LEFT_BRACKET) || ++this.labelLength > MAX_LABEL_LENGTH) {
      return 'failed';
    }
    this.hasLabel ||= !isSpace(code);
    this.isEscaped = !this.isEscaped && code === BACKSLASH;
    return 'label';
  }

  private openDestination(code: number): State {
    if (isSpace(code)) {
      return 'beforeDestination';
    }
    this.parentheses = 0;
    return code === LESS_THAN ? 'angleDestination' : this.afterBare(code);
  }

  private afterAngle(code: number): State {
    if (this.isEscaped) {
      this.isEscaped = false;
    } else if (code === GREATER_THAN) {
      return 'afterDestination';
    } else if (code === LESS_THAN) {
      return 'failed';
    } else {
      this.isEscaped = code === BACKSLASH;
    }
    return 'angleDestination';
  }

  private afterBare(code: number): State {
    if (isSpace(code)) {
      return this.parentheses === 0 ? 'beforeTitle' : 'failed';
    }
    // CommonMark replaces NUL by U+FFFD.
    if ((code < SPACE && code !== 0) || code === DELETE) {
      return 'failed';
    }
    if (this.isEscaped) {
      this.isEscaped = false;
    } else if (code === LEFT_PARENTHESIS) {
      this.parentheses++;
    } else if (code === RIGHT_PARENTHESIS && --this.parentheses < 0) {
      return 'failed';
    } else {
      this.isEscaped = code === BACKSLASH;
    }
    return 'destination';
  }

  private openTitle(code: number): State {
    if (code !== DOUBLE_QUOTE && code !== SINGLE_QUOTE && code !== LEFT_PARENTHESIS) {
      return 'failed';
    }
    this.quote = code;
    return 'title';
  }

  private afterTitle(code: number): State {
    if (this.isEscaped) {
      this.isEscaped = false;
      return 'title';
    }
    if (code === (this.quote === LEFT_PARENTHESIS ? RIGHT_PARENTHESIS : this.quote)) {
      return 'afterTitle';
    }
    if (code === LEFT_PARENTHESIS && this.quote === LEFT_PARENTHESIS) {
      return 'failed';
    }
    this.isEscaped = code === BACKSLASH;
    return 'title';
  }
}
