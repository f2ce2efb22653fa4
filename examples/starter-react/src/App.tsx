import { type Commit, scanTranscript, type StreamRef, type Transcript } from 'deltalines';
import { useEffect, useState } from 'react';
import type { Observable } from 'rxjs';

export function App({ commits$ }: { readonly commits$: Observable<Commit> }) {
  const { transcript, error } = useTranscript(commits$);
  return (
    <main>
      <h1>Two answers at once</h1>
      {error !== undefined && <p role="alert">The connection failed: {String(error)}</p>}
      {transcript.map(({ stream, lines, tail, status }) => (
        <article key={keyOf(stream)} aria-busy={status === 'open'}>
          <h2>Answer {stream.id.split('/')[0]}</h2>
          <p style={{ whiteSpace: 'pre-wrap' }}>{[...lines, tail].join('\n')}</p>
        </article>
      ))}
    </main>
  );
}

/** The transcript of the commits, drawn at most every 50 ms. */
function useTranscript(commits$: Observable<Commit>) {
  const [transcript, setTranscript] = useState<Transcript>([]);
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    const subscription = commits$
      .pipe(scanTranscript({ every: 50 }))
      .subscribe({ next: setTranscript, error: setError });
    return () => subscription.unsubscribe();
  }, [commits$]);
  return { transcript, error };
}

function keyOf({ kind, id, generation }: StreamRef): string {
  return JSON.stringify([kind, id, generation]);
}
