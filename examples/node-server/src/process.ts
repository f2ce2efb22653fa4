import { closeAbandoned } from 'deltalines/log';

import { Answers } from './answers.js';
import { makeHandler } from './handle.js';
import { listen } from './listen.js';
import { openLog } from './openLog.js';
import { recordedProvider } from './recordedProvider.js';

// One server process. Its settings come in environment variables, as on most platforms.
const { STORE, LEASE = '5000', INTERVAL = '40' } = process.env;

const log = await openLog(STORE);
const provider = recordedProvider(Number(INTERVAL));
const answers = new Answers({ log, provider, lease: Number(LEASE) });

// Any number of processes may do this. What a dead one left open is closed by one that lives.
closeAbandoned(log, { every: Number(LEASE) / 4 }).subscribe(({ kind, id }) => {
  console.log(`Closed ${kind} ${id}, because its process is gone`);
});

const port = await listen(await makeHandler(log, answers));
process.send?.({ port });
process.on('disconnect', () => process.exit());
