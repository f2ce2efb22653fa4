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
