import { it, describe } from 'vitest';
import { memoryLog } from '../../src/log/index.js';
import { checkCommitLog } from '../../src/testing/index.js';

describe('memoryLog', () => {
  it('passes the checks of every store', { timeout: 60_000 }, async () => {
    await checkCommitLog(memoryLog);
  });
});
