import { readFile } from 'node:fs/promises';

import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { escapeControls } from 'deltalines';
import { fromAnthropic, parseSSE } from 'deltalines/protocols';
import { concatMap, delay, from, of } from 'rxjs';

import { commitAndMeasure } from './commitAndMeasure.js';
import { CollectingReader, rowsOf } from './metrics.js';

// A recorded answer, an event every 50 ms. In place of it: defer(() => fetch(…)) and fromStream(response.body).
const recording = await readFile(new URL('../../recordings/anthropic.sse', import.meta.url), 'utf8');
const chunks = from(recording.split(/(?<=\n\n)/)).pipe(concatMap((chunk) => of(chunk).pipe(delay(50))));

// An application has an exporter here, and takes `metrics.getMeter('chat')` of @opentelemetry/api.
const reader = new CollectingReader();
const meter = new MeterProvider({ readers: [reader] }).getMeter('chat');

await chunks
  .pipe(
    parseSSE(),
    fromAnthropic(),
    commitAndMeasure(meter, { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'anthropic' }),
  )
  .forEach((commit) => {
    if (commit.type === 'line') {
      console.log(`${escapeControls(commit.stream.kind)} │ ${escapeControls(commit.text)}`);
    }
  });
console.log();
for (const { name, kind, count, mean } of await rowsOf(reader)) {
  console.log(`${name} ${kind}: ${String(count)} values, ${mean.toFixed(3)} s on average`);
}
