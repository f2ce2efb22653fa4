import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { EventStreamParser, type ServerSentEvent } from '../../../src/protocols/framing/eventStreamParser.js';

function parse(chunks: readonly string[], isEnded = false) {
  const events: ServerSentEvent[] = [];
  const retries: number[] = [];
  const parser = new EventStreamParser(
    { event: (event) => events.push(event), retry: (milliseconds) => retries.push(milliseconds) },
    100,
  );
  for (const chunk of chunks) {
    parser.feed(chunk);
  }
  if (isEnded) {
    parser.end();
  }
  return { events, retries };
}

// The events themselves are the matter of the specs of parseSSE.
describe('EventStreamParser', () => {
  it('reports the reconnection time', () => {
    expect(parse(['retry: 25', '00\n\ndata: a\n\nretry: soon\n\n'])).toStrictEqual({
      events: [{ data: 'a' }],
      retries: [2500],
    });
  });

  it('emits an event without its blank line only at the end of the text', () => {
    expect(parse(['id: 1\ndata: a\n']).events).toStrictEqual([]);
    expect(parse(['id: 1\ndata: a\n'], true).events).toStrictEqual([{ id: '1', data: 'a' }]);
  });

  it('emits the same events as eventsource-parser for any lines', () => {
    const fields = [
      'event: a',
      'event:b',
      'event: ',
      'event',
      'id: 1',
      'data: x',
      'data:y',
      'data: ',
      ': z',
      '',
    ];
    const lines = fc.array(fc.constantFrom(...fields), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(lines, { minLength: 1, maxLength: 3 }), (chunks) => {
        const texts = chunks.map((chunk) => chunk.map((line) => `${line}\n`).join(''));
        const expected: object[] = [];
        const parser = createParser({ onEvent: (event) => expected.push(event) });
        parser.feed(texts.join(''));
        expect(parse(texts).events).toEqual(expected);
      }),
    );
  });

  it('works without a listener for the reconnection time', () => {
    const parser = new EventStreamParser({ event: () => undefined }, 100);
    expect(() => {
      parser.feed('retry: 1\n');
    }).not.toThrow();
  });
});
