// Runs the model test for a while with new seeds, or one run of it again: npm run soak -- --help
import { forms } from '../spec/model/search.js';
import { soak } from '../spec/model/soak.js';

process.exitCode = soak(forms, process.argv.slice(2), {
  now: () => performance.now(),
  write: (text) => process.stdout.write(text),
  runsPerBatch: 1_000,
  seed: Math.floor(Math.random() * 2 ** 31),
});
