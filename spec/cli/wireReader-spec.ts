import { describe, expect, it } from 'vitest';

import { WireReader } from '../../src/cli/wireReader.js';

function read(text: string, chunkLength = text.length, maxLength?: number) {
  const events: unknown[] = [];
  const broken: string[] = [];
  const reader = new WireReader((line, message) => broken.push(`${line}: ${message}`), maxLength);
  const readAll = () => {
    for (let item = reader.next(); item !== undefined; item = reader.next()) {
      events.push(item.type === 'event' ? item.event : `text: ${item.text}`);
    }
  };
  for (let start = 0; start < text.length; start += chunkLength) {
    reader.push(text.slice(start, start + chunkLength));
    readAll();
  }
  reader.end();
  readAll();
  return { events, broken };
}

describe('WireReader', () => {
  it.each([
    { name: 'JSON lines', text: '{"a":1}\n\n{"a":2}\n', events: [{ a: 1 }, { a: 2 }] },
    {
      name: 'JSON lines with CR LF, the last without an end',
      text: '\r\n{"a":1}\r\n{"a":2}',
      events: [{ a: 1 }, { a: 2 }],
    },
    {
      name: 'plain lines between JSON lines, also those that are JSON by chance',
      text: 'one\n# [two]\n{"a":1}\n[INFO] three\n  42\nnull\n{"a":2}\nfour',
      events: [
        'text: one',
        'text: # [two]',
        { a: 1 },
        'text: [INFO] three',
        'text:   42',
        'text: null',
        { a: 2 },
        'text: four',
      ],
    },
    {
      name: 'lines of a log, with the characters of their text',
      text: '2026-01-01T00:00:00Z stdout F 10 %\r20 %\r\n2026-01-01T00:00:00Z stdout F a\0\u001eb\n{"a":1}\r\nc\rd\n',
      events: [
        'text: 2026-01-01T00:00:00Z stdout F 10 %\r20 %\r',
        'text: 2026-01-01T00:00:00Z stdout F a\0\u001eb',
        { a: 1 },
        'text: c\rd',
      ],
    },
    {
      name: 'lines of kubectl',
      text: '[pod/a/b] c\rd\n[pod/a/b] {\n',
      events: ['text: [pod/a/b] c\rd', 'text: [pod/a/b] {'],
    },
    {
      name: 'NUL bytes before a record, and after one that a power loss cut off',
      text: '{"a":1}\n\0\0\0{"a":2}\n\0{"a":3}\0\0{"a":4}\n',
      events: [{ a: 1 }, { a: 2 }, { a: 3 }, { a: 4 }],
    },
    {
      name: 'a JSON text sequence',
      text: '\u001e{"a":1}\n\u001e{"a":2}\n\u001e{\n  "a": {\n  }\n}\n\u001e{"a":4}\u001e{"a":5}',
      events: [{ a: 1 }, { a: 2 }, { a: {} }, { a: 4 }, { a: 5 }],
    },
    {
      name: 'objects over several lines',
      text: '{\n  "error": {\n    "a": 1\n  }\n}\r\n{\r\n"a":2}',
      events: [{ error: { a: 1 } }, { a: 2 }],
    },
    {
      name: 'an error without framing behind server-sent events',
      text: 'data: 1\n\n{\n  "error": {\n\n}\n}\n\ndata: 2\n\n',
      events: [1, { error: {} }, 2],
    },
    { name: 'a JSON array', text: '[{"a":1},{"a":2}]', events: [{ a: 1 }, { a: 2 }] },
    {
      name: 'a JSON array over several lines',
      text: '\n[\n  {\n    "a": "[1]"\n  },\r\n  {}\n]\n',
      events: [{ a: '[1]' }, {}],
    },
    {
      name: 'JSON lines that are arrays',
      text: '["a",{}]\n["b",{}]\n',
      events: [
        ['a', {}],
        ['b', {}],
      ],
    },
    {
      name: 'JSON lines that are arrays of objects',
      text: '\n[{"a":1},{"b":1}]\r\n\n[{"a":2},{"b":2}]\n',
      events: [
        [{ a: 1 }, { b: 1 }],
        [{ a: 2 }, { b: 2 }],
      ],
    },
    {
      name: 'a line that is an array of objects before one that is an object',
      text: '[{"a":1}]\n{"a":2}',
      events: [[{ a: 1 }], { a: 2 }],
    },
    {
      name: 'a single line of LangGraph',
      text: '[{"type":"ai","content":"x"},{"langgraph_node":"a"}]\n',
      events: [[{ type: 'ai', content: 'x' }, { langgraph_node: 'a' }]],
    },
    { name: 'a JSON array on a line', text: '[{"a":1},{"a":2}]\r\n\n', events: [{ a: 1 }, { a: 2 }] },
    {
      name: 'a JSON array with a line for each element',
      text: '[{"a":1},\n{"a":2}]',
      events: [{ a: 1 }, { a: 2 }],
    },
    { name: 'server-sent events', text: 'data: {"a":1}\n\ndata:{"a":2}\n\n', events: [{ a: 1 }, { a: 2 }] },
    {
      name: 'server-sent events with CR LF',
      text: 'event: x\r\ndata: 1\r\n\r\ndata: 2\r\n\r\n',
      events: [1, 2],
    },
    { name: 'server-sent events with CR', text: 'event: x\rdata: 1\r\rdata: 2\r\r', events: [1, 2] },
    { name: 'an event after blank lines and a comment', text: '\n\n: hello\n\ndata: 1\n\n', events: [1] },
    { name: 'an event that begins with its id', text: 'id: 7\ndata: 1\n\n', events: [1] },
    { name: 'data of several lines', text: 'data: {\ndata: "a": 1\ndata: }\n\n', events: [{ a: 1 }] },
    { name: 'a last event without its blank line', text: 'data: 1\n\ndata: 2', events: [1, 2] },
    { name: 'events without data', text: 'event: x\n\ndata:\n\n', events: [] },
    { name: 'only the word for the end', text: 'data: [DONE]\n\n', events: [] },
    {
      name: 'the word for the end as a message',
      text: 'data: 1\n\ndata: [DONE]\n\ndata: 2\n\n',
      events: [1, { data: '[DONE]' }, 2],
    },
    {
      name: 'messages without blank lines',
      text: 'data: {"a":1}\nid: 1\ndata:{"a":\ndata: 2}\n\ndata: {"a":3}\r\ndata: [[1]]\ndata: [DONE]\ndata: {}',
      events: [{ a: 1 }, { a: 2 }, { a: 3 }, [[1]], { data: '[DONE]' }, {}],
    },
    { name: 'nothing', text: '', events: [] },
  ])('reads $name, cut anywhere', ({ text, events }) => {
    for (let chunkLength = 1; chunkLength <= text.length; chunkLength++) {
      expect(read(text, chunkLength)).toStrictEqual({ events, broken: [] });
    }
  });

  it.each([
    {
      name: 'a line',
      text: '{"a":1}\n\n{"a":\n{"a":2}\n',
      events: [{ a: 1 }, { a: 2 }],
      broken: ['3: broken JSON: {"a":'],
    },
    {
      name: 'the data of an event',
      text: 'event: x\ndata: 1\n\nevent: x\ndata: {\n\ndata: 2\n\n',
      events: [1, 2],
      broken: ['5: broken JSON: {'],
    },
    {
      name: 'a last event that was cut off',
      text: 'data: 1\n\ndata: {"a',
      events: [1],
      broken: ['3: broken JSON: {"a'],
    },
    {
      name: 'text before server-sent events',
      text: 'hello\n\ndata: 1\n\n',
      events: [1],
      broken: ['1: broken JSON: hello'],
    },
    {
      name: 'a record of a sequence',
      text: '\u001e{"a":1}\n\u001e{"a":\u001e{"a":3}\n',
      events: [{ a: 1 }, { a: 3 }],
      broken: ['2: broken JSON: {"a":'],
    },
    {
      name: 'an object over several lines',
      text: '{\n"a": {',
      events: [],
      broken: ['1: broken JSON: {\n"a": {'],
    },
    {
      name: 'an error behind server-sent events',
      text: 'data: 1\n\n{\n"a"\ndata: 2\n\n',
      events: [1, 2],
      broken: ['3: broken JSON: {\n"a"'],
    },
    {
      name: 'an array that was cut off inside an element',
      text: '[{"a":1},\n{"a":"]\\"]',
      events: [{ a: 1 }],
      broken: ['2: the array breaks off'],
    },
    {
      name: 'an array that was cut off after an element',
      text: '[\n{"a":[1]}',
      events: [{ a: [1] }],
      broken: ['2: the array breaks off'],
    },
    {
      name: 'an array that was cut off before an element',
      text: '[{"a":1},\n',
      events: [{ a: 1 }],
      broken: ['2: the array breaks off'],
    },
    {
      name: 'an HTML page',
      text: '\n<!DOCTYPE html>\n<html><title>\n502 Bad Gateway</title><p>\n{"a":1}\n',
      events: [],
      broken: ['2: an HTML page instead of events: 502 Bad Gateway'],
    },
    {
      name: 'an HTML page without a title',
      text: '<html>',
      events: [],
      broken: ['1: an HTML page instead of events'],
    },
  ])('reports the line of broken $name', ({ text, events, broken }) => {
    expect(read(text)).toStrictEqual({ events, broken });
  });

  it.each([
    { name: 'an event', text: '{"a":1}\n{"a":' },
    { name: 'an array', text: '[{"a":1},\n{"a":' },
  ])('does not report $name that an interruption cut', ({ text }) => {
    const broken: string[] = [];
    const reader = new WireReader((_line, message) => broken.push(message));
    reader.push(text);
    expect(reader.next()).toStrictEqual({ type: 'event', event: { a: 1 } });
    reader.interrupt();
    expect(reader.next()).toBeUndefined();
    expect(broken).toStrictEqual([]);
  });

  it('reports an array that was cut off once', () => {
    const broken: string[] = [];
    const reader = new WireReader((_line, message) => broken.push(message));
    reader.push('[\n{"a":1},\n');
    reader.end();
    expect([reader.next(), reader.next(), reader.next()]).toMatchObject([
      { event: { a: 1 } },
      undefined,
      undefined,
    ]);
    expect(broken).toStrictEqual(['the array breaks off']);
  });

  it('reads a long array before its first line ends', () => {
    const reader = new WireReader(() => undefined);
    reader.push(`[{"a":"${'x'.repeat(2 ** 20)}"},`);
    expect(reader.next()).toMatchObject({ type: 'event', event: { a: expect.any(String) as string } });
  });

  it('reads a line that is an array of LangGraph before the next line comes', () => {
    const reader = new WireReader(() => undefined);
    reader.push('[{"type":"ai","content":"x"},{"langgraph_node":"a"}]\n');
    expect(reader.next()).toMatchObject({ type: 'event', event: [{ type: 'ai' }, {}] });
  });

  it('reports the line of a broken array', () => {
    expect(read('[{"a":1}]\n[{"a":\n')).toStrictEqual({
      events: [[{ a: 1 }]],
      broken: ['2: broken JSON: [{"a":'],
    });
    expect(read('[{"a":1}]\noops\n')).toMatchObject({
      events: [{ a: 1 }],
      broken: [expect.stringMatching(/^2: /)],
    });
    expect(read('[\n{"a":1},\n{"a":2}\n{}]')).toMatchObject({
      events: [{ a: 1 }, { a: 2 }],
      broken: [
        expect.stringMatching(/^4: After element 2, the text is not a JSON array.*the rest is not read$/),
      ],
    });
  });

  it('shows the beginning of a long broken line', () => {
    expect(read(`{${'x'.repeat(100)}`).broken).toStrictEqual([`1: broken JSON: {${'x'.repeat(59)}…`]);
  });

  it.each([
    { name: 'a line', text: '{"a":"12345"}\n{"a":1}\n', line: 1, event: { a: 1 } },
    { name: 'a line of data', text: 'event: x\ndata: "12345"\n\ndata: 1\n\n', line: 2, event: 1 },
    {
      name: 'data of many lines',
      text: 'data: 1234\ndata: 1234\ndata: 1234\n\ndata: 1\n\n',
      line: 1,
      event: 1,
    },
  ])('skips $name that is too long', ({ text, line, event }) => {
    expect(read(text, 3, 12)).toStrictEqual({
      events: [event],
      broken: [`${line}: longer than 12 characters`],
    });
  });
});
