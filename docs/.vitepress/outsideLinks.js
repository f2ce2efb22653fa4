import { posix } from 'node:path';

/** The folder of the playground, and the page that shows CHANGELOG.md, whose links begin in the root folder. */
const PLAYGROUND = '../examples/playground';
const CHANGELOG = 'changelog.md';

/**
 * Changes links to files of the project that are not pages of the site, such as specs. Where the pages are read with the project
 * around them, these links work. Of these files, the site has only the playground, and shows the names of the others.
 *
 * @param {import('vitepress').MarkdownRenderer} markdown
 * @param {string} base The address of the site on its host.
 */
export function changeOutsideLinks(markdown, base) {
  markdown.core.ruler.push('outside-links', ({ tokens, env }) => {
    for (const { children } of tokens) {
      let isOutside = false;
      for (const token of children ?? []) {
        if (token.type === 'link_open') {
          const link = token.attrGet('href') ?? '';
          const target = targetOf(env.relativePath, link);
          isOutside = target.startsWith('..') && target !== PLAYGROUND;
          if (target === PLAYGROUND) {
            token.attrSet('href', `${base}playground/`);
            // The router of the site does not know this page.
            token.attrSet('target', '_self');
          } else if (env.relativePath === CHANGELOG && !isOutside) {
            token.attrSet('href', target);
          } else if (!/^\w+:/.test(link)) {
            // See `rewrites` in the configuration.
            token.attrSet('href', link.replace(/\bREADME\.md(?=#|$)/, 'index.md'));
          }
        }
        if (isOutside && token.type.startsWith('link_')) {
          token.tag = 'span';
          token.attrs = null;
        }
        isOutside &&= token.type !== 'link_close';
      }
    }
  });
}

/**
 * What a link leads to, from the folder of the pages.
 *
 * @param {string} page
 * @param {string} link
 */
function targetOf(page, link) {
  if (/^(?:\w+:|[/#])/.test(link)) {
    return link;
  }
  const folder = page === CHANGELOG && !link.startsWith('../') ? '..' : posix.dirname(page);
  return posix
    .join(folder, link)
    .replace(/^\.\.\/docs\//, '')
    .replace(/\/$/, '');
}
