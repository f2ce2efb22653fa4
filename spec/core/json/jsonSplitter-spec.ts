import { describe, expect, it } from 'vitest';

import { JSONSplitter } from '../../../src/core/json/jsonSplitter.js';
import type { DeltaEvent } from '../../../src/index.js';
import { streamOf } from '../../support/commits.js';
import { sinkOf } from '../../support/sink.js';

const limits = { maxDepth: 9, maxNameLength: 9, maxRetained: 9, maxStreams: 9, maxRemembered: 9 };

describe('JSONSplitter', () => {
  it.each(['12 ', 'null', '"x"', '["x"]'])('emits no end of the value in %s after it was stopped', (json) => {
    const types: DeltaEvent['type'][] = [];
    const sink = sinkOf<DeltaEvent>(({ type }) => {
      types.push(type);
      if (type === 'delta') {
        splitter.dispose();
      }
    });
    const splitter = new JSONSplitter(streamOf('a'), limits, sink);
    splitter.delta(json);
    expect(types).toStrictEqual(['start', 'delta']);
  });
});
