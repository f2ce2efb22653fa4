import { escapeControls } from 'deltalines';
import { marked, type Token, type Tokens } from 'marked';

import { element } from './element';

/** A longer block is shown as the text that it is. */
const MAX_LENGTH = 20_000;

/** What a browser may be sent to. */
const SAFE_LINK = /^(?:https?|mailto):/i;

/**
 * Renders Markdown that may be hostile. `marked` only tokenizes: the elements are made here, every text goes in as text,
 * HTML is shown as it is written, and nothing is loaded.
 */
export function renderMarkdown(source: string, definitions: string): HTMLElement {
  const root = element('div', { class: 'block', dir: 'auto' });
  try {
    root.append(
      ...(source.length > MAX_LENGTH
        ? [plain(source)]
        : blocksOf(marked.lexer(`${source}\n\n${definitions}`))),
    );
  } catch {
    // Markdown that is nested too deep for the parser.
    root.replaceChildren(plain(source));
  }
  return root;
}

function plain(text: string): HTMLElement {
  return element('pre', {}, shown(text));
}

function blocksOf(tokens: readonly Token[]): readonly (Node | string)[] {
  return tokens.flatMap((token): readonly (Node | string)[] => {
    switch (token.type) {
      case 'heading': {
        const { depth, tokens } = token as Tokens.Heading;
        // The page has headings of its own; the level is told to those who listen.
        return [
          element(
            'p',
            { class: `heading level-${depth}`, role: 'heading', 'aria-level': depth + 2 },
            ...inlinesOf(tokens),
          ),
        ];
      }
      case 'paragraph':
        return [element('p', {}, ...inlinesOf((token as Tokens.Paragraph).tokens))];
      case 'code':
        return [element('pre', {}, element('code', {}, shown((token as Tokens.Code).text)))];
      case 'blockquote':
        return [element('blockquote', {}, ...blocksOf((token as Tokens.Blockquote).tokens))];
      case 'list':
        return [listOf(token as Tokens.List)];
      case 'table':
        return [tableOf(token as Tokens.Table)];
      case 'hr':
        return [element('hr')];
      case 'space':
      case 'def':
        return [];
      case 'html':
        return [plain(token.raw)];
      default:
        return inlinesOf([token]);
    }
  });
}

function listOf({ ordered, start, items }: Tokens.List): HTMLElement {
  const rows = items.map(({ tokens }) => element('li', {}, ...blocksOf(tokens)));
  return ordered
    ? element('ol', { start: start === '' ? undefined : start }, ...rows)
    : element('ul', {}, ...rows);
}

function tableOf({ header, rows }: Tokens.Table): HTMLElement {
  const cellsOf = (tag: 'th' | 'td', cells: readonly Tokens.TableCell[]) =>
    cells.map(({ tokens, align }) =>
      element(tag, { class: align === null ? undefined : `align-${align}` }, ...inlinesOf(tokens)),
    );
  return element(
    'table',
    {},
    element('thead', {}, element('tr', {}, ...cellsOf('th', header))),
    element('tbody', {}, ...rows.map((cells) => element('tr', {}, ...cellsOf('td', cells)))),
  );
}

function inlinesOf(tokens: readonly Token[]): readonly (Node | string)[] {
  return tokens.flatMap((token): readonly (Node | string)[] => {
    switch (token.type) {
      case 'strong':
        return [element('strong', {}, ...inlinesOf((token as Tokens.Strong).tokens))];
      case 'em':
        return [element('em', {}, ...inlinesOf((token as Tokens.Em).tokens))];
      case 'del':
        return [element('del', {}, ...inlinesOf((token as Tokens.Del).tokens))];
      case 'codespan':
        return [element('code', {}, shown((token as Tokens.Codespan).text))];
      case 'br':
        return [element('br')];
      case 'checkbox':
        return [(token as Tokens.Checkbox).checked ? '☑ ' : '☐ '];
      case 'link': {
        const { href, tokens } = token as Tokens.Link;
        return SAFE_LINK.test(href)
          ? [
              element(
                'a',
                { href, rel: 'noopener noreferrer nofollow', target: '_blank' },
                ...inlinesOf(tokens),
              ),
            ]
          : inlinesOf(tokens);
      }
      case 'image':
        return [`🖼 ${shown(decoded((token as Tokens.Image).text))}`];
      case 'text': {
        const { text, tokens } = token as Tokens.Text;
        return tokens === undefined ? [shown(decoded(text))] : inlinesOf(tokens);
      }
      case 'escape':
        return [shown((token as Tokens.Escape).text)];
      default:
        return [shown(token.raw)];
    }
  });
}

/** What a browser would obey is made visible, in each line. */
function shown(text: string): string {
  return text.split('\n').map(escapeControls).join('\n');
}

/** The characters that references such as `&amp;` stand for. */
function decoded(text: string): string {
  return text.replace(/&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,31});/gi, (reference) => {
    const area = document.createElement('textarea');
    // It holds nothing but a reference, and is in no page.
    area.innerHTML = reference;
    return area.value;
  });
}
