import { readdirSync } from 'node:fs';

import type { Measure } from './measure.js';

/** The measures by the names of their files, in this order. */
export async function loadMeasures(): Promise<ReadonlyMap<string, Measure>> {
  const measures = new Map<string, Measure>();
  for (const file of readdirSync(new URL('measures', import.meta.url)).sort()) {
    const url = new URL(`measures/${file}`, import.meta.url).href;
    const { default: measure } = (await import(url)) as { default: Measure };
    measures.set(file.replace(/\.ts$/, ''), measure);
  }
  return measures;
}
