import type * as Log from '../src/log/index.js';

/** What users get, the built package; its types come from the source, which is there before the build is. */
const built = (await import(new URL('../dist/log.js', import.meta.url).href)) as typeof Log;

export const { appendCommits, memoryLog } = built;
