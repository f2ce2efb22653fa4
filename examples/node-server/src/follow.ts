import { escapeControls } from 'deltalines';

import { followAnswers, scanFeed } from './client.js';

const address = process.argv[2] ?? 'http://localhost:3000/answers';

/** How many lines of each stream are printed. */
const printed = new Map<string, number>();

followAnswers(address)
  .pipe(scanFeed())
  .subscribe((transcript) => {
    for (const { stream, lines } of transcript) {
      const name = `${stream.kind} ${stream.id}`;
      for (const line of lines.slice(printed.get(name) ?? 0)) {
        console.log(`${escapeControls(name)} │ ${escapeControls(line)}`);
      }
      printed.set(name, lines.length);
    }
  });
