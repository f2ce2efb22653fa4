import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { throwError } from 'rxjs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { recordedAnswers } from '../src/answers';
import { App } from '../src/App';

let page: HTMLElement;
let root: Root;

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  vi.useFakeTimers();
  page = document.createElement('div');
  root = createRoot(page);
});

afterEach(() => {
  act(() => root.unmount());
  vi.useRealTimers();
});

const answers = () => [...page.querySelectorAll('article p')].map(({ textContent }) => textContent);
const pass = (milliseconds: number) => act(async () => vi.advanceTimersByTimeAsync(milliseconds));

it('draws both answers while they grow, and whole at the end', async () => {
  act(() => root.render(<App commits$={recordedAnswers()} />));
  await pass(1_000);
  const early = answers();
  expect(early).toHaveLength(2);
  expect(page.querySelectorAll('[aria-busy=true]')).toHaveLength(2);
  await pass(10_000);
  const [first = '', second = ''] = answers();
  expect(first).toMatch(/^Sunlight has all colors\.\nAir .+\nSo .+ direction\.\n?$/);
  expect(second).toMatch(/^At sea level, .+\nHigher up, .+\nOn .+ 70 degrees\.\n?$/);
  expect([first.startsWith(early[0] ?? '?'), second.startsWith(early[1] ?? '?')]).toStrictEqual([true, true]);
  expect(page.querySelectorAll('[aria-busy=true]')).toHaveLength(0);
});

it('says that the connection failed', () => {
  const commits$ = throwError(() => new Error('offline'));
  act(() => root.render(<App commits$={commits$} />));
  expect(page.querySelector('[role=alert]')?.textContent).toContain('offline');
});
