const EXCERPT_LENGTH = 60;

/** An event, or a line of text between events. */
export type WireItem =
  { readonly type: 'event'; readonly event: unknown } | { readonly type: 'text'; readonly text: string };

/** Called with the number of a line, and what is wrong with it. */
export type OnBroken = (line: number, message: string) => void;

/** What was read of a connection: its items, and reports of what is broken. */
export class WireOutput {
  /** Items that were read and not returned yet. */
  readonly items: WireItem[] = [];
  /** The most code units of a line, of a JSON text, and of the data of a server-sent event. */
  readonly maxLength: number;
  /** Whether reading was interrupted, so that an unfinished event is not broken. */
  isInterrupted = false;
  private readonly onBroken: OnBroken;

  constructor(onBroken: OnBroken, maxLength: number) {
    this.onBroken = onBroken;
    this.maxLength = maxLength;
  }

  addEvent(event: unknown): void {
    this.items.push({ type: 'event', event });
  }

  addText(text: string): void {
    this.items.push({ type: 'text', text });
  }

  reject(line: number, message: string): void {
    this.onBroken(line, message);
  }

  rejectJSON(line: number, json: string): void {
    if (!this.isInterrupted) {
      const excerpt = json.length > EXCERPT_LENGTH ? `${json.slice(0, EXCERPT_LENGTH)}…` : json;
      this.reject(line, `broken JSON: ${excerpt}`);
    }
  }

  rejectLength(line: number): void {
    this.reject(line, `longer than ${this.maxLength} characters`);
  }
}

/** A framing that is read line by line. */
export interface LineFraming {
  readLine(line: string): void;
  /** Reads what the last lines left unfinished. May be called repeatedly. */
  end(): void;
}
