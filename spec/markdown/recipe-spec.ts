import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { codeBlocksOf, root } from '../../scripts/codeBlocks.js';
import type { CellBlock } from '../../src/markdown/index.js';

mkdirSync(join(root, 'reports'), { recursive: true });
const folder = mkdtempSync(join(root, 'reports', 'recipe-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The members of an element that the recipe uses. */
class FakeElement {
  readonly children: FakeElement[] = [];
  readonly ownerDocument = { createElement: () => new FakeElement() };
  /** The number of times that it was drawn. */
  drawings = 0;
  private html = '';
  private parent: FakeElement | undefined;

  get innerHTML(): string {
    return this.html;
  }

  set innerHTML(html: string) {
    this.html = html;
    this.drawings++;
  }

  appendChild(child: FakeElement): FakeElement {
    return this.insertBefore(child);
  }

  insertBefore(child: FakeElement, before?: FakeElement): FakeElement {
    const index = before === undefined ? this.children.length : this.children.indexOf(before);
    this.children.splice(index, 0, child);
    child.parent = this;
    return child;
  }

  remove(): void {
    this.parent?.children.splice(this.parent.children.indexOf(this), 1);
  }
}

interface View {
  draw(cell: { readonly blocks: readonly CellBlock[]; readonly draft: CellBlock | undefined }): void;
}

async function createView(): Promise<{ parent: FakeElement; view: View }> {
  const block = codeBlocksOf('docs/recipes.md').find(({ code }) => code.includes('class AnswerView'));
  const module = join(folder, 'recipe.ts');
  writeFileSync(module, block?.code ?? '');
  const { AnswerView } = (await import(module)) as {
    AnswerView: new (parent: FakeElement, sanitize: (html: string) => string) => View;
  };
  const parent = new FakeElement();
  return { parent, view: new AnswerView(parent, (html) => html.trim()) };
}

const paragraph = (text: string): CellBlock => ({ block: 'paragraph', text });

describe('the recipe for plain DOM', () => {
  const [a, b, c] = [paragraph('a'), paragraph('b'), paragraph('c')];

  it('draws each block once, and redraws the draft', async () => {
    const { parent, view } = await createView();
    view.draw({ blocks: [], draft: paragraph('`a') });
    view.draw({ blocks: [a], draft: undefined });
    view.draw({ blocks: [a, b], draft: c });
    expect(parent.children.map(({ innerHTML }) => innerHTML)).toStrictEqual([
      '<p>a</p>',
      '<p>b</p>',
      '<p>c</p>',
    ]);
    expect(parent.children.map(({ drawings }) => drawings)).toStrictEqual([1, 1, 3]);
  });

  it('redraws only the blocks that a correction replaces', async () => {
    const { parent, view } = await createView();
    view.draw({ blocks: [a, b], draft: undefined });
    view.draw({ blocks: [a, c], draft: undefined });
    expect(parent.children.map(({ innerHTML }) => innerHTML)).toStrictEqual(['<p>a</p>', '<p>c</p>', '']);
    view.draw({ blocks: [a], draft: undefined });
    expect(parent.children.map(({ innerHTML }) => innerHTML)).toStrictEqual(['<p>a</p>', '']);
    expect(parent.children[0]?.drawings).toBe(1);
  });
});
