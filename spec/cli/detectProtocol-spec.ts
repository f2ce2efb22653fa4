import { EMPTY, from, lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { detectProtocol, protocols } from '../../src/cli/detectProtocol.js';

describe('detectProtocol', () => {
  it.each([
    { name: 'openai-responses', event: { type: 'response.created', response: { id: 'resp_1' } } },
    { name: 'openai-responses', event: { type: 'response.output_text.delta', delta: 'a' } },
    { name: 'codex', event: { kind: 'codex_event', payload: { id: '1', msg: { type: 'task_started' } } } },
    { name: 'codex', event: { id: '1', msg: { type: 'agent_message_delta', delta: 'a' } } },
    { name: 'deltas', event: { type: 'start', kind: 'answer', id: '1' } },
    { name: 'deltas', event: { type: 'delta', kind: 'answer', id: '1', delta: 'a' } },
    { name: 'deltas', event: { type: 'end', kind: 'answer', id: '1' } },
    { name: 'deltas', event: { type: 'error', kind: 'answer', id: '1', error: 'a' } },
  ])('finds $name in $event', ({ name, event }) => {
    expect(detectProtocol(event)?.name).toBe(name);
  });

  it.each([
    { event: {} },
    { event: { type: 'delta', id: '1', delta: 'a' } },
    { event: { type: 'delta', kind: 'answer', id: 1, delta: 'a' } },
    { event: { type: 'message', kind: 'answer', id: '1' } },
    { event: { type: 'error', error: { message: 'overloaded' } } },
    { event: { id: '1', msg: 'task_started' } },
    { event: [] },
    { event: null },
    { event: 'response.created' },
    { event: 1 },
  ])('finds nothing in $event', ({ event }) => {
    expect(detectProtocol(event)).toBeUndefined();
  });
});

describe('the protocol of plain deltas', () => {
  it.each([
    { event: { type: 'end', kind: 'a', id: '1' }, named: { type: 'end', kind: 'a', id: 'x/1' } },
    { event: { type: 'end', kind: 'a', id: 1 }, named: { type: 'end', kind: 'a', id: 1 } },
    { event: null, named: null },
  ])('puts the connection before the id of $event', async ({ event, named }) => {
    const [read = () => EMPTY] = protocols
      .filter(({ name }) => name === 'deltas')
      .map((protocol) => protocol.read({ connection: 'x' }));
    expect(await lastValueFrom(from([event]).pipe(read), { defaultValue: 'nothing' })).toStrictEqual(named);
  });
});
