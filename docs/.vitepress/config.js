import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vitepress';

import { addressOf, anchorOf, descriptionOf, sidebar } from './navigation.js';
import { changeOutsideLinks } from './outsideLinks.js';
import { playground } from './playground.js';

const project = new URL('../../', import.meta.url);
const sources = fileURLToPath(new URL('src', project)).replaceAll('\\', '/');

// Where the site is not at the root of its host, this is an address such as `/deltalines/`.
const base = process.env.DOCS_BASE ?? '/';

const { description } = JSON.parse(readFileSync(new URL('package.json', project), 'utf8'));
const reference = JSON.parse(
  readFileSync(new URL('../reference/typedoc-sidebar.json', import.meta.url), 'utf8'),
);

/** Two streams, and the lines that were committed of them. */
const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" stroke-width="2" stroke-linecap="round">
<path d="M2 4h12M2 12h7" stroke="#2f7d4f"/><path d="M2 8h9" stroke="#3451b2"/></svg>`;

export default defineConfig({
  title: 'deltalines',
  description,
  lang: 'en',
  cleanUrls: true,
  head: [['link', { rel: 'icon', href: `data:image/svg+xml,${encodeURIComponent(icon)}` }]],
  // A folder that is opened on a code host shows its README.
  rewrites: { 'protocols/README.md': 'protocols/index.md' },
  base,
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    anchor: { slugify: anchorOf },
    config: (markdown) => changeOutsideLinks(markdown, base),
  },
  // The data of all pages is a file of its own, instead of a part of each page.
  metaChunk: true,
  vite: {
    plugins: [playground()],
    build: { target: 'es2022' },
    resolve: {
      // The playground imports the entries of the package, which the site builds from their sources.
      alias: [
        { find: /^deltalines$/, replacement: `${sources}/index.ts` },
        { find: /^deltalines\/(\w+)$/, replacement: `${sources}/$1/index.ts` },
      ],
      // The playground may have copies of its own.
      dedupe: ['rxjs', 'marked'],
      // RxJS has smaller files under this name.
      conditions: ['es2015'],
    },
    server: { fs: { allow: [fileURLToPath(project)] } },
  },
  // Each page is described by its first paragraph.
  transformPageData(page) {
    page.description ||= descriptionOf(page);
  },
  themeConfig: {
    nav: [
      { text: 'Guide', link: addressOf('guide/index.md') },
      { text: 'Which operator?', link: addressOf('which-operator.md') },
      { text: 'Playground', link: '/playground/', target: '_self' },
      {
        text: 'Reference',
        items: [
          { text: 'Operators', link: addressOf('operators/commitLines.md'), activeMatch: '^/operators/' },
          { text: 'Protocols', link: addressOf('protocols/README.md'), activeMatch: '^/protocols/' },
          { text: 'API', link: '/reference/', activeMatch: '^/reference/' },
          { text: 'Changelog', link: addressOf('changelog.md') },
        ],
      },
    ],
    sidebar: {
      '/reference/': [{ text: 'Reference', link: '/reference/', items: reference }],
      '/': sidebar(),
    },
    outline: 'deep',
    search: { provider: 'local' },
  },
});
