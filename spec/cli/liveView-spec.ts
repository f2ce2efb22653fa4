import { PassThrough } from 'node:stream';
import type { WriteStream } from 'node:tty';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { paintNothing } from '../../src/cli/paintByKind.js';
import { LiveView } from '../../src/cli/liveView.js';
import { fullIds } from '../../src/cli/shortIds.js';
import type { Commit } from '../../src/index.js';

const stream = { kind: 'answer', id: 'a', generation: 0 };

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function setUp() {
  const terminal = Object.assign(new PassThrough({ encoding: 'utf8', highWaterMark: 10_000_000 }), {
    columns: 40,
    rows: 10,
  });
  const view = new LiveView(terminal as unknown as WriteStream, paintNothing, fullIds);
  const written = () => String(terminal.read() ?? '');
  const tail = (text: string): Commit => ({ type: 'tail', stream, index: 0, text });
  view.add({ type: 'open', stream });
  return { terminal, view, written, tail };
}

const drawsIn = (text: string) => text.split('\u001b[?2026h').length - 1;

describe('LiveView', () => {
  it('draws at most 20 times a second, and always the last state', async () => {
    const { view, written, tail } = setUp();
    for (let index = 0; index < 500; index++) {
      view.writeRow(`row ${index}`);
      view.add(tail(`tail ${index}`));
      await vi.advanceTimersByTimeAsync(2);
    }
    const text = written();
    expect(drawsIn(text)).toBeGreaterThan(15);
    expect(drawsIn(text)).toBeLessThanOrEqual(20);
    await vi.advanceTimersByTimeAsync(50);
    expect(text + written()).toContain('tail 499▌');
    view.close();
  });

  it('updates ages while no commit arrives', async () => {
    const { view, written } = setUp();
    await vi.advanceTimersByTimeAsync(3100);
    expect(written()).toContain('● answer a  0 lines  3s');
    view.close();
  });

  it('draws when the size of the terminal changes', async () => {
    const { terminal, view, written, tail } = setUp();
    view.add(tail('a tail that is too long'));
    await vi.advanceTimersByTimeAsync(60);
    written();
    terminal.columns = 30;
    terminal.emit('resize');
    await vi.advanceTimersByTimeAsync(60);
    expect(written()).toContain('  …ong▌');
    view.close();
  });

  it('assumes 80 columns and 24 rows if the size is unknown', async () => {
    const { terminal, view, written, tail } = setUp();
    Object.assign(terminal, { columns: 0, rows: 0 });
    view.add(tail('x'.repeat(100)));
    await vi.advanceTimersByTimeAsync(60);
    expect(written()).toContain(`● answer a  0 lines  0s  …${'x'.repeat(53)}▌`);
    view.close();
  });

  it('is erased before other output, and redrawn after it', async () => {
    const { view, written } = setUp();
    view.writeRow('row');
    view.send();
    expect(written()).toBe('\r\u001b[Jrow\n');
    await vi.advanceTimersByTimeAsync(60);
    expect(written()).toContain('● answer a');
    view.close();
  });

  it('delays a writer that is faster than the terminal', async () => {
    const { view, written } = setUp();
    view.writeRow('x'.repeat(300_000));
    expect(view.isFull).toBe(true);
    const flushed = view.flush();
    expect(written()).toBe('');
    await vi.advanceTimersByTimeAsync(60);
    await flushed;
    expect(view.isFull).toBe(false);
    expect(written()).toContain('xxx\n');
    view.close();
  });

  it('delays no other writer', async () => {
    const { view } = setUp();
    view.writeRow('row');
    await view.flush();
    view.close();
  });

  it('leaves its rows and the cursor, but no timers or listeners', () => {
    const events = ['exit', 'SIGTSTP'] as const;
    const listeners = () => events.map((event) => process.listenerCount(event));
    const before = listeners();
    const { terminal, view, written } = setUp();
    expect(listeners()).not.toStrictEqual(before);
    view.writeRow('row');
    view.close();
    expect(written()).toBe('\r\u001b[Jrow\n\u001b[?25h');
    expect(vi.getTimerCount()).toBe(0);
    expect(terminal.listenerCount('resize')).toBe(0);
    expect(listeners()).toStrictEqual(before);
  });
});
