import { element } from './element';

const ROW_HEIGHT = 24;

/** Rows that are drawn above and below those that are seen. */
const MARGIN = 6;

/** A list of any length, of which only those rows are in the page that can be seen. */
export class RowList {
  private readonly frame: HTMLElement;
  private readonly list = element('ol', { class: 'rows' });
  private draw: (index: number) => HTMLLIElement = () => element('li');
  private length = 0;
  private drawn = '';

  constructor(frame: HTMLElement) {
    this.frame = frame;
    frame.append(this.list);
    frame.addEventListener('scroll', () => this.drawRows(), { passive: true });
    new ResizeObserver(() => this.drawRows()).observe(frame);
  }

  /** From now on, rows look otherwise. */
  setRows(draw: (index: number) => HTMLLIElement): void {
    this.draw = draw;
    this.drawn = '';
  }

  /** Shows so many rows, and the last of them if the last was seen before. */
  setLength(length: number): void {
    const { frame, list } = this;
    const isAtEnd = frame.scrollTop + frame.clientHeight >= this.length * ROW_HEIGHT - ROW_HEIGHT;
    this.length = length;
    list.style.height = `${length * ROW_HEIGHT}px`;
    if (isAtEnd) {
      frame.scrollTop = frame.scrollHeight;
    }
    this.drawRows();
  }

  private drawRows(): void {
    const { scrollTop, clientHeight } = this.frame;
    const first = Math.max(Math.floor(scrollTop / ROW_HEIGHT) - MARGIN, 0);
    const end = Math.min(Math.ceil((scrollTop + clientHeight) / ROW_HEIGHT) + MARGIN, this.length);
    const drawn = `${first} ${end} ${this.length}`;
    if (drawn === this.drawn) {
      return;
    }
    this.drawn = drawn;
    const rows: HTMLLIElement[] = [];
    for (let index = first; index < end; index++) {
      const row = this.draw(index);
      row.style.top = `${index * ROW_HEIGHT}px`;
      row.setAttribute('aria-setsize', String(this.length));
      row.setAttribute('aria-posinset', String(index + 1));
      rows.push(row);
    }
    this.list.replaceChildren(...rows);
  }
}
