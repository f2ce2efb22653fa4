/** As many as `commitLines` remembers streams by default: beyond, it does not know their ids either. */
const MAX_REMEMBERED = 10_000;

/** Remembers how often names were used that a producer may give again. Those used the longest ago are forgotten first. */
export class NameUses {
  private readonly uses = new Map<string, number>();

  get(name: string): number | undefined {
    return this.uses.get(name);
  }

  set(name: string, uses: number): void {
    // Set anew, it is the latest.
    this.uses.delete(name);
    this.uses.set(name, uses);
    if (this.uses.size > MAX_REMEMBERED) {
      const oldest = this.uses.keys().next();
      this.uses.delete(oldest.value ?? '');
    }
  }
}
