import { describe, expect, it } from 'vitest';

import { wantsColors } from '../../src/cli/paintByKind.js';

describe('wantsColors', () => {
  const terminal = { isTTY: true, hasColors: () => true };

  it.each([
    { name: 'a terminal', stream: terminal, environment: {}, wanted: true },
    {
      name: 'a terminal with an empty NO_COLOR',
      stream: terminal,
      environment: { NO_COLOR: '' },
      wanted: true,
    },
    { name: 'a terminal with NO_COLOR', stream: terminal, environment: { NO_COLOR: '1' }, wanted: false },
    {
      name: 'a terminal without colors',
      stream: { isTTY: true, hasColors: () => false },
      environment: {},
      wanted: false,
    },
    { name: 'a file', stream: {}, environment: { FORCE_COLOR: '1' }, wanted: false },
  ])('is $wanted for $name', ({ stream, environment, wanted }) => {
    expect(wantsColors(stream, environment)).toBe(wanted);
  });
});
