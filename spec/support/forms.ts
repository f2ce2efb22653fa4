import { mergeMap, type OperatorFunction } from 'rxjs';

import { commitLines, groupStreams, scanLines } from '../../src/index.js';
import type { Commit, DeltaEvent, GroupStreamsOptions } from '../../src/index.js';

/** `commitLines` as a pipeline of its parts; drops go to `onDrop`. */
export function composed<K extends string>(
  options: GroupStreamsOptions = {},
): OperatorFunction<DeltaEvent<K>, Commit<K>> {
  return (source) =>
    source.pipe(
      groupStreams(options),
      mergeMap((stream) => stream.pipe(scanLines(stream.ref, options))),
    );
}

/** The two forms, which must emit the same commits for every source. */
export const forms = [
  { form: 'commitLines', operator: commitLines },
  { form: 'groupStreams and scanLines', operator: composed },
];
