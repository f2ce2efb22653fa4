import { posix } from 'node:path';

/**
 * Some pages name files of the project that are no pages, such as specs. Where the pages are read with the project around
 * them these are links; the site does not have the files, and shows their names.
 *
 * @param {import('vitepress').MarkdownRenderer} markdown
 */
export function unlinkOutside(markdown) {
  markdown.core.ruler.push('unlink-outside', ({ tokens, env }) => {
    for (const { children } of tokens) {
      let isOutside = false;
      for (const token of children ?? []) {
        if (token.type === 'link_open') {
          isOutside = leadsOutside(env.relativePath, token.attrGet('href') ?? '');
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
 * @param {string} page
 * @param {string} link
 */
function leadsOutside(page, link) {
  return link.startsWith('..') && posix.join(posix.dirname(page), link).startsWith('..');
}
