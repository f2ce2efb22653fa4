import { existsSync, readFileSync } from 'node:fs';

/** The most characters of a description. */
const MAX_DESCRIPTION = 200;

/**
 * The pages of the site in the order of reading. What a page is called, its first heading says.
 *
 * @type {readonly { readonly text: string, readonly pages: readonly string[] }[]}
 */
export const sections = [
  {
    text: 'Start',
    pages: ['index.md', 'guide/index.md', 'which-operator.md', 'recipes.md', 'command.md', 'testing.md'],
  },
  {
    text: 'Operators',
    pages: [
      'operators/commitLines.md',
      'operators/groupStreams.md',
      'operators/scanLines.md',
      'operators/resequence.md',
      'operators/joinReplay.md',
      'operators/orderStreams.md',
      'operators/paceLines.md',
      'operators/scanTranscript.md',
      'operators/observeCommits.md',
      'escapeControls.md',
    ],
  },
  {
    text: 'Protocols',
    pages: [
      'protocols/README.md',
      'protocols/sources.md',
      'protocols/separateReasoning.md',
      'protocols/fromOpenAIResponses.md',
      'protocols/fromRealtime.md',
      'protocols/fromOpenAIChat.md',
      'protocols/fromAnthropic.md',
      'protocols/fromBedrock.md',
      'protocols/fromCohere.md',
      'protocols/fromOllama.md',
      'protocols/fromLangGraph.md',
      'protocols/fromGemini.md',
      'protocols/fromAISDK.md',
      'protocols/fromAGUI.md',
      'protocols/fromCodex.md',
      'protocols/fromClaudeCode.md',
      'protocols/fromACP.md',
      'protocols/fromA2A.md',
      'protocols/fromMCP.md',
      'protocols/fromGoTest.md',
      'protocols/fromDocker.md',
      'protocols/fromKubernetes.md',
    ],
  },
  { text: 'Markdown', pages: ['markdown/commitBlocks.md', 'markdown/scanBlocks.md'] },
  { text: 'JSON', pages: ['json/splitJSON.md', 'json/scanJSON.md', 'json/tool-arguments.md'] },
  {
    text: 'Log',
    pages: [
      'log/index.md',
      'log/appendCommits.md',
      'log/readCommits.md',
      'log/closeAbandoned.md',
      'log/serveCommits.md',
      'log/followCommits.md',
      'log/http.md',
      'log/memoryLog.md',
      'log/redis.md',
      'log/jetstream.md',
      'log/writing-a-store.md',
      'log/figures.md',
      'log/alternatives.md',
    ],
  },
  {
    text: 'Coming from',
    pages: [
      'coming-from/groupBy.md',
      'coming-from/smoothStream.md',
      'coming-from/ag-ui.md',
      'coming-from/split2.md',
    ],
  },
  {
    text: 'Background',
    pages: ['guarantees.md', 'mutation.md', 'benchmarks.md', 'design.md', 'changelog.md'],
  },
];

/**
 * The heading of a page, which is its name in the navigation.
 *
 * @param {string} page
 */
export function titleOf(page) {
  const [, title = page] = /^# (.+)$/m.exec(readFileSync(fileOf(page), 'utf8')) ?? [];
  return title.replaceAll('`', '');
}

/**
 * The first paragraph of a page without its markup, or as many of its sentences as a search result shows.
 *
 * @param {{ readonly title: string, readonly filePath: string }} page
 */
export function descriptionOf({ title, filePath }) {
  const text = readFileSync(fileOf(filePath), 'utf8')
    .replace(/^---\n.*?\n---\n/s, '')
    .replaceAll(/^```.*?^```/gms, '')
    .replaceAll('\r', '');
  const paragraph = text.split(/\n{2,}/).find((block) => /^[\p{L}`[]/u.test(block)) ?? '';
  const sentences = plainText(paragraph).match(/\S.*?(?:[.?](?= |$)|$)/g) ?? [];
  let description = '';
  for (const sentence of sentences) {
    const longer = `${description} ${sentence}`.trim();
    if (description !== '' && longer.length > MAX_DESCRIPTION) {
      break;
    }
    description = longer.replace(/:$/, '.');
  }
  return description === '' ? `${title} in the reference of deltalines` : description;
}

/** @param {string} markdown */
function plainText(markdown) {
  return markdown
    .replaceAll(/!\[[^\]]*\]\([^)]*\)/g, '')
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[`*]/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/**
 * The address of a page on the site.
 *
 * @param {string} page
 */
export function addressOf(page) {
  return `/${page.replace(/(?:index|README)\.md$/, '').replace(/\.md$/, '')}`;
}

/**
 * What a link to a heading ends in, as code hosts have it, so that it works there and on the site.
 *
 * @param {string} heading
 */
export function anchorOf(heading) {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
}

/** The sidebar beside all pages that are written by hand. */
export function sidebar() {
  return sections.map(({ text, pages }) => ({
    text,
    items: pages
      .filter((page) => existsSync(fileOf(page)))
      .map((page) => ({ text: titleOf(page), link: addressOf(page) })),
  }));
}

/** @param {string} page */
function fileOf(page) {
  return new URL(`../${page}`, import.meta.url);
}
