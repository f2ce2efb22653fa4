import { describe, expect, it } from 'vitest';

import { MAX_EVENTS, MAX_LENGTH, readConnection } from '../src/readConnection';
import { bundled, readText } from './recordings';

const delta = '{"type":"delta","kind":"answer","id":"1","delta":"a"}';

describe('readConnection', () => {
  it.each([
    ['turn-1.sse', 'server-sent events', 'openai-responses'],
    ['openai-responses.sse', 'server-sent events', 'openai-responses'],
    ['openai-chat.sse', 'server-sent events', 'openai-chat'],
    ['anthropic.sse', 'server-sent events', 'anthropic'],
    ['gemini.json', 'JSON array', 'gemini'],
    ['ai-sdk.sse', 'server-sent events', 'ai-sdk'],
    ['ag-ui.sse', 'server-sent events', 'ag-ui'],
    ['codex.jsonl', 'JSON lines', 'codex'],
    ['claude-code.jsonl', 'JSON lines', 'claude-code'],
    ['go-test.jsonl', 'JSON lines', 'go-test'],
    ['docker.jsonl', 'JSON lines', 'docker'],
  ])('reads %s as %s of %s', (file, framing, protocol) => {
    expect(bundled.flat()).toContain(file);
    const { connection, problems } = readConnection('name', readText(file));
    expect(problems).toStrictEqual([]);
    expect(connection).toMatchObject({ name: 'name', framing, protocol, hasInvalidLines: false });
  });

  it.each([
    ['JSON lines', `${delta}\n${delta}\n`],
    ['JSON lines', `\uFEFF\n\r\n${delta}\r\n`],
    ['JSON array', ` [ ${delta} ]`],
    ['server-sent events', `data: ${delta}\n\n`],
    ['server-sent events', `: a comment\n\ndata:${delta}`],
    ['server-sent events', `\r\n\r\nevent: message\r\ndata: ${delta}\r\n\r\n`],
  ])('finds %s in %j', (framing, text) => {
    expect(readConnection('name', text).connection).toMatchObject({ framing, protocol: 'deltas' });
  });

  it.each([
    ['', /^name is empty\.$/],
    ['   \n ', /^name is empty\.$/],
    ['Hello, world', /Line 1/],
    ['[]', /^name has no events \(it was read as JSON array\)\.$/],
    ['[{"a":1},{"b":', /protocol is unknown/],
    ['{"a":1}', /protocol is unknown.*Choose one in the list\.$/],
    ['data: hello\n\n', /protocol is unknown/],
    ['event: ping\n\n', /has no events/],
    ['<html><body>502</body></html>', /Line 1/],
    ['x'.repeat(MAX_LENGTH + 1), /^name is longer than 8 million characters\.$/],
  ])('says what is wrong with a text: %#', (text, message) => {
    const { connection, problems } = readConnection('name', text);
    expect(connection).toBeUndefined();
    expect(problems.join('\n')).toMatch(message);
  });

  it('passes over broken lines, and tells the first ones', () => {
    const { connection, problems } = readConnection('name', `${delta}\n{"a\n}\n{\n{\n{\n${delta}`);
    expect(connection?.events).toHaveLength(2);
    expect(connection?.hasInvalidLines).toBe(true);
    expect(problems).toHaveLength(4);
    expect(problems[0]).toMatch(/^name: Line 2 .*The line is passed over\.$/);
    expect(problems[3]).toBe('name: 2 more like that.');
  });

  it('keeps what came before the broken part of an array', () => {
    const { connection, problems } = readConnection('name', `[${delta}, oops, ${delta}]`);
    expect(connection?.events).toHaveLength(1);
    expect(problems.join('')).toMatch(/The rest is not read\.$/);
  });

  it('reads lines of text where they are the events', () => {
    const lines = ['2026-01-01T00:00:00Z stdout P GET ', '2026-01-01T00:00:00Z stdout F /'];
    expect(readConnection('name', `${lines.join('\n')}\n`)).toMatchObject({
      connection: { framing: 'lines', protocol: 'kubernetes', events: lines.map((value) => ({ value })) },
      problems: [],
    });
    expect(readConnection('name', 'plain\n', 'kubernetes').connection?.events).toHaveLength(1);
  });

  it('takes the protocol that somebody chose', () => {
    expect(readConnection('name', '{"a":1}', 'docker').connection?.protocol).toBe('docker');
  });

  it('plays only the beginning of a recording that is too long', () => {
    const { connection, problems } = readConnection('name', `${delta}\n`.repeat(MAX_EVENTS + 1));
    expect(connection?.events).toHaveLength(MAX_EVENTS);
    expect(problems).toStrictEqual(['name: only the first 20000 of 20001 events are played.']);
  });

  describe('of recorded chunks', () => {
    const bytes = (text: string) => `"text":${JSON.stringify(text)},"bytes":true`;

    it('reads what was recorded, however it was cut', () => {
      const recording = [
        `{"time":0,${bytes('data: {"type":"delta","kind":"answer","id":"1","delta":"caf')}}`,
        '{"time":12,"base64":"ww=="}',
        '{"time":31.5,"base64":"qSJ9Cg=="}',
        `{"time":31.5,${bytes('\ndata: {"type":"end","kind":"answer","id":"1"}\n\n')}}`,
      ].join('\n');
      const { connection, problems } = readConnection('name', recording);
      expect(problems).toStrictEqual([]);
      expect(connection).toMatchObject({ framing: 'server-sent events', protocol: 'deltas' });
      expect(connection?.events).toMatchObject([
        { value: { data: delta.replace('"a"', '"café"') }, recordedAt: 31.5 },
        { value: { data: '{"type":"end","kind":"answer","id":"1"}' }, recordedAt: 31.5 },
      ]);
      expect(connection?.chunks?.map(({ time }) => time)).toStrictEqual([0, 12, 31.5, 31.5]);
    });

    it.each([
      [
        'strings',
        ['{"time":5,"text":"{\\"type\\":"}', `{"time":9,"text":${JSON.stringify(delta.slice(8))}}`],
      ],
      ['lines with white space', [`  { "time" : 9 , ${bytes(delta)} }`, '', ' ']],
      ['a last line without an end', [`{"time":9,${bytes(delta)}}`]],
    ])('reads %s', (_, lines) => {
      const { connection, problems } = readConnection('name', lines.join('\r\n'));
      expect(problems).toStrictEqual([]);
      expect(connection?.events).toStrictEqual([{ value: JSON.parse(delta) as unknown, recordedAt: 9 }]);
    });

    it('counts the times of chunks, and not those in the events', () => {
      const event = delta.replace('{', '{"time":"2026-01-01T00:00:00Z",');
      const { connection } = readConnection('name', `{"time":7,${bytes(event)}}`);
      expect(connection?.events[0]?.recordedAt).toBe(7);
    });

    it('keeps what stands before a broken line', () => {
      const { connection, problems } = readConnection(
        'name',
        `{"time":0,${bytes(`${delta}\n`)}}\n{"time":-1}`,
      );
      expect(connection?.events).toHaveLength(1);
      expect(problems.join()).toMatch(
        /^name: Line 2 of the recording has the time -1.* The rest is not read\.$/,
      );
    });

    it('says that it does not read compressed bytes', () => {
      const { connection, problems } = readConnection('name', '{"time":0,"base64":"H4sIAAAAAAAAAw=="}');
      expect(connection).toBeUndefined();
      expect(problems.join()).toMatch(/^name has compressed bytes/);
    });

    it('reads a time beyond all sense at once', () => {
      const recording = `{"time":0,${bytes(`${delta}\n`)}}\n{"time":1e300,${bytes(`${delta}\n`)}}`;
      expect(readConnection('name', recording).connection?.events[1]?.recordedAt).toBe(1e300);
    });
  });
});
