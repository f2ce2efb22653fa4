// Kills writers and servers of a store for long, and compares the log with what the writers said: npm run soak:log
import { parseArgs } from 'node:util';

import { runFaults } from '../spec/stores/faults/runFaults.js';
import { storeOf } from '../spec/stores/support/stores.js';

const { values } = parseArgs({
  options: {
    store: { type: 'string', default: 'redis' },
    kills: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    help: { type: 'boolean', default: false },
  },
});

// Ended by a signal, it ends its servers and writers too.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => process.exit(1));
}

if (values.help) {
  console.log('npm run soak:log -- [--store redis] [--kills 1000] [--seed N]');
} else {
  const store = storeOf(values.store);
  let left = Number(values.kills);
  // Each log gets 50 kills, so that it can be read whole.
  for (let seed = Number(values.seed); left > 0; seed++) {
    const kills = Math.min(left, 50);
    const report = await runFaults({ store, kills, seed });
    left -= kills;
    console.log(`seed ${seed}, ${left} kills left: ${JSON.stringify(report)}`);
    if (report.violations.length > 0) {
      process.exitCode = 1;
      break;
    }
  }
}
