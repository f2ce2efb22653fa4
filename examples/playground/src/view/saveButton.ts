import { fromEvent, map, type Observable } from 'rxjs';

import { element } from './element';

/** A file for the user. */
export interface SavedFile {
  readonly name: string;
  readonly text: string;
}

/** Saves files at each click of the button, and gives what it saved. */
export function saveButton(
  button: HTMLButtonElement,
  files: () => readonly SavedFile[],
): Observable<readonly SavedFile[]> {
  return fromEvent(button, 'click').pipe(
    map(() => {
      const saved = files();
      saved.forEach(save);
      return saved;
    }),
  );
}

function save({ name, text }: SavedFile): void {
  const href = URL.createObjectURL(new Blob([text], { type: 'application/jsonl' }));
  element('a', { href, download: name }).click();
  // The browser may begin only after this click.
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
