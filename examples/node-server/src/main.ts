import { recordedProvider } from './recordedProvider.js';
import { createAnswerServer } from './server.js';

const port = Number(process.env['PORT'] ?? 3000);

createAnswerServer({
  provider: recordedProvider(),
  // After a restart the numbers are higher than all before, so nobody resumes in the middle of what is new.
  firstId: Date.now() * 1000,
}).listen(port, '127.0.0.1', () => {
  const address = `http://localhost:${port}/answers`;
  console.log(`Ask:     curl -X POST '${address}?question=Why'`);
  console.log(`Follow:  curl -N ${address}`);
  console.log(`    or:  npm run follow`);
});
