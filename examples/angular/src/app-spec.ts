import '@angular/compiler';

import { provideZonelessChangeDetection } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { BrowserTestingModule, platformBrowserTesting } from '@angular/platform-browser/testing';
import { type Commit, commitLines, type DeltaEvent } from 'deltalines';
import { type Observable, of, Subject } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { App } from './app';
import { BlockView } from './blockView';
import { CellView } from './cellView';
import { COMMITS } from './commitsToken';
import { recordedCommits$ } from './connections';
import { recordedTexts } from './recordedTexts';

TestBed.initTestEnvironment(BrowserTestingModule, platformBrowserTesting());

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  TestBed.resetTestingModule();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const delta = (id: string, text: string, order?: number[]): DeltaEvent => ({
  type: 'delta',
  kind: 'answer',
  id,
  delta: text,
  ...(order && { order }),
});

/** The page for these commits. Nothing but the signals tells it to look for changes. */
async function show(commits$: Observable<Commit>) {
  TestBed.configureTestingModule({
    providers: [provideZonelessChangeDetection(), { provide: COMMITS, useValue: commits$ }],
  });
  const fixture = TestBed.createComponent(App);
  const page = fixture.nativeElement as HTMLElement;
  await pass(0);
  return {
    fixture,
    page,
    /** What a reader sees of each stream: the text of its blocks, and its status. */
    articles: () =>
      [...page.querySelectorAll('article')].map((article) => [
        [...article.querySelectorAll('.block')].map((block) => block.textContent).join(''),
        article.querySelector('footer')?.textContent ?? '',
      ]),
    text: (selector: string) => page.querySelector(selector)?.textContent,
  };
}

/** Blank lines between two blocks are in none. */
function withoutBlankLines(text = ''): string {
  return text.replace(/(\r?\n)+/g, '\n').replace(/\n$/, '');
}

/** Lets time pass, and Angular its frame after it. */
async function pass(milliseconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(milliseconds + 16);
}

/** Events that a test sends, each time followed by the time in which they get onto the page. */
function connection() {
  const events$ = new Subject<DeltaEvent>();
  const send = async (...events: DeltaEvent[]) => {
    events.forEach((event) => events$.next(event));
    await pass(100);
  };
  return { events$, commits$: events$.pipe(commitLines({ tail: true })), send };
}

describe('three recorded answers at once', () => {
  it('come out whole, each in its own place', async () => {
    const { articles, text } = await show(recordedCommits$);
    await pass(20_000);

    expect(articles().map(([shown]) => withoutBlankLines(shown))).toEqual(
      recordedTexts().map(withoutBlankLines),
    );
    // The third recording breaks off, so its answer closes with the connection.
    expect(articles().map(([, status]) => status)).toEqual(['end', 'end', 'end', 'end', 'end', 'complete']);
    expect(text('[role=status]')).toBe('All is there.');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('grow at the same time', async () => {
    const { articles, text } = await show(recordedCommits$);
    await pass(2_700);

    expect(articles().map(([, status]) => status)).toEqual(['end', 'open', 'open', 'open', 'open']);
    expect(articles().every(([shown]) => shown !== '')).toBe(true);
    expect(text('[role=status]')).toBe('Receiving …');
  });

  it('leave no timer when the page goes away in the middle', async () => {
    const { fixture } = await show(recordedCommits$);
    await pass(2_500);
    expect(vi.getTimerCount()).toBeGreaterThan(0);

    fixture.destroy();

    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the page', () => {
  it('unsubscribes when its component is destroyed', async () => {
    const { events$, commits$, send } = connection();
    const { fixture } = await show(commits$);
    await send(delta('a', 'one'));
    expect(events$.observed).toBe(true);

    fixture.destroy();

    expect(events$.observed).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('checks only the views of cells that have changed', async () => {
    const ids: string[] = [];
    vi.spyOn(CellView.prototype, 'statusText').mockImplementation(function (this: CellView) {
      ids.push(this.cell().stream.id);
      return '';
    });
    const checked = () => [...new Set(ids.splice(0))];
    const { commits$, send } = connection();
    await show(commits$);

    await send(delta('a', 'one'), delta('b', 'two'), delta('c', 'three'));
    expect(checked()).toEqual(['a', 'b', 'c']);
    await send(delta('b', ' and more'));
    expect(checked()).toEqual(['b']);
    await send({ type: 'end', kind: 'answer', id: 'c' });
    expect(checked()).toEqual(['c']);
    await send(delta('a', '\n'), delta('b', '\n'));
    expect(checked()).toEqual(['a', 'b']);
  });

  it('checks the view of each finished block once, and only that of the last one again', async () => {
    const texts: string[] = [];
    vi.spyOn(BlockView.prototype, 'source').mockImplementation(function (this: BlockView) {
      texts.push(this.block().text);
      return this.block().text;
    });
    const checked = () => [...new Set(texts.splice(0))];
    const { commits$, send } = connection();
    const { page, articles } = await show(commits$);

    await send(delta('a', '# Plan\n- one\n- t'), delta('b', 'Other'));
    expect(checked()).toEqual(['# Plan\n', '- one\n- t', 'Other']);
    const list = page.querySelectorAll('.block')[1];
    await send(delta('a', 'wo'));
    expect(checked()).toEqual(['- one\n- two']);
    await send(delta('a', '\n\nThe end\n'));
    expect(checked()).toEqual(['- one\n- two\n', 'The end\n']);
    expect(page.querySelectorAll('.block')[1]).toBe(list);
    await send(delta('a', 'is near'));
    expect(checked()).toEqual(['The end\nis near']);
    expect(articles()).toEqual([
      ['# Plan\n- one\n- two\nThe end\nis near', 'open'],
      ['Other', 'open'],
    ]);
  });

  it('keeps the element of a stream when another comes before it', async () => {
    const { commits$, send } = connection();
    const { page, articles } = await show(commits$);
    await send(delta('b', 'two', [2]));
    const element = page.querySelector('article');

    await send(delta('a', 'one', [1]), delta('b', ' and more'));

    expect(articles().map(([text]) => text)).toEqual(['one', 'two and more']);
    expect(page.querySelectorAll('article')[1]).toBe(element);
  });

  it('shows the streams of the kind that was chosen', async () => {
    const { commits$, send } = connection();
    const { page, articles } = await show(commits$);
    await send(delta('a', 'one'), { type: 'delta', kind: 'reasoning', id: 'r', delta: 'why' });

    page.querySelectorAll('button')[2]?.click();
    await pass(0);

    expect(articles()).toEqual([['why', 'open']]);
  });

  it('shows markup as the text that it is', async () => {
    const { commits$, send } = connection();
    const { page, articles } = await show(commits$);
    const markup = '<img src="x" onerror="alert(1)"> <script>alert(2)</script> &amp; {{ 1 + 1 }}';

    await send(delta(markup, `${markup}\n\nthen ${markup}`));

    expect(articles()).toEqual([[`${markup}\nthen ${markup}`, 'open']]);
    expect(page.querySelector('img, script')).toBeNull();
  });

  it('tells that one stream failed, while the others go on', async () => {
    const { commits$, send } = connection();
    const { page, articles } = await show(commits$);

    await send(delta('a', 'half'), delta('b', 'fine'), {
      type: 'error',
      kind: 'answer',
      id: 'a',
      error: 'overloaded',
    });
    await send(delta('b', ', still'));

    expect(articles()).toEqual([
      ['half', 'failed: overloaded'],
      ['fine, still', 'open'],
    ]);
    expect(page.querySelector('[role=alert]')).toBeNull();
  });

  it('keeps the texts when the connection fails, and tells why', async () => {
    const { events$, commits$, send } = connection();
    const { articles, text } = await show(commits$);

    await send(delta('a', 'half'));
    events$.error(new Error('lost'));
    await pass(0);

    expect(text('[role=alert]')).toBe('The connection failed: Error: lost');
    expect(articles()).toEqual([['half', 'failed: Error: lost']]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('takes commits that are all there at once', async () => {
    const { articles, text } = await show(of(delta('a', 'one\n')).pipe(commitLines()));

    expect(articles()).toEqual([['one\n', 'complete']]);
    expect(text('[role=status]')).toBe('All is there.');
  });
});
