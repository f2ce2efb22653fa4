import type * as Markdown from '../src/markdown/index.js';

/** What users get, the built entry; its types come from the source, which is there before the build is. */
const built = (await import(new URL('../dist/markdown.js', import.meta.url).href)) as typeof Markdown;

export const { commitBlocks, scanBlocks } = built;
