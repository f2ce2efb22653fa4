import type { WireAnswer } from './wireBytes.js';

const PROTOCOLS = [
  { row: 'OpenAI Responses', protocol: 'responses' },
  { row: 'OpenAI chat', protocol: 'chat' },
  { row: 'Anthropic', protocol: 'anthropic' },
] as const;

/** About what one packet of a network holds, and one record of TLS. */
const CHUNKS = [
  { column: 'chunks of 1,400 B', chunkLength: 1_400 },
  { column: 'chunks of 16 kB', chunkLength: 16_384 },
] as const;

const DELTAS = 5_000;

/** An answer of each protocol, in chunks of each size. */
export const wireAnswers = PROTOCOLS.flatMap(({ row, protocol }) =>
  CHUNKS.map(({ column, chunkLength }) => {
    const parameters: WireAnswer = { protocol, deltas: DELTAS, chunkLength };
    return { label: `${row}, ${column}`, cell: { row, column }, parameters };
  }),
);
