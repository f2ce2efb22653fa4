import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import type { BlockCell } from 'deltalines/markdown';

import { BlockView } from './blockView';

/** One stream. A cell is the same object until it has changed, so `OnPush` checks only those views that have another. */
@Component({
  selector: 'deltalines-cell',
  imports: [BlockView],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <article
      [attr.aria-busy]="cell().status === 'open'"
      [attr.aria-label]="cell().stream.kind + ' ' + cell().stream.id"
    >
      <h2>
        {{ cell().stream.kind }} <small>{{ cell().stream.id }}</small>
      </h2>
      <!-- A finished block stays the same object, so its view is checked once, and only that of the draft again. -->
      @for (block of blocks(); track $index) {
        <deltalines-block [block]="block" />
      }
      <footer>{{ statusText() }}</footer>
    </article>
  `,
})
export class CellView {
  readonly cell = input.required<BlockCell>();

  /** The draft has the index of the block that it becomes, so that its view stays. */
  protected readonly blocks = computed(() => {
    const { blocks, draft } = this.cell();
    return draft === undefined ? blocks : [...blocks, draft];
  });

  statusText(): string {
    const { status, error } = this.cell();
    return status === 'error' ? `failed: ${String(error)}` : status;
  }
}
