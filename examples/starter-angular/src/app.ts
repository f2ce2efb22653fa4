import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { type Cell, scanTranscript, type Transcript } from 'deltalines';
import { catchError, EMPTY } from 'rxjs';

import { COMMITS } from './answers';

@Component({
  selector: 'app-root',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styles: 'p { white-space: pre-wrap; }',
  template: `
    <main>
      <h1>Two answers at once</h1>
      @if (failure(); as message) {
        <p role="alert">The connection failed: {{ message }}</p>
      }
      @for (cell of transcript(); track cell.stream) {
        <article [attr.aria-busy]="cell.status === 'open'">
          <h2>Answer {{ cell.stream.id.split('/')[0] }}</h2>
          <p>{{ textOf(cell) }}</p>
        </article>
      }
    </main>
  `,
})
export class App {
  protected readonly failure = signal('');

  /** Subscribes to the commits, and unsubscribes when the component is destroyed. Changes at most every 50 ms. */
  protected readonly transcript = toSignal(
    inject(COMMITS).pipe(
      scanTranscript({ every: 50 }),
      // A signal of a source that failed would throw wherever it is read.
      catchError((error: unknown) => {
        this.failure.set(String(error));
        return EMPTY;
      }),
    ),
    { initialValue: [] as Transcript },
  );

  protected textOf({ lines, tail }: Cell): string {
    return [...lines, tail].join('\n');
  }
}
