import 'zone.js';
import '@angular/compiler';

import { ApplicationRef, NgZone, provideZoneChangeDetection } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { BrowserTestingModule, platformBrowserTesting } from '@angular/platform-browser/testing';
import { commitLines, type DeltaEvent } from 'deltalines';
import { concat, of, Subject } from 'rxjs';
import { afterEach, expect, it } from 'vitest';

import { App } from './app';
import { COMMITS } from './commitsToken';
import { transcriptStates } from './transcriptStates';

TestBed.initTestEnvironment(BrowserTestingModule, platformBrowserTesting());

afterEach(() => {
  TestBed.resetTestingModule();
});

/** An application with zone.js, and commits of a stream that is open until `end$` completes. */
function setUp() {
  const end$ = new Subject<never>();
  const event: DeltaEvent = { type: 'delta', kind: 'answer', id: 'a', delta: 'one' };
  const commits$ = concat(of(event), end$).pipe(commitLines({ tail: true }));
  TestBed.configureTestingModule({
    providers: [provideZoneChangeDetection(), { provide: COMMITS, useValue: commits$ }],
  });
  const application = TestBed.inject(ApplicationRef);
  const stable: boolean[] = [];
  application.isStable.subscribe({
    next: (isStable) => stable.push(isStable),
    error: (error: unknown) => expect.fail(String(error)),
  });
  return { end$, commits$, application, zone: TestBed.inject(NgZone), isStable: () => stable.at(-1) };
}

it('becomes stable while a stream is open', async () => {
  const { end$, application, zone, isStable } = setUp();
  const fixture = TestBed.createComponent(App);
  fixture.autoDetectChanges();
  const page = fixture.nativeElement as HTMLElement;

  await application.whenStable();

  expect(isStable()).toBe(true);
  expect(zone.hasPendingMacrotasks).toBe(false);
  expect(end$.observed).toBe(true);
  expect(page.querySelector('footer')?.textContent).toBe('open');
});

it('draws what comes from outside the zone', async () => {
  const { end$, application } = setUp();
  const fixture = TestBed.createComponent(App);
  fixture.autoDetectChanges();
  const page = fixture.nativeElement as HTMLElement;
  await application.whenStable();

  end$.complete();
  await application.whenStable();

  expect(page.querySelector('.block')?.textContent).toBe('one');
  expect(page.querySelector('footer')?.textContent).toBe('complete');
});

it('does not become stable before the stream is closed when the subscription is inside the zone', async () => {
  const { end$, commits$, application, zone, isStable } = setUp();
  await application.whenStable();
  zone.run(() => commits$.pipe(transcriptStates()).subscribe());
  expect(zone.hasPendingMicrotasks).toBe(false);
  expect(zone.hasPendingMacrotasks).toBe(true);
  expect(isStable()).toBe(false);

  zone.run(() => end$.complete());
  await application.whenStable();

  expect(zone.hasPendingMacrotasks).toBe(false);
  expect(isStable()).toBe(true);
});
