import { escapeControls, type StreamRef } from 'deltalines';
import OpenAI from 'openai';

import { askAll } from './askAll.js';
import { RECORDED_ANSWERS, startRecordedServer } from './recordedServer.js';

// `npm start` asks a server in this process that plays recordings, so it needs no key. `npm start -- --provider` asks
// OpenAI, with the key in OPENAI_API_KEY and the model in OPENAI_MODEL.
const server = process.argv.includes('--provider') ? undefined : await startRecordedServer();
const client = new OpenAI(server === undefined ? {} : { baseURL: server.address, apiKey: 'none' });
const model = process.env['OPENAI_MODEL'] ?? 'gpt-5-mini';

askAll(client, model, Object.keys(RECORDED_ANSWERS)).subscribe({
  next: (commit) => {
    if (commit.type === 'line') {
      // The text of a model is untrusted: it must not control the terminal.
      console.log(escapeControls(`${nameOf(commit.stream)} │ ${commit.text}`));
    } else if (commit.type === 'close' && commit.reason !== 'end') {
      console.error(escapeControls(`${nameOf(commit.stream)} ✗ ${String(commit.error ?? commit.reason)}`));
      process.exitCode = 1;
    }
  },
  error: (error: unknown) => {
    throw error;
  },
  complete: () => server?.close(),
});

/** The number of the question, and the kind of text where it is not the answer. */
function nameOf({ id, kind }: StreamRef): string {
  const [number = ''] = id.split('/');
  return kind === 'answer' ? number : `${number} ${kind}`;
}
