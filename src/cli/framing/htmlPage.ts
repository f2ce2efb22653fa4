import type { LineFraming, WireOutput } from './wireOutput.js';

export const HTML_START = /^\s*<(?:!doctype\s+html|html\b)/i;
const HTML_TITLE = /<title[^>]*>([^<]*)<\/title/i;

/** The most code units of a page that are searched for its title. */
const MAX_PAGE = 64 * 1024;

/** An HTML page instead of events, which is reported with its title. */
export class HTMLPage implements LineFraming {
  private readonly output: WireOutput;
  private readonly line: number;
  private page = '';

  /** @param line The number of its first line. */
  constructor(output: WireOutput, line: number) {
    this.output = output;
    this.line = line;
  }

  readLine(line: string): void {
    this.page += this.page.length < MAX_PAGE ? `${line.slice(0, MAX_PAGE)}\n` : '';
  }

  end(): void {
    if (this.page !== '') {
      const title = HTML_TITLE.exec(this.page)?.[1]?.trim() ?? '';
      this.page = '';
      this.output.reject(this.line, `an HTML page instead of events${title === '' ? '' : `: ${title}`}`);
    }
  }
}
