import { ChangeDetectionStrategy, Component, computed, inject, NgZone, signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';

import { CellView } from './cellView';
import { COMMITS } from './commitsToken';
import { outsideZone } from './outsideZone';
import { NOTHING_YET, type TranscriptState, transcriptStates } from './transcriptStates';

@Component({
  selector: 'deltalines-app',
  imports: [CellView],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <main>
      <h1>Three answers at once</h1>
      <p>
        @for (name of choices; track name) {
          <button type="button" [attr.aria-pressed]="name === choice()" (click)="choice.set(name)">
            {{ name }}
          </button>
        }
      </p>
      @let now = state();
      @switch (now.status) {
        @case ('open') {
          <p role="status">Receiving …</p>
        }
        @case ('complete') {
          <p role="status">All is there.</p>
        }
        @case ('error') {
          <p role="alert">The connection failed: {{ now.error }}</p>
        }
      }
      <div class="transcript">
        <!-- One object stands for a stream in all its commits, so each view keeps its stream when others come before it. -->
        @for (cell of cells(); track cell.stream) {
          <deltalines-cell [cell]="cell" />
        }
      </div>
    </main>
  `,
})
export class App {
  protected readonly choices = ['all', 'answer', 'reasoning'] as const;
  protected readonly choice = signal<(typeof this.choices)[number]>('all');

  /** Subscribes to the commits at once, and unsubscribes when the component is destroyed. */
  protected readonly state = toSignal<TranscriptState, TranscriptState>(
    inject(COMMITS).pipe(transcriptStates(), outsideZone(inject(NgZone))),
    {
      initialValue: NOTHING_YET,
    },
  );

  protected readonly cells = computed(() => {
    const choice = this.choice();
    return this.state().transcript.filter(({ stream }) => choice === 'all' || stream.kind === choice);
  });
}
