import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import type { Cell } from 'deltalines';

/** One stream. A cell is the same object until it has changed, so `OnPush` checks only those views that have another. */
@Component({
  selector: 'deltalines-cell',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <article
      [attr.aria-busy]="cell().status === 'open'"
      [attr.aria-label]="cell().stream.kind + ' ' + cell().stream.id"
    >
      <h2>
        {{ cell().stream.kind }} <small>{{ cell().stream.id }}</small>
      </h2>
      <pre>{{ text() }}</pre>
      <small>{{ statusText() }}</small>
    </article>
  `,
})
export class CellView {
  readonly cell = input.required<Cell>();
  protected readonly text = computed(() => [...this.cell().lines, this.cell().tail].join('\n'));

  statusText(): string {
    const { status, error } = this.cell();
    return status === 'error' ? `failed: ${String(error)}` : status;
  }
}
