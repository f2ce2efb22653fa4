import { writeFileSync } from 'node:fs';

import { draw } from './marbles/drawing.js';
import { examples } from './marbles/examples/index.js';
import { layOut } from './marbles/layout.js';
import { record } from './marbles/recording.js';

for (const example of examples) {
  const file = new URL(
    `../docs/${example.folder ?? 'operators'}/marbles/${example.operator}.svg`,
    import.meta.url,
  );
  writeFileSync(file, draw(layOut(record(example)), example.description));
}
