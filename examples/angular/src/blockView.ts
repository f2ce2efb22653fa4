import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import type { CellBlock } from 'deltalines/markdown';

/** The source of one block, as text. A renderer of Markdown goes here; sanitize its output. */
@Component({
  selector: 'deltalines-block',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @switch (block().block) {
      @case ('heading') {
        <h3 class="block">{{ source() }}</h3>
      }
      @case ('blockquote') {
        <blockquote class="block">{{ source() }}</blockquote>
      }
      @case ('code') {
        <pre class="block">{{ source() }}</pre>
      }
      @case ('table') {
        <pre class="block">{{ source() }}</pre>
      }
      @default {
        <div class="block">{{ source() }}</div>
      }
    }
  `,
})
export class BlockView {
  readonly block = input.required<CellBlock>();

  source(): string {
    return this.block().text;
  }
}
