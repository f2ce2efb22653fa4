import { filter, fromEvent, map, merge, Observable } from 'rxjs';

/** The files that are dropped on the page. While files are above it, its root has the class `dropping`. */
export function droppedFiles({ documentElement }: Document): Observable<readonly File[]> {
  const { classList } = documentElement;
  return new Observable((subscriber) => {
    const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') === true;
    const over = fromEvent<DragEvent>(documentElement, 'dragover').pipe(filter(hasFiles));
    const drop = fromEvent<DragEvent>(documentElement, 'drop').pipe(filter(hasFiles));
    const leave = fromEvent<DragEvent>(documentElement, 'dragleave').pipe(
      // Events of elements inside come here as well.
      filter(({ relatedTarget }) => relatedTarget === null),
    );
    subscriber.add(
      merge(over, drop).subscribe((event) => {
        // Otherwise the browser leaves the page and shows the file.
        event.preventDefault();
      }),
    );
    subscriber.add(over.subscribe(() => classList.add('dropping')));
    subscriber.add(merge(drop, leave).subscribe(() => classList.remove('dropping')));
    subscriber.add(
      drop.pipe(map(({ dataTransfer }) => [...(dataTransfer?.files ?? [])])).subscribe(subscriber),
    );
  });
}
