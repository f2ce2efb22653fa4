import { once } from 'node:events';
import type { WriteStream } from 'node:tty';
import {
  auditTime,
  firstValueFrom,
  fromEvent,
  interval,
  merge,
  noop,
  Subject,
  type Subscription,
} from 'rxjs';
import stringWidth from 'string-width';

import type { Commit } from '../index.js';
import { onExit } from './onExit.js';
import type { Paint } from './colors.js';
import { OpenStreams } from './openStreams.js';
import type { RowWriter } from './output.js';
import type { Sink } from './roundRobin.js';
import type { ShownIds } from './shortIds.js';
import { type Size, statusRows } from './statusRows.js';

const DRAW_INTERVAL = 50;

/** How often the ages change. */
const AGE_INTERVAL = 1000;

/** The most code units of rows that wait to be drawn. */
const FULL = 256 * 1024;

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const ERASE_BELOW = '\u001b[J';
/** Where a terminal takes a character for wider than it was counted, the row is cut, and not continued in the next. */
const WRAP_OFF = '\u001b[?7l';
const WRAP_ON = '\u001b[?7h';
/** Terminals that know these show all that is between them at once; the others pass over them. */
const BEGIN_UPDATE = '\u001b[?2026h';
const END_UPDATE = '\u001b[?2026l';

/**
 * Lets rows scroll by on a terminal, and below them draws a status row for each open stream.
 *
 * The cursor rests in an empty row below them. When the terminal becomes narrower, it continues in a new row what is
 * too long now, and moves the cursor with it: so it is known how far above the cursor the status rows begin.
 */
export class LiveView implements RowWriter, Sink {
  private readonly terminal: WriteStream;
  private readonly paint: Paint;
  private readonly ids: ShownIds;
  private readonly open = new OpenStreams();
  private readonly changed = new Subject<void>();
  private readonly drawn = new Subject<void>();
  private readonly drawing: Subscription;
  private readonly removeExitListeners: () => void;
  private rows = '';
  /** How wide the status rows are that were drawn last. */
  private statusWidths: readonly number[] = [];

  constructor(terminal: WriteStream, paint: Paint, ids: ShownIds) {
    this.terminal = terminal;
    this.paint = paint;
    this.ids = ids;
    this.drawing = merge(this.changed, interval(AGE_INTERVAL), fromEvent(terminal, 'resize'))
      .pipe(auditTime(DRAW_INTERVAL))
      .subscribe({
        next: () => {
          this.draw();
        },
        // None of the three can fail.
        error: noop,
      });
    this.removeExitListeners = onExit(() => {
      this.restore();
    });
  }

  get isFull(): boolean {
    return this.rows.length >= FULL;
  }

  writeRow(row: string): void {
    this.rows += `${row}\n`;
    this.changed.next();
  }

  /** Shows in the status rows what a commit has changed. */
  add(commit: Commit): void {
    this.open.add(commit, performance.now());
    this.changed.next();
  }

  /** The status rows give way to what is written next, and come back below it. */
  send(): void {
    this.terminal.write(this.eraseStatus() + this.takeRows());
    this.changed.next();
  }

  /** Waits until rows have been drawn, if they are too many, and for a terminal that is slow. */
  async flush(): Promise<void> {
    if (this.isFull) {
      await firstValueFrom(this.drawn, { defaultValue: undefined });
    }
    if (this.terminal.writableNeedDrain) {
      await once(this.terminal, 'drain');
    }
  }

  /** Leaves nothing but the rows. */
  close(): void {
    this.drawing.unsubscribe();
    this.removeExitListeners();
    this.restore();
  }

  private draw(): void {
    const status = statusRows(this.open, this.size(), performance.now(), this.paint, this.ids);
    const erase = this.eraseStatus();
    this.statusWidths = status.map((row) => stringWidth(row));
    this.terminal.write(
      [
        BEGIN_UPDATE + HIDE_CURSOR + erase + this.takeRows(),
        WRAP_OFF + status.map((row) => `${row}\n`).join('') + WRAP_ON,
        END_UPDATE,
      ].join(''),
    );
    this.drawn.next();
  }

  private eraseStatus(): string {
    const { columns } = this.size();
    const heights = this.statusWidths.map((width) => Math.max(Math.ceil(width / columns), 1));
    const height = heights.reduce((sum, rows) => sum + rows, 0);
    this.statusWidths = [];
    return `\r${height === 0 ? '' : cursorUp(height)}${ERASE_BELOW}`;
  }

  private size(): Size {
    // A terminal that does not know its size says 0.
    return { columns: this.terminal.columns || 80, rows: this.terminal.rows || 24 };
  }

  private restore(): void {
    this.terminal.write(this.eraseStatus() + this.takeRows() + SHOW_CURSOR);
  }

  private takeRows(): string {
    const { rows } = this;
    this.rows = '';
    return rows;
  }
}

function cursorUp(rows: number): string {
  return `\u001b[${rows}A`;
}
