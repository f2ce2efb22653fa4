import type { Commit, StreamRef } from 'deltalines';
import { memo, useDeferredValue, useState, useTransition } from 'react';
import type { Observable } from 'rxjs';

import { CellView } from './CellView';
import type { TranscriptState } from './transcriptStore';
import { useTranscript } from './useTranscript';

/** A cell is the same object until it has changed, so only those are drawn that have. */
const MemoizedCellView = memo(CellView);

const CHOICES = ['all', 'answer', 'reasoning'] as const;

export function App({ commits$ }: { readonly commits$: Observable<Commit> }) {
  const state = useTranscript(commits$);
  // Drawing the texts can be interrupted, so that a page of many long answers still answers to clicks at once.
  const transcript = useDeferredValue(state.transcript);
  const [choice, setChoice] = useState<(typeof CHOICES)[number]>('all');
  const [isPending, startTransition] = useTransition();
  const cells = transcript.filter(({ stream }) => choice === 'all' || stream.kind === choice);
  return (
    <main aria-busy={isPending}>
      <h1>Three answers at once</h1>
      <p>
        {CHOICES.map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={name === choice}
            onClick={() => startTransition(() => setChoice(name))}
          >
            {name}
          </button>
        ))}
      </p>
      <Status state={state} />
      <div className="transcript">
        {cells.map((cell) => (
          <MemoizedCellView key={keyOf(cell.stream)} cell={cell} />
        ))}
      </div>
    </main>
  );
}

function Status({ state }: { readonly state: TranscriptState }) {
  switch (state.status) {
    case 'open':
      return <p role="status">Receiving …</p>;
    case 'complete':
      return <p role="status">All is there.</p>;
    case 'error':
      return <p role="alert">The connection failed: {String(state.error)}</p>;
  }
}

function keyOf({ kind, id, generation }: StreamRef): string {
  return JSON.stringify([kind, id, generation]);
}
