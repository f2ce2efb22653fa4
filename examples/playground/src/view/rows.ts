import type { Commit } from 'deltalines';
import type { BlockCommit } from 'deltalines/markdown';

import type { Timed } from '../run';
import { rowText, timeText } from '../text';
import { nameOf, type Timeline } from '../timeline';
import { element } from './element';

/** A row for an event as it came; it may be anything. */
export function deltaRow({ time, value }: Timed<unknown>, timeline: Timeline): HTMLLIElement {
  const { kind, id } = nameOf(value);
  return row(time, streamLabel(kind, id, timeline), ...deltaTexts(value));
}

function deltaTexts(event: unknown): readonly HTMLElement[] {
  const { type, delta, text, error } = nameOf(event) as Readonly<Record<string, unknown>>;
  switch (type) {
    case 'start':
      return [word('start')];
    case 'delta':
      return typeof delta === 'string'
        ? [quoted(delta)]
        : [word('malformed', 'failed'), quoted(describe(event))];
    case 'end':
      return typeof text === 'string' ? [word('end'), word('with text:'), quoted(text)] : [word('end')];
    case 'error':
      return [word('error', 'failed'), quoted(describe(error))];
    default:
      return [word('malformed', 'failed'), quoted(describe(event))];
  }
}

/** A row for a commit. */
export function commitRow({ time, value }: Timed<Commit | BlockCommit>, timeline: Timeline): HTMLLIElement {
  const { kind, id } = value.type === 'drop' ? nameOf(value.event) : value.stream;
  return row(time, streamLabel(kind, id, timeline), ...commitTexts(value));
}

function commitTexts(commit: Commit | BlockCommit): readonly HTMLElement[] {
  switch (commit.type) {
    case 'open':
      return [word('open')];
    case 'line':
      return [word(`line ${commit.index}`, 'line'), quoted(commit.text + commit.eol)];
    case 'tail':
      return [word(`tail ${commit.index}`), quoted(commit.text)];
    case 'block':
      return [word(`${commit.block} ${commit.index}`, 'line'), quoted(commit.text)];
    case 'draft':
      return [word(`draft ${commit.index}`), quoted(commit.text)];
    case 'revise':
      return [word(`revise from ${commit.index}`, 'revise')];
    case 'close':
      return [
        word(
          `close: ${commit.reason}, ${'blocks' in commit ? `${commit.blocks} blocks` : `${commit.lines} lines`}`,
          commit.reason === 'error' ? 'failed' : 'close',
        ),
      ];
    case 'drop':
      return [word(`drop: ${commit.reason}`, 'failed'), quoted(describe(commit.event))];
  }
}

function row(time: number, label: HTMLElement, ...texts: readonly HTMLElement[]): HTMLLIElement {
  return element(
    'li',
    {},
    element('span', { class: 'time' }, timeText(time)),
    label,
    element('span', { class: 'what' }, ...texts),
  );
}

/** The kind and the id of a stream, in its color. */
export function streamLabel(kind: unknown, id: unknown, timeline: Timeline): HTMLElement {
  const stream = timeline.find(kind, id);
  const texts = [kind, id].map((text) => (typeof text === 'string' ? rowText(text, 60) : '?'));
  return element(
    'span',
    { class: `stream color-${stream?.color ?? 0}`, title: texts.join(' ') },
    element('span', { class: 'kind' }, texts[0] ?? ''),
    ' ',
    element('bdi', {}, texts[1] ?? ''),
  );
}

function word(text: string, type = 'quiet'): HTMLElement {
  return element('span', { class: `word ${type}` }, text);
}

function quoted(text: string): HTMLElement {
  return element('bdi', { class: 'text' }, rowText(text));
}

/** Says what a value is that may be anything. */
export function describe(value: unknown): string {
  if (typeof value === 'string') {
    return value;
  }
  try {
    // Nothing for what JSON has no word for, whatever its type says.
    const json: unknown = JSON.stringify(value);
    return typeof json === 'string' ? json : String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
