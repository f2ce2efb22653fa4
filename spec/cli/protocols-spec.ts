import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { protocols } from '../../src/cli/protocols.js';
import { collect } from '../support/collect.js';

describe('the protocol of plain deltas', () => {
  it.each([
    { event: { type: 'end', kind: 'a', id: '1' }, named: { type: 'end', kind: 'a', id: 'x/1' } },
    { event: { type: 'end', kind: 'a', id: 1 }, named: { type: 'end', kind: 'a', id: 1 } },
    { event: null, named: null },
  ])('puts the connection before the id of $event', async ({ event, named }) => {
    expect(await collect(from([event]).pipe(protocols.deltas({ connection: 'x' })))).toStrictEqual([named]);
  });
});
