import { fromEvent, map, switchMap, take, timer } from 'rxjs';

/** Copies the text of an element, and says so on the button for a moment. */
export function copyButton(button: HTMLButtonElement, source: HTMLElement): void {
  const label = button.textContent;
  fromEvent(button, 'click')
    .pipe(
      switchMap(() => copy(source)),
      switchMap((result) =>
        timer(0, 2_000).pipe(
          take(2),
          map((tick) => (tick === 0 ? result : label)),
        ),
      ),
    )
    .subscribe((text) => {
      button.textContent = text;
    });
}

/** Where the clipboard is not allowed, the text is selected for the keys that copy. */
async function copy(source: HTMLElement): Promise<string> {
  try {
    await navigator.clipboard.writeText(source.textContent);
    return 'Copied';
  } catch {
    getSelection()?.selectAllChildren(source);
    return 'Selected: press Ctrl+C or ⌘C';
  }
}
