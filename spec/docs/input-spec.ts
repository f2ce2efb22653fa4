import { describe, expect, it } from 'vitest';

import { readInput } from '../../docs/live/input.js';

const stream = { kind: 'answer', id: '1' } as const;

describe('a line of the input of a live example', () => {
  it.each([
    ['1: "hel"', { ...stream, type: 'delta', delta: 'hel' }],
    [String.raw`1: "a\r\n\"\ud83d"`, { ...stream, type: 'delta', delta: 'a\r\n"\ud83d' }],
    ['1: ""', { ...stream, type: 'delta', delta: '' }],
    ['1: `{"a":"\\n`', { ...stream, type: 'delta', delta: '{"a":"\\n' }],
    ['  tool call_1:"x"  ', { kind: 'tool', id: 'call_1', type: 'delta', delta: 'x' }],
    ['1 [2, 0]: "x"', { ...stream, type: 'delta', delta: 'x', order: [2, 0] }],
    ['1: start', { ...stream, type: 'start' }],
    ['1 [3]: start', { ...stream, type: 'start', order: [3] }],
    ['1: end', { ...stream, type: 'end' }],
    ['1: end "all"', { ...stream, type: 'end', text: 'all' }],
    ['1: error', { ...stream, type: 'error', error: 'failed' }],
    ['1: error "reset"', { ...stream, type: 'error', error: 'reset' }],
  ])('reads %s', (line, event) => {
    expect(readInput(line).events).toStrictEqual([{ time: 0, event }]);
  });

  it.each([
    'hello',
    '1 "hel"',
    '1: hel',
    '1: "hel',
    '1: "hel" "lo"',
    String.raw`1: "\x"`,
    '1: start "text"',
    '1:',
    ': "hel"',
    'wait',
    'wait -5',
    'wait 0.5',
  ])('rejects %s, with its number', (line) => {
    expect(() => readInput(`1: start\n\n${line}`)).toThrow(
      `Line 3 must be like 1: "text", 1: start, 1: end, 1: error or wait 500, but is ${line}`,
    );
  });
});

describe('the time', () => {
  it('passes with each wait, and with nothing else', () => {
    const { events, duration } = readInput('1: "a"\nwait 100\n\n1: "b"\nwait 50\nwait 5\n1: end\nwait 1000');
    expect(events.map(({ time, event }) => [time, event.type])).toStrictEqual([
      [0, 'delta'],
      [100, 'delta'],
      [155, 'end'],
    ]);
    expect(duration).toBe(1155);
  });

  it('is at most ten minutes', () => {
    expect(readInput('wait 600000').duration).toBe(600_000);
    expect(() => readInput('wait 600000\nwait 1')).toThrow(
      'The lines must wait 600000 ms at most in total, but they wait 600001 ms',
    );
  });
});
