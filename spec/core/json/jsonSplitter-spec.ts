import { describe, expect, it } from 'vitest';

import { JSONSplitter } from '../../../src/core/json/jsonSplitter.js';
import type { DeltaEvent } from '../../../src/index.js';
import { streamOf } from '../../support/commits.js';

const limits = { maxDepth: 9, maxNameLength: 9, maxRetained: 9 };

describe('JSONSplitter', () => {
  it.each(['12 ', 'null', '"x"', '["x"]'])('emits no end of the value in %s after it was stopped', (json) => {
    const types: DeltaEvent['type'][] = [];
    const splitter = new JSONSplitter(streamOf('a'), limits, ({ type }) => {
      types.push(type);
      if (type === 'delta') {
        splitter.text.parser.stop();
      }
    });
    splitter.text.append(json);
    expect(types).toStrictEqual(['start', 'delta']);
  });
});
