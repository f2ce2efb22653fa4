import type { StreamRef } from '../../commits.js';
import type { StoredCommit } from '../../core/log/commitLog.js';
import { storedCommit } from '../storedCommit.js';

/** The keys of one log. Their common hash tag, in braces, puts them into one hash slot of a cluster. */
export function keysOf(name: string): readonly [string, string, string, string] {
  const tag = `{deltalines:${encodeName(name)}}`;
  return [`${tag}:entries`, `${tag}:streams`, `${tag}:leases`, `${tag}:closed`];
}

export function channelOf(name: string): string {
  return `{deltalines:${encodeName(name)}}:live`;
}

/** Keeps letters, digits and `-_.~`. Different lone surrogates, which UTF-8 cannot encode, remain different. */
function encodeName(name: string): string {
  return name.replace(/[\ud800-\udbff][\udc00-\udfff]|[^\w.~-]/g, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code >= 0xd800 && code <= 0xdfff
      ? `%u${code.toString(16)}`
      : encodeURIComponent(character).replace(/^[!'()*]$/, (c) => `%${c.charCodeAt(0).toString(16)}`);
  });
}

/** A stream without its generation, as JSON. Always the same text for the same stream. */
export function encodeKey({ kind, id }: StreamRef): string {
  return JSON.stringify([kind, id]);
}

/** The beginning of the field `s` of all entries of one generation. `,` or `]` follows it. */
export function encodeGeneration({ kind, id, generation }: StreamRef): string {
  return JSON.stringify([kind, id, generation]).slice(0, -1);
}

export function decodeRef<K extends string>(text: string): StreamRef<K> {
  const [kind, id, generation, order] = JSON.parse(text) as [K, string, number, (readonly number[])?];
  return order === undefined ? { kind, id, generation } : { kind, id, generation, order };
}

/** A commit without its stream, as JSON. An `error` becomes `{ name, message }`. */
export function encodeBody<K extends string>(commit: StoredCommit<K>): string {
  return JSON.stringify({ ...storedCommit(commit), stream: undefined });
}

export function decodeBody<K extends string>(
  text: string,
  streamOf: (type: string) => StreamRef<K>,
): StoredCommit<K> {
  const body = JSON.parse(text) as StoredCommit<K>;
  return { ...body, stream: streamOf(body.type) };
}

/** The number of an entry in its log. */
export function numberOf(position: string): number {
  return Number.parseInt(position, 10);
}

export function isPosition(text: string): boolean {
  return /^[1-9]\d{0,14}-\d{1,15}$/.test(text);
}
