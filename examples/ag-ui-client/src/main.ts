import { escapeControls } from 'deltalines';

import { startFakeServer } from './fakeServer.js';
import { readRecording } from './recording.js';
import { TranscriptAgent } from './transcriptAgent.js';

const server = await startFakeServer(await readRecording(), { interval: 100 });
const agent = new TranscriptAgent({
  url: server.url,
  initialMessages: [{ id: 'u-1', role: 'user', content: 'Write a page' }],
});

console.log('Line by line, while they come:');
/** How many lines of each stream are printed. */
const printed = new Map<string, number>();
agent.transcripts.subscribe((transcript) => {
  for (const { stream, lines } of transcript) {
    const name = `${stream.kind} ${stream.id}`;
    for (const line of lines.slice(printed.get(name) ?? 0)) {
      console.log(`  ${escapeControls(name)} │ ${escapeControls(line)}`);
    }
    printed.set(name, lines.length);
  }
});
await agent.runAgent();

console.log('The messages of the AG-UI client, at the end:');
for (const { id, role, content } of agent.messages) {
  console.log(`  ${escapeControls(`${role} ${id}`)} │ ${escapeControls(JSON.stringify(content))}`);
}
server.close();
