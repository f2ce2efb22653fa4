import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { type Commit, type DeltaEvent } from '../../src/index.js';
import { delta } from '../support/events.js';
import { forms } from '../support/forms.js';

const most = 250_000_000;

describe('a line that is longer than a string can be', { timeout: 60_000 }, () => {
  it.each(forms)('is cut even if maxLineLength is Infinity, by $form', ({ operator }) => {
    const events: readonly DeltaEvent[] = [
      delta('long', 'x'.repeat(most - 1)),
      delta('short', 'one\n'),
      delta('long', 'x'.repeat(2 * most)),
      delta('short', 'two\n'),
    ];
    const commits: Commit[] = [];
    from(events)
      .pipe(operator({ maxLineLength: Infinity }))
      .subscribe((commit) => commits.push(commit));
    const lines = commits.filter((commit) => commit.type === 'line');
    const lengths = lines.filter(({ stream }) => stream.id === 'long').map(({ text }) => text.length);
    expect(lengths).toStrictEqual([most, most, most - 1]);
    expect(lines.filter(({ stream }) => stream.id === 'short').map(({ text }) => text)).toStrictEqual([
      'one',
      'two',
    ]);
  });
});
