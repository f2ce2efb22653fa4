import type { Commit, DropCommit } from '../index.js';

/** Counts dropped events for a message at the end. */
export class DropCount {
  total = 0;
  private readonly reasons = new Map<DropCommit['reason'], number>();

  add(commit: Commit): void {
    if (commit.type === 'drop') {
      this.total++;
      this.reasons.set(commit.reason, (this.reasons.get(commit.reason) ?? 0) + 1);
    }
  }

  toString(): string {
    const counts = [...this.reasons].map(([reason, count]) => `${count} ${reason}`);
    return `${this.total} ${this.total === 1 ? 'event' : 'events'} dropped: ${counts.join(', ')}`;
  }
}
