import type { StreamRef } from '../../commits.js';

/** What one log is called on the server. */
export interface LogNames {
  /** The JetStream stream. */
  readonly log: string;
  /** Its subjects are this, a dot, and the token of a stream of commits. */
  readonly entries: string;
  /** The server repeats each stored message here, with the same last token. */
  readonly stored: string;
  /** Tails, which no stream stores. */
  readonly live: string;
  /** The subjects of the leases are this, a dot, and the tokens of the stream of commits and of the claim. */
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
 * Turns any text into one token of a subject, which is also valid in the name of a JetStream stream. Different texts
 * have different tokens.
 */
export async function subjectToken(text: string): Promise<string> {
  return /^[\w-]{1,64}$/.test(text) ? text : encode(JSON.stringify(text));
}

/** JSON escapes halves of surrogate pairs, which UTF-8 cannot encode. */
async function encode(json: string): Promise<string> {
  const bytes = new TextEncoder().encode(json);
  return bytes.length <= MAX_TOKEN_BYTES
    ? `=${base64url(bytes)}`
    : `~${base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))}`;
}

/** Longer texts are hashed. */
const MAX_TOKEN_BYTES = 120;

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
