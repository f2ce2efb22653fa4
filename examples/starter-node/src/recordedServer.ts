import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

import { replayChunks } from 'deltalines/testing';

/** The questions that have an answer in `recordings/`. */
export const RECORDED_ANSWERS: Readonly<Record<string, string>> = {
  'Why is the sky blue?': 'answer-1.jsonl',
  'When does water boil?': 'answer-2.jsonl',
};

/** Starts a server that answers like the Responses API of OpenAI, with the cuts and times of the recordings. */
export async function startRecordedServer(speed = 1): Promise<{ address: string; close(): void }> {
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      const file = RECORDED_ANSWERS[(body as { input: string }).input];
      if (file === undefined) {
        response.writeHead(404).end();
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const recording = readFileSync(new URL(`../recordings/${file}`, import.meta.url), 'utf8');
      const replay = replayChunks(recording, { type: 'bytes', speed }).subscribe({
        next: (chunk) => response.write(chunk),
        error: (error: unknown) => response.destroy(error as Error),
        complete: () => response.end(),
      });
      response.on('close', () => replay.unsubscribe());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}/v1`, close: () => server.close() };
}
