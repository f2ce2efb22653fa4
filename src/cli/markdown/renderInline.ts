import { escapeControls } from '../../index.js';
import type { Style } from './style.js';

/** Each alternative stops at its own mark, so that a text of only marks takes linear time. */
const SPANS =
  /(?<!`)(?<ticks>`+)(?!`)(?<code>[^`]+)\k<ticks>(?!`)|\*\*(?<strong>[^*\s][^*]*)\*\*|\*(?<emphasis>[^*\s][^*]*)\*|(?<!\w)__(?<strong2>[^_\s][^_]*)__(?!\w)|(?<!\w)_(?<emphasis2>[^_\s][^_]*)_(?!\w)|~~(?<deleted>[^~]+)~~|\[(?<label>[^[\]]+)\]\((?<target>[^()\s]*)\)|\\(?<escaped>[!-/:-@[-`{-~])/g;

/** Renders a line of prose: escapes control characters and formats spans. Without formats, the marks are kept. */
export function renderInline(text: string, style: Style): string {
  const escaped = escapeControls(text);
  if (style('strong', '') === '') {
    return escaped;
  }
  return escaped.replaceAll(SPANS, (whole: string, ...rest: unknown[]) =>
    renderSpan(whole, rest.at(-1) as Readonly<Record<string, string | undefined>>, style),
  );
}

function renderSpan(whole: string, span: Readonly<Record<string, string | undefined>>, style: Style): string {
  const strong = span['strong'] ?? span['strong2'];
  const emphasis = span['emphasis'] ?? span['emphasis2'];
  const { code, deleted, label, target = '', escaped } = span;
  if (code !== undefined) {
    return style('code', code);
  }
  if (strong !== undefined) {
    return style('strong', strong);
  }
  if (emphasis !== undefined) {
    return style('emphasis', emphasis);
  }
  if (deleted !== undefined) {
    return style('deleted', deleted);
  }
  if (label !== undefined) {
    return style('link', label) + (target === label ? '' : style('quiet', ` (${target})`));
  }
  return escaped ?? whole;
}
