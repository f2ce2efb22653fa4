/** Tracks CommonMark code fences in a text, character by character. */
export class CodeFences {
  private isOpen = false;
  /** The character and the length of the open fence. */
  private openMark = '';
  private openLength = 0;
  private part: 'indent' | 'mark' | 'info' | 'rest' | 'text' = 'indent';
  private indent = 0;
  private mark = '';
  private length = 0;

  /** Whether the next character is code or on the line of a fence. */
  get isInCode(): boolean {
    return this.isOpen || (this.part === 'mark' && this.length >= 3) || this.part === 'info';
  }

  read(character: string): void {
    if (character === '\n') {
      this.endLine();
      return;
    }
    switch (this.part) {
      case 'indent':
        this.readIndent(character);
        break;
      case 'mark':
        this.readMark(character);
        break;
      case 'info':
        // An opening fence of backticks has no other backtick on its line.
        this.part = character === '`' && this.mark === '`' ? 'text' : 'info';
        break;
      case 'rest':
        this.part = isBlank(character) ? 'rest' : 'text';
        break;
      case 'text':
        break;
    }
  }

  private readIndent(character: string): void {
    if (character === ' ' && this.indent < 3) {
      this.indent++;
    } else if (character === '`' || character === '~') {
      this.part = 'mark';
      this.mark = character;
      this.length = 1;
    } else {
      this.part = 'text';
    }
  }

  private readMark(character: string): void {
    if (character === this.mark) {
      this.length++;
    } else if (this.length < 3) {
      this.part = 'text';
    } else if (this.isOpen) {
      this.part = isBlank(character) ? 'rest' : 'text';
    } else {
      this.part = 'info';
    }
  }

  private endLine(): void {
    const isFence = this.part !== 'text' && this.length >= 3;
    if (isFence && !this.isOpen) {
      this.isOpen = true;
      this.openMark = this.mark;
      this.openLength = this.length;
    } else if (isFence && this.mark === this.openMark && this.length >= this.openLength) {
      this.isOpen = false;
    }
    this.part = 'indent';
    this.indent = 0;
    this.length = 0;
  }
}

function isBlank(character: string): boolean {
  return character === ' ' || character === '\t' || character === '\r';
}
