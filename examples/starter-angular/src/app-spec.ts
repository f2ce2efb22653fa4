import '@angular/compiler';

import { provideZonelessChangeDetection } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { BrowserTestingModule, platformBrowserTesting } from '@angular/platform-browser/testing';
import type { Commit } from 'deltalines';
import { type Observable, throwError } from 'rxjs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { COMMITS, recordedAnswers } from './answers';
import { App } from './app';

TestBed.initTestEnvironment(BrowserTestingModule, platformBrowserTesting());

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  TestBed.resetTestingModule();
  vi.useRealTimers();
});

async function show(commits$: Observable<Commit>): Promise<HTMLElement> {
  TestBed.configureTestingModule({
    providers: [provideZonelessChangeDetection(), { provide: COMMITS, useValue: commits$ }],
  });
  const page = TestBed.createComponent(App).nativeElement as HTMLElement;
  await vi.advanceTimersByTimeAsync(0);
  return page;
}

function answers(page: HTMLElement): readonly string[] {
  return [...page.querySelectorAll('article p')].map(({ textContent }) => textContent ?? '');
}

it('draws both answers while they grow, and whole at the end', async () => {
  const page = await show(recordedAnswers());
  await vi.advanceTimersByTimeAsync(1_000);
  const early = answers(page);
  expect(early).toHaveLength(2);
  expect(page.querySelectorAll('[aria-busy=true]')).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(10_000);
  const [first = '', second = ''] = answers(page);
  expect(first).toMatch(/^Sunlight has all colors\.\nAir .+\nSo .+ direction\.\n?$/);
  expect(second).toMatch(/^At sea level, .+\nHigher up, .+\nOn .+ 70 degrees\.\n?$/);
  expect([first.startsWith(early[0] ?? '?'), second.startsWith(early[1] ?? '?')]).toStrictEqual([true, true]);
  expect(page.querySelectorAll('[aria-busy=true]')).toHaveLength(0);
});

it('says that the connection failed', async () => {
  const page = await show(throwError(() => new Error('offline')));
  await vi.advanceTimersByTimeAsync(100);
  expect(page.querySelector('[role=alert]')?.textContent).toContain('offline');
});
