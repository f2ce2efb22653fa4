// The packages of Angular are published partly compiled, and this finishes them in the page. The Angular CLI does so in the
// build; in a project of the CLI, leave this line out.
import '@angular/compiler';

import { provideZonelessChangeDetection } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';

import { COMMITS, recordedAnswers } from './answers';
import { App } from './app';

bootstrapApplication(App, {
  providers: [provideZonelessChangeDetection(), { provide: COMMITS, useValue: recordedAnswers() }],
}).catch((error: unknown) => {
  console.error(error);
});
