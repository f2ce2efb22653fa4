import type * as JSONEntry from '../src/json/index.js';

/** What users get, the built entry; its types come from the source, which is there before the build is. */
const built = (await import(new URL('../dist/json.js', import.meta.url).href)) as typeof JSONEntry;

export const { scanJSON, splitJSON } = built;
