import fc from 'fast-check';

/** Values with names and strings that are difficult to escape, to cut and to store. */
export const jsonValue: fc.Arbitrary<unknown> = fc.letrec((tie) => {
  const string = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.constantFrom(
      '__proto__',
      'a/b',
      'm~n',
      '',
      '\ud83d',
      '\ude00\ud83d',
      '\u{1F600}',
      'one\ntwo',
      '0',
      '\u2028',
    ),
  );
  return {
    value: fc.oneof(
      { maxDepth: 4 },
      string,
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom<unknown>(true, false, null, 0, -1, 1e21),
      fc.array(tie('value'), { maxLength: 4 }),
      fc
        .array(fc.tuple(string, tie('value')), { maxLength: 4 })
        .map((members) => Object.fromEntries(members)),
    ),
  };
}).value;

/** JSON texts, with white space and escapes that `JSON.stringify` would not write. */
export const jsonText: fc.Arbitrary<string> = fc
  .tuple(jsonValue, fc.constantFrom(undefined, 1, '\t', '\r\n '), fc.boolean())
  .map(([value, space, isEscaped]) => {
    const text = JSON.stringify(value, null, typeof space === 'string' && space.includes('\r') ? 2 : space);
    return isEscaped ? text.replaceAll(/[^\0-\x7f]/g, escapeCodeUnits) : text;
  });

function escapeCodeUnits(text: string): string {
  return text
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0').toUpperCase()}`)
    .join('');
}

/** A JSON text, and the JSON pointer and text of each scalar value in it, in order. */
export interface JSONSource {
  readonly text: string;
  readonly scalars: readonly (readonly [pointer: string, text: string])[];
}

const space = fc.constantFrom('', '', '', ' ', '\n\t', '\r');

/** A string, and a way to write it: the same character may be escaped or not. */
const writtenString = fc
  .array(
    fc.constantFrom(
      ['a', 'a'],
      ['\\u0061', 'a'],
      ['\\n', '\n'],
      ['\\u000A', '\n'],
      ['\\"', '"'],
      ['/', '/'],
      ['\\/', '/'],
      ['~', '~'],
      ['\\ud83d\\uDE00', '\u{1F600}'],
      ['\u{1F600}', '\u{1F600}'],
      ['\ud83d', '\ud83d'],
      ['\\ude00', '\ude00'],
      ['__proto__', '__proto__'],
    ),
    { maxLength: 4 },
  )
  .map((units) => ({
    source: `"${units.map(([source]) => source).join('')}"`,
    string: units.map(([, string]) => string).join(''),
  }));

/** JSON that `JSON.stringify` does not write: with duplicate names, needless escapes and unusual numbers. */
export const jsonSource: fc.Arbitrary<JSONSource> = fc
  .letrec<{ value: JSONSource }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      writtenString.map(({ source, string }) => ({ text: source, scalars: [['', string]] as const })),
      fc
        .constantFrom('true', 'false', 'null', '0', '-0', '-1.50', '1E+2', '12e-3', '1e400', '9'.repeat(30))
        .map((text) => ({ text, scalars: [['', text]] as const })),
      fc.tuple(fc.array(tie('value'), { maxLength: 4 }), space).map(([elements, gap]) => ({
        text: `[${gap}${elements.map(({ text }) => text).join(`${gap},`)}${gap}]`,
        scalars: elements.flatMap(({ scalars }, index) => inside(String(index), scalars)),
      })),
      fc
        .tuple(fc.array(fc.tuple(writtenString, tie('value')), { maxLength: 4 }), space)
        .map(([members, gap]) => ({
          text: `{${gap}${members.map(([name, { text }]) => `${name.source}${gap}:${text}`).join(`,${gap}`)}}`,
          scalars: members.flatMap(([name, { scalars }]) => inside(name.string, scalars)),
        })),
    ),
  }))
  .value.chain((source) =>
    fc.tuple(space, space).map(([before, after]) => ({ ...source, text: before + source.text + after })),
  );

function inside(key: string, scalars: JSONSource['scalars']): JSONSource['scalars'] {
  const escaped = key.replaceAll('~', '~0').replaceAll('/', '~1');
  return scalars.map(([pointer, text]) => [`/${escaped}${pointer}`, text]);
}

/** JSON texts with a few characters taken out, put in or replaced: most of them are not JSON. */
export const brokenText: fc.Arbitrary<string> = fc
  .tuple(
    jsonText,
    fc.array(
      fc.tuple(
        fc.nat(60),
        fc.nat(1),
        fc.constantFrom(
          '',
          ',',
          '"',
          '\\',
          '{',
          '}',
          '[',
          ']',
          ':',
          '0',
          '-',
          '.',
          'e',
          't',
          ' ',
          '\u0001',
          'u',
        ),
      ),
      { minLength: 1, maxLength: 3 },
    ),
  )
  .map(([text, edits]) =>
    edits.reduce(
      (edited, [at, removed, put]) => edited.slice(0, at) + put + edited.slice(at + removed),
      text,
    ),
  );

export function isJSON(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
