import { parseArgs } from 'node:util';

import { startCluster } from './cluster.js';

const { values } = parseArgs({
  options: {
    store: { type: 'string' },
    port: { type: 'string', default: '3000' },
    processes: { type: 'string', default: '2' },
  },
});

const { address, pids } = await startCluster({
  store: values.store,
  port: Number(values.port),
  processes: Number(values.processes),
});
console.log(`Processes ${pids().join(' and ')} serve ${address}`);
