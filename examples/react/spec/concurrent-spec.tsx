import { commitLines, type DeltaEvent } from 'deltalines';
import { startTransition, useLayoutEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { Subject } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { createTranscriptStore } from '../src/transcriptStore';
import { useTranscriptStore } from '../src/useTranscript';

/** What React takes for the time: it renders a transition in slices of some milliseconds, one in a turn. */
let now = 0;
let unmount: () => void = () => undefined;

beforeEach(() => {
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] });
});

afterEach(() => {
  unmount();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** One turn of the event loop, in which React renders one slice. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await turn();
  }
}

/** A page of rows that all read one store, and take so long to render that React pauses after each. */
async function setUp() {
  const events$ = new Subject<DeltaEvent>();
  const store = createTranscriptStore(events$.pipe(commitLines()));
  /** The rows that React has rendered, whether or not they came onto the page. */
  const rendered: string[] = [];
  /** The texts of all rows, each time that the page has changed. */
  const shown: string[][] = [];
  const page = document.createElement('main');
  let setRows: (rows: readonly string[]) => void = () => undefined;

  function Row({ name }: { readonly name: string }) {
    const { transcript } = useTranscriptStore(store);
    rendered.push(name);
    now += 100;
    useLayoutEffect(() => {
      shown.push(texts());
    });
    return <p>{transcript.map(({ draft }) => draft?.text.trimEnd().replaceAll('\n', ' '))}</p>;
  }

  function Page() {
    const [rows, setState] = useState<readonly string[]>(['first']);
    setRows = setState;
    return rows.map((name) => <Row key={name} name={name} />);
  }

  const texts = () => [...page.children].map((row) => row.textContent);
  const send = (text: string) => {
    events$.next({ type: 'delta', kind: 'answer', id: 'a', delta: `${text}\n` });
    vi.advanceTimersByTime(100);
  };
  const root = createRoot(page);
  unmount = () => root.unmount();
  root.render(<Page />);
  while (!events$.observed) {
    await turn();
  }
  send('one');
  await turns(5);
  expect(texts()).toEqual(['one']);
  rendered.length = 0;
  return {
    rendered,
    shown,
    send,
    texts,
    showRows: (...rows: string[]) => startTransition(() => setRows(rows)),
    isSubscribed: () => events$.observed,
  };
}

describe('a transition that is rendered while commits arrive', () => {
  it('does not hold up the text', async () => {
    const { rendered, send, showRows, texts } = await setUp();
    showRows('first', 'second', 'third', 'fourth');
    while (!rendered.includes('second')) {
      await turn();
    }
    expect(rendered).not.toContain('fourth');

    send('two');
    await turn();

    expect(texts()).toEqual(['one two']);
    await turns(20);
    expect(texts()).toEqual(Array(4).fill('one two'));
  });

  it('never shows two states of the store on one page', async () => {
    const { rendered, send, showRows, shown, texts } = await setUp();
    const rows = ['first', 'second', 'third', 'fourth'];
    // Wherever in the rendering the text comes.
    for (let pause = 0; pause < 6; pause++) {
      showRows(...rows, `${pause}`);
      await turns(pause);
      send(`${pause}`);
      await turns(20);
      expect(texts()).toEqual(Array(5).fill(['one', 0, 1, 2, 3, 4, 5].slice(0, pause + 2).join(' ')));
    }

    expect(rendered.length).toBeGreaterThan(shown.length);
    expect(shown.map((texts) => new Set(texts).size)).toEqual(shown.map(() => 1));
  });

  it('leaves nothing behind when it is given up', async () => {
    const { rendered, showRows, isSubscribed } = await setUp();
    showRows('first', 'second', 'third');
    while (!rendered.includes('second')) {
      await turn();
    }

    unmount();
    await turns(5);

    expect(rendered).not.toContain('third');
    expect(isSubscribed()).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });
});
