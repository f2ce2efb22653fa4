import { from, map } from 'rxjs';

import { consume, type Contender } from '../contender.js';
import { type Numbers, numberedValues } from '../numberedValues.js';

/** The least that an operator can do. */
export default function mapContender(numbers: Numbers): Contender {
  const values = numberedValues(numbers);
  return {
    run: () => {
      let sum = 0;
      consume(from(values).pipe(map((value) => value)), ({ number }) => {
        sum += number;
      });
      return { sum };
    },
  };
}
