import { OpenText } from './openText.js';
import type { DeltaOutput } from '../connection/readConnection.js';

/** Consecutive texts. The full text of one may arrive after the next one has begun. */
export class CodexSections<K extends string> {
  private readonly output: DeltaOutput<K>;
  private readonly kind: K;
  private readonly idPrefix: string;
  /** In the order of opening. */
  private open: OpenText<K>[] = [];
  /** The section that deltas belong to. */
  private current: OpenText<K> | undefined = undefined;
  private count = 0;

  constructor(output: DeltaOutput<K>, kind: K, idPrefix: string) {
    this.output = output;
    this.kind = kind;
    this.idPrefix = idPrefix;
  }

  append(delta: string | undefined): void {
    if (delta === undefined || delta === '') {
      return;
    }
    if (this.current === undefined) {
      this.current = this.begin();
      this.open.push(this.current);
    }
    this.current.append(delta);
  }

  /** The next delta opens another section, so no section is empty. */
  break(): void {
    this.current = undefined;
  }

  /** Ends the first open section that begins like the full text, so that a missing full text does not affect the others. */
  end(fullText: string | undefined): void {
    if (fullText === undefined || fullText === '') {
      return;
    }
    const section = this.open.find((candidate) => candidate.beginsLike(fullText)) ?? this.open[0];
    if (section === undefined) {
      this.begin().end(fullText);
      return;
    }
    section.end(fullText);
    this.open = this.open.filter((other) => other !== section);
    if (section === this.current) {
      this.current = undefined;
    }
  }

  endAll(finishReason?: string): void {
    for (const section of this.open) {
      section.end(undefined, finishReason);
    }
  }

  failAll(error: unknown): void {
    for (const section of this.open) {
      section.fail(error);
    }
  }

  private begin(): OpenText<K> {
    const section = new OpenText(this.output, this.kind, `${this.idPrefix}${this.count}`);
    this.count++;
    return section;
  }
}
