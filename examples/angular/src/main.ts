// Angular's packages are published half compiled. This finishes them in the page; Angular's own builder does so in the build.
import '@angular/compiler';

import { provideZonelessChangeDetection } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';

import { App } from './app';
import { COMMITS } from './commitsToken';
import { recordedCommits$ } from './connections';

bootstrapApplication(App, {
  providers: [provideZonelessChangeDetection(), { provide: COMMITS, useValue: recordedCommits$ }],
}).catch((error: unknown) => {
  console.error(error);
});
