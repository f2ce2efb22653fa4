/** The first values of a growing list. They are copied once, when they are first read. */
export class ListView<T> {
  private values: readonly T[];
  private readonly length: number;
  private isOwn = false;

  constructor(values: readonly T[], length: number) {
    this.values = values;
    this.length = length;
  }

  /** The list no longer grows, so it need not be copied. */
  own(): void {
    this.isOwn = true;
  }

  read(): readonly T[] {
    if (!this.isOwn) {
      this.values = this.values.slice(0, this.length);
      this.isOwn = true;
    }
    return this.values;
  }
}
