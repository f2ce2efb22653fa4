import { describe, expect, it } from 'vitest';

import { PointerFilter } from '../../../src/core/json/pointerFilter.js';

describe('PointerFilter', () => {
  // prettier-ignore
  it.each([
    { pointers: [''],           path: [],          isMatch: true },
    { pointers: [''],           path: [''],        isMatch: false },
    { pointers: ['/'],          path: [''],        isMatch: true },
    { pointers: ['/a'],         path: ['a'],       isMatch: true },
    { pointers: ['/a'],         path: ['b'],       isMatch: false },
    { pointers: ['/a'],         path: ['a', 'b'],  isMatch: false },
    { pointers: ['/a/b'],       path: ['a'],       isMatch: false },
    { pointers: ['/a/0'],       path: ['a', 0],    isMatch: true },
    { pointers: ['/a/0'],       path: ['a', '0'],  isMatch: true },
    { pointers: ['/a/*'],       path: ['a', 7],    isMatch: true },
    { pointers: ['/*/b'],       path: ['a', 'b'],  isMatch: true },
    { pointers: ['/*/b'],       path: ['a', 'c'],  isMatch: false },
    { pointers: ['/a~1b~1c'],   path: ['a/b/c'],   isMatch: true },
    { pointers: ['/a~0b~0c'],   path: ['a~b~c'],   isMatch: true },
    { pointers: ['/a~01'],      path: ['a~1'],     isMatch: true },
    { pointers: ['/a', '/b'],   path: ['b'],       isMatch: true },
    { pointers: [],             path: [],          isMatch: false },
  ])('matches $pointers with $path: $isMatch', ({ pointers, path, isMatch }) => {
    expect(new PointerFilter(pointers).matches(path)).toBe(isMatch);
  });
});
