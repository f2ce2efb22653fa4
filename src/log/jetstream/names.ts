import type { StreamRef } from '../../commits.js';

/** The names of one log on the server. */
export interface LogNames {
  /** The JetStream stream. */
  readonly log: string;
  /** The prefix of its subjects. A dot and the token of a stream of commits follow. */
  readonly entries: string;
  /** The prefix of the subjects to which the server republishes each stored message, with the same last token. */
  readonly stored: string;
  /** The subject of tails, which are not stored. */
  readonly live: string;
  /** The prefix of the subjects of leases. A dot and the tokens of the stream of commits and of the claim follow. */
  readonly leases: string;
}

/** The JetStream stream of the leases of all logs. */
export const LEASES = 'deltalines-leases';
export const LEASE_SUBJECTS = 'deltalines.leases.>';

export async function logNames(name: string): Promise<LogNames> {
  const token = await subjectToken(name);
  return {
    log: `deltalines-log-${token}`,
    entries: `deltalines.log.${token}`,
    stored: `deltalines.stored.${token}`,
    live: `deltalines.live.${token}`,
    leases: `deltalines.leases.${token}`,
  };
}

export function streamToken({ kind, id }: StreamRef): Promise<string> {
  return encode(JSON.stringify([kind, id]));
}

/**
 * Encodes any text as one token of a subject, which is also valid in the name of a JetStream stream. Different texts
 * have different tokens.
 */
export async function subjectToken(text: string): Promise<string> {
  return /^[\w-]{1,64}$/.test(text) ? text : encode(JSON.stringify(text));
}

/** Encodes JSON text, which has no lone surrogates: `JSON.stringify` escapes them, and UTF-8 cannot encode them. */
async function encode(json: string): Promise<string> {
  const bytes = new TextEncoder().encode(json);
  return bytes.length <= MAX_TOKEN_BYTES
    ? `=${base64url(bytes)}`
    : `~${base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))}`;
}

/** Longer JSON texts are hashed. */
const MAX_TOKEN_BYTES = 120;

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
