import type * as Deltalines from '../src/index.js';

/** What users get, the built package; its types come from the source, which is there before the build is. */
const built = (await import(new URL('../dist/index.js', import.meta.url).href)) as typeof Deltalines;

export const { commitLines, groupStreams, resequence, scanLines, scanTranscript } = built;
