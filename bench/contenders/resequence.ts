import { from } from 'rxjs';

import { consume, type Contender } from '../contender.js';
import { resequence } from '../deltalines.js';
import { type Numbers, numberedValues } from '../numberedValues.js';

/** A source that is in order already, as almost all are almost all the time. */
export default function resequenceContender(numbers: Numbers): Contender {
  const values = numberedValues(numbers);
  return {
    run: () => {
      let sum = 0;
      consume(from(values).pipe(resequence({ seq: ({ number }) => number })), ({ number }) => {
        sum += number;
      });
      return { sum };
    },
  };
}
