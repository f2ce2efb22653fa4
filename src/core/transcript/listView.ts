/** The first values of a list that grows; copied when they are read, and only once. */
export class ListView<T> {
  private values: readonly T[];
  private readonly length: number;
  private isOwn = false;

  constructor(values: readonly T[], length: number) {
    this.values = values;
    this.length = length;
  }

  /** The list grows no more, so it need not be copied. */
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
