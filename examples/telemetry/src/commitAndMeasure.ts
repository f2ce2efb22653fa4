import type { Attributes, Meter } from '@opentelemetry/api';
import { type Commit, commitLines, type DeltaEvent, observeCommits } from 'deltalines';
import { asyncScheduler, defer, type OperatorFunction, type SchedulerLike, tap } from 'rxjs';

/** The bucket boundaries that the conventions ask for, in seconds. */
const BUCKETS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];

/**
 * `commitLines`, with the metrics that the OpenTelemetry conventions for generative AI have for streamed answers. The
 * attribute `deltalines.kind` tells answers from reasoning.
 *
 * The request has to be sent on subscription, as `defer(() => fetch(…))` does it, because the time to the first chunk counts
 * from there.
 */
export function commitAndMeasure<E extends DeltaEvent>(
  meter: Meter,
  attributes: Attributes,
  scheduler: SchedulerLike = asyncScheduler,
): OperatorFunction<E, Commit<E['kind']>> {
  const options = { unit: 's', advice: { explicitBucketBoundaries: BUCKETS } };
  const firstChunk = meter.createHistogram('gen_ai.client.operation.time_to_first_chunk', options);
  const nextChunk = meter.createHistogram('gen_ai.client.operation.time_per_output_chunk', options);
  const attributesOf = (kind: string) => ({ ...attributes, 'deltalines.kind': kind });

  return (events) =>
    defer(() => {
      const requestedAt = scheduler.now();
      /** The streams that are open: since when, and when their last chunk came. */
      const streams = new Map<string, { readonly openedAt: number; chunkAt: number | undefined }>();
      /** When the event came that `commitLines` handles, if it is a chunk. */
      let chunkAt: number | undefined = undefined;
      return events.pipe(
        tap((event) => {
          chunkAt = event.type === 'delta' && event.delta !== '' ? scheduler.now() : undefined;
          const stream = streams.get(keyOf(event));
          if (stream !== undefined && chunkAt !== undefined) {
            if (stream.chunkAt !== undefined) {
              nextChunk.record((chunkAt - stream.chunkAt) / 1000, attributesOf(event.kind));
            }
            stream.chunkAt = chunkAt;
          }
        }),
        commitLines({ tail: true, scheduler }),
        tap((commit) => {
          if (commit.type === 'open') {
            streams.set(keyOf(commit.stream), { openedAt: scheduler.now(), chunkAt });
          }
        }),
        observeCommits(
          {
            close: ({ stream, timeToFirstText }) => {
              const openedAt = streams.get(keyOf(stream))?.openedAt;
              streams.delete(keyOf(stream));
              if (openedAt !== undefined && timeToFirstText !== undefined) {
                firstChunk.record(
                  (openedAt - requestedAt + timeToFirstText) / 1000,
                  attributesOf(stream.kind),
                );
              }
            },
          },
          { scheduler },
        ),
      );
    });
}

function keyOf({ kind, id }: { readonly kind: string; readonly id: string }): string {
  return JSON.stringify([kind, id]);
}
