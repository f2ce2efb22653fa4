import type { Cell, Transcript } from 'deltalines';

import { countText, lineText, rowText } from '../text';
import type { Timeline } from '../timeline';
import { element } from './element';
import { describe, streamLabel } from './rows';

/** The most cards, and the most lines of a card, that are drawn. */
const MAX_CARDS = 60;
const MAX_LINES = 80;

/** Draws each cell of a transcript as a card. */
export class Cards {
  private readonly frame: HTMLElement;
  private readonly more = element('p', { class: 'quiet' });
  private cards: Card[] = [];

  constructor(frame: HTMLElement) {
    this.frame = frame;
  }

  show(transcript: Transcript, timeline: Timeline): void {
    const cells = transcript.slice(0, MAX_CARDS);
    const isSame =
      cells.length === this.cards.length && this.cards.every((card, i) => card.isOf(cells[i], timeline));
    if (!isSame) {
      this.cards = cells.map(
        (cell) => this.cards.find((card) => card.isOf(cell, timeline)) ?? new Card(cell, timeline),
      );
      this.frame.replaceChildren(...this.cards.map((card) => card.root), this.more);
    }
    cells.forEach((cell, index) => this.cards[index]?.show(cell));
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
  private readonly stream: Cell['stream'];
  private readonly timeline: Timeline;
  private readonly status = element('span', { class: 'status' });
  private readonly lines = element('span', { class: 'count' });
  private readonly problem = element('p', { class: 'problem', hidden: true });
  private readonly earlier = element('p', { class: 'quiet', hidden: true });
  private readonly text = element('div', { class: 'lines' });
  private shown = '';

  constructor({ stream }: Cell, timeline: Timeline) {
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

  isOf(cell: Cell | undefined, timeline: Timeline): boolean {
    return cell?.stream === this.stream && timeline === this.timeline;
  }

  show(cell: Cell): void {
    const { lines, tail, status } = cell;
    const texts = [...lines.slice(-MAX_LINES), ...(status === 'open' ? [tail] : [])].map((line) =>
      lineText(line),
    );
    const shown = [lines.length, status, ...texts].join('\n');
    if (shown === this.shown) {
      return;
    }
    this.shown = shown;
    this.status.textContent = status;
    this.status.className = `status ${status}`;
    this.lines.textContent = countText(lines.length, 'line');
    this.problem.hidden = status !== 'error';
    this.problem.textContent = status === 'error' ? rowText(errorText(cell.error)) : '';
    this.earlier.hidden = lines.length <= MAX_LINES;
    this.earlier.textContent = `${countText(lines.length - MAX_LINES, 'earlier line')} not drawn`;
    this.text.replaceChildren(
      ...texts.map((text, index) => {
        const isTail = status === 'open' && index === texts.length - 1;
        return element('p', { class: isTail ? 'tail' : undefined, dir: 'auto' }, text);
      }),
    );
    this.text.scrollTop = this.text.scrollHeight;
  }
}

function errorText(error: unknown): string {
  return error instanceof Error ? error.message : describe(error);
}
