import { describe, expect, it } from 'vitest';

import { runFaults } from './faults/runFaults.js';
import { stores } from './support/stores.js';

describe('a log loses and repeats nothing', () => {
  it.each([...stores.values()].map((store) => [store.name, store] as const))(
    'in %s, when writers and servers are killed, writers stopped and connections cut',
    async (_, store) => {
      const report = await runFaults({ store, kills: 50, seed: 5 });
      expect(report).toMatchObject({ violations: [] });
      // The seed decides the faults, so these are the same each time.
      expect(report).toMatchObject({ killedWriters: 44, killedServers: 6, stoppedWriters: 12 });
      expect(report.cutConnections).toBeGreaterThan(0);
    },
    600_000,
  );
});
