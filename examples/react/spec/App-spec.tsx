import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { type Commit, commitLines, type DeltaEvent } from 'deltalines';
import { StrictMode } from 'react';
import { NEVER, type Observable, Subject } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { App } from '../src/App';
import { BlockView } from '../src/BlockView';
import { CellView } from '../src/CellView';
import { recordedCommits$ } from '../src/connections';
import { recordedTexts } from './recordedTexts';

vi.mock(import('../src/BlockView'), { spy: true });
vi.mock(import('../src/CellView'), { spy: true });

beforeEach(() => {
  vi.clearAllMocks();
  vi.useFakeTimers();
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const delta = (id: string, text: string): DeltaEvent => ({ type: 'delta', kind: 'answer', id, delta: text });

/** Lets time pass, and React draw. */
function pass(milliseconds: number): void {
  act(() => {
    vi.advanceTimersByTime(milliseconds);
  });
}

/** Events that a test sends, each followed by the time in which it gets onto the page. */
function connection() {
  const events$ = new Subject<DeltaEvent>();
  const commits$ = events$.pipe(commitLines({ tail: true }));
  const send = (...events: DeltaEvent[]) =>
    act(() => {
      events.forEach((event) => events$.next(event));
      vi.advanceTimersByTime(100);
    });
  return { events$, commits$, send };
}

/** What a reader sees of each stream: the text of its blocks, and its status. */
function articles(): string[][] {
  return screen
    .queryAllByRole('article')
    .map((article) => [
      [...article.querySelectorAll('.block')].map((block) => block.textContent).join(''),
      article.querySelector('footer')?.textContent ?? '',
    ]);
}

/** Blank lines between two blocks are in none. */
function withoutBlankLines(text = ''): string {
  return text.replace(/(\r?\n)+/g, '\n').replace(/\n$/, '');
}

describe('three recorded answers at once', () => {
  it('come out whole, each in its own place', () => {
    render(<App commits$={recordedCommits$} />);
    pass(20_000);

    expect(articles().map(([text]) => withoutBlankLines(text))).toEqual(
      recordedTexts().map(withoutBlankLines),
    );
    // The third recording breaks off, so its answer closes with the connection.
    expect(articles().map(([, status]) => status)).toEqual(['end', 'end', 'end', 'end', 'end', 'complete']);
    expect(screen.getByRole('status').textContent).toBe('All is there.');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('grow at the same time', () => {
    render(<App commits$={recordedCommits$} />);
    pass(2_700);

    const texts = articles();
    expect(texts.map(([, status]) => status)).toEqual(['end', 'open', 'open', 'open', 'open']);
    expect(texts.every(([text]) => text !== '')).toBe(true);
    expect(screen.getByRole('status').textContent).toBe('Receiving …');
  });

  it('are there once in strict mode, which subscribes twice', () => {
    render(<App commits$={recordedCommits$} />);
    pass(20_000);
    const once = articles();
    cleanup();

    render(
      <StrictMode>
        <App commits$={recordedCommits$} />
      </StrictMode>,
    );
    pass(20_000);

    expect(articles()).toEqual(once);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('leave no timer when the page goes away in the middle', () => {
    const { unmount } = render(<App commits$={recordedCommits$} />);
    pass(4_000);
    expect(vi.getTimerCount()).toBeGreaterThan(0);

    unmount();

    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the page', () => {
  it('draws only the cells that have changed', () => {
    const { commits$, send } = connection();
    const drawn = () => {
      const ids = vi.mocked(CellView).mock.calls.map(([{ cell }]) => cell.stream.id);
      vi.mocked(CellView).mockClear();
      return ids;
    };
    render(<App commits$={commits$} />);

    send(delta('a', 'one'), delta('b', 'two'), delta('c', 'three'));
    expect(drawn()).toEqual(['a', 'b', 'c']);
    send(delta('b', ' and more'));
    expect(drawn()).toEqual(['b']);
    send({ type: 'end', kind: 'answer', id: 'c' });
    expect(drawn()).toEqual(['c']);
    send(delta('a', '\n'), delta('b', '\n'));
    expect(drawn()).toEqual(['a', 'b']);
  });

  it('draws each finished block once, and only the last one again', () => {
    const { commits$, send } = connection();
    const drawn = () => {
      const texts = vi.mocked(BlockView).mock.calls.map(([{ block }]) => block.text);
      vi.mocked(BlockView).mockClear();
      return texts;
    };
    const { container } = render(<App commits$={commits$} />);

    send(delta('a', '# Plan\n- one\n- t'), delta('b', 'Other'));
    expect(drawn()).toEqual(['# Plan\n', '- one\n- t', 'Other']);
    const list = container.querySelector('[data-block=list]');
    send(delta('a', 'wo'));
    expect(drawn()).toEqual(['- one\n- two']);
    send(delta('a', '\n\nThe end\n'));
    expect(drawn()).toEqual(['- one\n- two\n', 'The end\n']);
    expect(container.querySelector('[data-block=list]')).toBe(list);
    send(delta('a', 'is near'));
    expect(drawn()).toEqual(['The end\nis near']);
    send({ type: 'end', kind: 'answer', id: 'a' });
    expect(drawn()).toEqual(['The end\nis near']);
    expect(articles()).toEqual([
      ['# Plan\n- one\n- two\nThe end\nis near', 'end'],
      ['Other', 'open'],
    ]);
  });

  it('draws again what the producer corrects', () => {
    const { commits$, send } = connection();
    render(<App commits$={commits$} />);

    send(delta('a', '# One\n\n# Two\n\n'));
    vi.mocked(BlockView).mockClear();
    send({ type: 'end', kind: 'answer', id: 'a', text: '# One\n\n# Three\n' });

    expect(articles()).toEqual([['# One\n# Three\n', 'end']]);
    expect(vi.mocked(BlockView).mock.calls.map(([{ block }]) => block.text)).toEqual(['# Three\n']);
  });

  it('draws no cell when only the choice of streams changes', () => {
    const { commits$, send } = connection();
    render(<App commits$={commits$} />);
    send(delta('a', 'one'), { type: 'delta', kind: 'reasoning', id: 'r', delta: 'why' });
    vi.mocked(CellView).mockClear();

    fireEvent.click(screen.getByRole('button', { name: 'answer' }));

    expect(articles()).toEqual([['one', 'open']]);
    expect(CellView).not.toHaveBeenCalled();
  });

  it('shows markup as the text that it is', () => {
    const { commits$, send } = connection();
    const { container } = render(<App commits$={commits$} />);
    const markup = '<img src="x" onerror="alert(1)"> <script>alert(2)</script> &amp;';

    send(delta(markup, `${markup}\n\nthen ${markup}`));

    expect(articles()).toEqual([[`${markup}\nthen ${markup}`, 'open']]);
    expect(container.querySelector('img, script')).toBeNull();
  });

  it('tells that one stream failed, while the others go on', () => {
    const { commits$, send } = connection();
    render(<App commits$={commits$} />);

    send(delta('a', 'half'), delta('b', 'fine'), {
      type: 'error',
      kind: 'answer',
      id: 'a',
      error: 'overloaded',
    });
    send(delta('b', ', still'));

    expect(articles()).toEqual([
      ['half', 'failed: overloaded'],
      ['fine, still', 'open'],
    ]);
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('keeps the texts when the connection fails, and tells why', () => {
    const { events$, commits$, send } = connection();
    render(<App commits$={commits$} />);

    send(delta('a', 'half'));
    act(() => events$.error(new Error('lost')));

    expect(screen.getByRole('alert').textContent).toBe('The connection failed: Error: lost');
    expect(articles()).toEqual([['half', 'failed: Error: lost']]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('starts empty when it is given other commits', () => {
    const { commits$, send, events$ } = connection();
    const { rerender } = render(<App commits$={commits$} />);
    send(delta('a', 'one'));

    const others$: Observable<Commit> = NEVER;
    rerender(<App commits$={others$} />);

    expect(articles()).toEqual([]);
    expect(events$.observed).toBe(false);
  });
});
