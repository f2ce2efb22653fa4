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

  it('takes the protocol that somebody chose', () => {
    expect(readConnection('name', '{"a":1}', 'docker').connection?.protocol).toBe('docker');
  });

  it('plays only the beginning of a recording that is too long', () => {
    const { connection, problems } = readConnection('name', `${delta}\n`.repeat(MAX_EVENTS + 1));
    expect(connection?.events).toHaveLength(MAX_EVENTS);
    expect(problems).toStrictEqual(['name: only the first 20000 of 20001 events are played.']);
  });
});
