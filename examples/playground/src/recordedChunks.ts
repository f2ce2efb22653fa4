import { replayChunks } from 'deltalines/testing';

import type { RecordedChunk } from './recording';

/** How the recordings of `recordChunks` and `deltalines record` begin. */
const START = /^\s*\{\s*"time"\s*:\s*\d[\d.eE+-]*\s*,\s*"(?:text|base64)"\s*:/;

const GZIP = [0x1f, 0x8b] as const;

export function isChunkRecording(text: string): boolean {
  return START.test(text);
}

/** Reads a recording of `recordChunks`, as far as it can be read. Never throws. */
export function readChunks(text: string): {
  readonly chunks: readonly RecordedChunk[];
  readonly problem: string | undefined;
} {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const chunks: RecordedChunk[] = [];
  let problem: string | undefined;
  // All chunks at once: a hostile recording can span ages, which take ages in virtual time too.
  replayChunks(lines, { speed: Infinity }).subscribe({
    next: (chunk) => chunks.push({ time: timeOf(lines[chunks.length] ?? ''), chunk }),
    error: (error: unknown) => {
      problem = `${error instanceof Error ? error.message : String(error)}. The rest is not read`;
    },
  });
  return { chunks, problem };
}

/** The chunks as text. A character that was cut in two belongs to the chunk that completes it. */
export function textsOf(chunks: readonly RecordedChunk[]): readonly string[] {
  const decoder = new TextDecoder();
  const texts = chunks.map(({ chunk }) =>
    typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }),
  );
  return [...texts.slice(0, -1), `${texts.at(-1) ?? ''}${decoder.decode()}`];
}

export function isCompressed([first]: readonly RecordedChunk[]): boolean {
  const chunk = first?.chunk;
  return typeof chunk === 'object' && GZIP.every((byte, index) => chunk[index] === byte);
}

/** `replayChunks` has checked the line. */
function timeOf(line: string): number {
  return (JSON.parse(line) as { readonly time: number }).time;
}
