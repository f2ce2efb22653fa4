import { readFileSync } from 'node:fs';

import { defineConfig } from 'vitepress';

import { addressOf, anchorOf, sidebar } from './navigation.js';
import { unlinkOutside } from './outsideLinks.js';

const { description } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
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
  // Where the site is not at the root of its host, such as `/deltalines/`.
  base: process.env.DOCS_BASE ?? '/',
  markdown: {
    theme: { light: 'github-light', dark: 'github-dark' },
    anchor: { slugify: anchorOf },
    config: unlinkOutside,
  },
  themeConfig: {
    nav: [
      { text: 'Guide', link: addressOf('guide/index.md') },
      { text: 'Operators', link: addressOf('operators/commitLines.md'), activeMatch: '^/operators/' },
      { text: 'Protocols', link: addressOf('protocols/README.md'), activeMatch: '^/protocols/' },
      { text: 'Reference', link: '/reference/', activeMatch: '^/reference/' },
    ],
    sidebar: {
      '/reference/': [{ text: 'Reference', link: '/reference/', items: reference }],
      '/': sidebar(),
    },
    outline: 'deep',
    search: { provider: 'local' },
  },
});
