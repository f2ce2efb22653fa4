import { noop } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { JSONBuilder } from '../../../src/core/json/jsonBuilder.js';
import { stringsIn } from '../../support/held.js';

/** A builder of a string that came in this many pieces of one character. */
function builderOf(pieces: number): JSONBuilder {
  const builder = new JSONBuilder(noop);
  builder.openString();
  for (let i = 0; i < pieces; i++) {
    builder.string(String(i % 10));
  }
  return builder;
}

const digits = (length: number) => '0123456789'.repeat(length / 10 + 1).slice(0, length);

describe('JSONBuilder', () => {
  it.each([0, 1, 1023, 1024, 1025, 5000])('builds a string of %d pieces', (pieces) => {
    const builder = builderOf(pieces);
    expect(builder.copyRoot()).toBe(digits(pieces));
    builder.closeString();
    expect(builder.value).toBe(digits(pieces));
  });

  it('writes out 1024 pieces of a string at a time', () => {
    const lengths = stringsIn(builderOf(3000)).map(({ length }) => length);
    expect(lengths.filter((length) => length > 0)).toStrictEqual([2048, 952]);
  });

  it('begins each string without the one before', () => {
    const builder = new JSONBuilder(noop);
    builder.openArray();
    for (const pieces of [3000, 2, 0]) {
      builder.openString();
      for (let i = 0; i < pieces; i++) {
        builder.string('x');
      }
      builder.closeString();
    }
    builder.closeContainer();
    expect(builder.value).toStrictEqual(['x'.repeat(3000), 'xx', '']);
  });

  it('has a member __proto__ with the attributes that JSON.parse gives it', () => {
    const builder = new JSONBuilder(noop);
    builder.openObject();
    builder.name('__proto__');
    builder.closeLiteral('1');
    builder.closeContainer();
    const parsed = JSON.parse('{"__proto__":1}') as object;
    expect(Object.getOwnPropertyDescriptors(builder.value)).toStrictEqual(
      Object.getOwnPropertyDescriptors(parsed),
    );
  });
});
