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
import type { Paint } from './paintByKind.js';
import { StreamProgressMap } from './streamProgress.js';
import type { RowWriter } from './output.js';
import type { Sink } from './roundRobin.js';
import type { ShownIds } from './shortIds.js';
import { type Size, statusRows } from './statusRows.js';

const DRAW_INTERVAL = 50;

/** How often the ages change. */
const AGE_INTERVAL = 1000;

/** The most code units of waiting rows. */
const FULL = 256 * 1024;

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const ERASE_BELOW = '\u001b[J';
/** If a terminal displays a character wider than measured, the row is cut instead of wrapped. */
const WRAP_OFF = '\u001b[?7l';
const WRAP_ON = '\u001b[?7h';
/** Synchronized output: terminals that support it show everything in between at once. Others ignore it. */
const BEGIN_UPDATE = '\u001b[?2026h';
const END_UPDATE = '\u001b[?2026l';

/**
 * Prints rows on a terminal, with a status row for each open stream below them.
 *
 * The cursor stays in an empty row below the status rows. When the terminal becomes narrower, it wraps rows that are
 * now too long and moves the cursor down. So the distance from the cursor to the first status row can be computed.
 */
export class LiveView implements RowWriter, Sink {
  private readonly terminal: WriteStream;
  private readonly paint: Paint;
  private readonly ids: ShownIds;
  private readonly open = new StreamProgressMap();
  private readonly changed = new Subject<void>();
  private readonly drawn = new Subject<void>();
  private readonly drawing: Subscription;
  private readonly removeExitListeners: () => void;
  private rows = '';
  /** The widths of the latest status rows. */
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
        // None of the three sources can fail.
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

  /** Updates the status rows after a commit. */
  add(commit: Commit): void {
    this.open.add(commit, performance.now());
    this.changed.next();
  }

  /** Erases the status rows, so that other text can be written. They are drawn again below it. */
  send(): void {
    this.terminal.write(this.eraseStatus() + this.takeRows());
    this.changed.next();
  }

  /** Waits until the rows are drawn if there are too many, and until a slow terminal has drained. */
  async flush(): Promise<void> {
    if (this.isFull) {
      await firstValueFrom(this.drawn, { defaultValue: undefined });
    }
    if (this.terminal.writableNeedDrain) {
      await once(this.terminal, 'drain');
    }
  }

  /** Erases the status rows and restores the terminal. */
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
    // A terminal of unknown size reports 0.
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
