import { readFile } from 'node:fs/promises';

/** The events of the recorded run, as JSON. */
export async function readRecording(): Promise<readonly string[]> {
  const text = await readFile(new URL('../../recordings/ag-ui.sse', import.meta.url), 'utf8');
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => data);
}
