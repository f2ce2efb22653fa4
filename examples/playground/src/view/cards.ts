import type { Cell, Transcript } from 'deltalines';
import type { BlockCell, BlockTranscript } from 'deltalines/markdown';

import { countText, lineText, rowText } from '../text';
import type { Timeline } from '../timeline';
import type { BlockRenderer } from './blockRenderer';
import { element } from './element';
import { describe, streamLabel } from './rows';

/** The most cards, and the most lines or blocks of a card, that are drawn. */
const MAX_CARDS = 60;
const MAX_LINES = 80;

type AnyCell = Cell | BlockCell;

/** Draws each cell of a transcript as a card. */
export class Cards {
  private readonly frame: HTMLElement;
  private readonly more = element('p', { class: 'quiet' });
  private cards: Card[] = [];

  constructor(frame: HTMLElement) {
    this.frame = frame;
  }

  /** With a renderer, the transcript is one of blocks. */
  show(transcript: Transcript | BlockTranscript, timeline: Timeline, renderer?: BlockRenderer): void {
    const cells: readonly AnyCell[] = transcript.slice(0, MAX_CARDS);
    const isSame =
      cells.length === this.cards.length && this.cards.every((card, i) => card.isOf(cells[i], timeline));
    if (!isSame) {
      this.cards = cells.map(
        (cell) => this.cards.find((card) => card.isOf(cell, timeline)) ?? new Card(cell, timeline),
      );
      this.frame.replaceChildren(...this.cards.map((card) => card.root), this.more);
    }
    cells.forEach((cell, index) => this.cards[index]?.show(cell, renderer));
    const left = transcript.length - cells.length;
    this.more.textContent =
      transcript.length === 0
        ? 'No stream has opened yet.'
        : left > 0
          ? `And ${countText(left, 'more stream')}.`
          : '';
  }
}

class Card {
  readonly root: HTMLElement;
  private readonly stream: AnyCell['stream'];
  private readonly timeline: Timeline;
  private readonly status = element('span', { class: 'status' });
  private readonly lines = element('span', { class: 'count' });
  private readonly problem = element('p', { class: 'problem', hidden: true });
  private readonly earlier = element('p', { class: 'quiet', hidden: true });
  private readonly text = element('div', { class: 'lines' });
  private shown = '';

  constructor({ stream }: AnyCell, timeline: Timeline) {
    this.stream = stream;
    this.timeline = timeline;
    const generation = stream.generation === 0 ? '' : `generation ${stream.generation}`;
    const label = streamLabel(stream.kind, stream.id, timeline);
    this.root = element(
      'article',
      { class: 'card', 'aria-label': rowText(`${stream.kind} ${stream.id}`, 80) },
      element('header', {}, label, element('span', { class: 'quiet' }, generation), this.lines, this.status),
      this.earlier,
      this.text,
      this.problem,
    );
  }

  isOf(cell: AnyCell | undefined, timeline: Timeline): boolean {
    return cell?.stream === this.stream && timeline === this.timeline;
  }

  show(cell: AnyCell, renderer: BlockRenderer | undefined): void {
    if ('blocks' in cell) {
      if (renderer !== undefined) {
        this.showBlocks(cell, renderer);
      }
    } else {
      this.showLines(cell);
    }
  }

  private showLines(cell: Cell): void {
    const { lines, tail, status } = cell;
    const texts = [...lines.slice(-MAX_LINES), ...(status === 'open' ? [tail] : [])].map((line) =>
      lineText(line),
    );
    const shown = [lines.length, status, ...texts].join('\n');
    if (shown === this.shown) {
      return;
    }
    this.shown = shown;
    this.showHead(cell, lines.length, 'line');
    this.text.className = 'lines';
    this.text.replaceChildren(
      ...texts.map((text, index) => {
        const isTail = status === 'open' && index === texts.length - 1;
        return element('p', { class: isTail ? 'tail' : undefined, dir: 'auto' }, text);
      }),
    );
    this.text.scrollTop = this.text.scrollHeight;
  }

  private showBlocks(cell: BlockCell, renderer: BlockRenderer): void {
    const nodes = renderer.nodesOf(cell, MAX_LINES);
    const draft = renderer.draftOf(cell);
    this.showHead(cell, cell.blocks.length, 'block');
    this.text.className = 'lines blocks';
    draft?.classList.add('draft');
    const wanted = draft === undefined ? nodes : [...nodes, draft];
    // An element that stays where it is keeps its selection and its scroll position.
    [...this.text.children]
      .filter((each) => !wanted.includes(each as HTMLElement))
      .forEach((each) => each.remove());
    wanted.forEach((node, index) => {
      if (this.text.children[index] !== node) {
        this.text.insertBefore(node, this.text.children[index] ?? null);
      }
    });
    this.text.scrollTop = this.text.scrollHeight;
  }

  private showHead({ status, error }: AnyCell, count: number, unit: string): void {
    this.status.textContent = status;
    this.status.className = `status ${status}`;
    this.lines.textContent = countText(count, unit);
    this.problem.hidden = status !== 'error';
    this.problem.textContent = status === 'error' ? rowText(errorText(error)) : '';
    this.earlier.hidden = count <= MAX_LINES;
    this.earlier.textContent = `${countText(count - MAX_LINES, `earlier ${unit}`)} not drawn`;
  }
}

function errorText(error: unknown): string {
  return error instanceof Error ? error.message : describe(error);
}
