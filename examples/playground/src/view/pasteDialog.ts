import type { ProtocolName } from 'deltalines/protocols';
import { fromEvent, map, merge, Observable, switchMap } from 'rxjs';

import { protocolNames } from '../protocols';
import { MAX_LENGTH, readConnection } from '../readConnection';
import type { Recording } from '../recording';
import { lineText } from '../text';
import { droppedFiles } from './droppedFiles';
import { element, find } from './element';
import { readFile } from './readFile';

const MAX_CONNECTIONS = 8;

/** Gives each recording that was pasted, opened or dropped and could be read; opens where one could not. */
export function pasteDialog(): Observable<Recording> {
  return new Observable((subscriber) => {
    const dialog = find('#paste-dialog', HTMLDialogElement);
    const problem = find('#paste-problem', HTMLElement);
    const texts = find('#paste-texts', HTMLElement);
    const add = find('#paste-add', HTMLButtonElement);
    const files = find('#paste-files', HTMLInputElement);
    const protocol = find('#paste-protocol', HTMLSelectElement);
    protocol.replaceChildren(
      element('option', { value: '' }, 'find out'),
      ...protocolNames.map((name) => element('option', { value: name }, name)),
    );

    const addText = () => {
      const number = texts.childElementCount + 1;
      const area = element('textarea', {
        id: `paste-text-${number}`,
        rows: 6,
        wrap: 'off',
        spellcheck: 'false',
        autocomplete: 'off',
      });
      texts.append(
        element(
          'div',
          { class: 'connection' },
          element('label', { for: area.id }, `Connection ${number}`),
          area,
        ),
      );
      add.disabled = number >= MAX_CONNECTIONS;
      return area;
    };
    const first = addText();

    subscriber.add(
      fromEvent(find('#paste', HTMLButtonElement), 'click').subscribe(() => {
        dialog.showModal();
        first.focus();
      }),
    );
    subscriber.add(fromEvent(find('#open', HTMLButtonElement), 'click').subscribe(() => files.click()));
    subscriber.add(fromEvent(add, 'click').subscribe(() => addText().focus()));
    subscriber.add(
      fromEvent(find('#paste-cancel', HTMLButtonElement), 'click').subscribe(() => dialog.close()),
    );
    const read = (sources: readonly Source[]) => {
      const { recording, problems } = readSources(sources, chosenProtocol(protocol));
      if (recording !== undefined) {
        problem.replaceChildren();
        dialog.close();
        subscriber.next(recording);
        return;
      }
      problem.replaceChildren(...problems.map((text) => element('p', {}, lineText(text, 400))));
      if (!dialog.open) {
        dialog.showModal();
      }
    };
    subscriber.add(
      fromEvent(dialog, 'submit').subscribe((event) => {
        event.preventDefault();
        const pasted = [...texts.querySelectorAll('textarea')].map(({ value }) => value);
        const filled = pasted.filter((text) => text.trim() !== '');
        read(filled.map((text, index) => ({ name: `connection-${index + 1}`, text })));
      }),
    );
    const chosen = fromEvent(files, 'change').pipe(
      map(() => {
        const list = [...(files.files ?? [])];
        // So that the same file can be opened again.
        files.value = '';
        return list;
      }),
    );
    subscriber.add(
      merge(chosen, droppedFiles(document))
        .pipe(switchMap(readFiles))
        .subscribe((sources) => {
          if (sources.length > 0) {
            read(sources);
          }
        }),
    );
  });
}

/** The text of one connection. */
interface Source {
  readonly name: string;
  readonly text: string;
}

async function readFiles(files: readonly File[]): Promise<readonly Source[]> {
  return Promise.all(
    files.slice(0, MAX_CONNECTIONS).map(async (file) => ({
      name: file.name.replace(/\.gz$/, '').replace(/(?<=.)\.\w+$/, ''),
      // A file that was taken away meanwhile is an empty one.
      text: await readFile(file, MAX_LENGTH).catch(() => ''),
    })),
  );
}

function chosenProtocol({ value }: HTMLSelectElement): ProtocolName | undefined {
  return protocolNames.find((name) => name === value);
}

function readSources(
  sources: readonly Source[],
  protocol: ProtocolName | undefined,
): { readonly recording: Recording | undefined; readonly problems: readonly string[] } {
  if (sources.length === 0) {
    return { recording: undefined, problems: ['There is no text yet.'] };
  }
  const results = sources.map(({ name, text }) => readConnection(name, text, protocol));
  const problems = results.flatMap((result) => result.problems);
  const connections = results.flatMap(({ connection }) => connection ?? []);
  return {
    // Who gives three connections does not want to see two.
    recording: connections.length === results.length ? { title: 'Opened', connections, problems } : undefined,
    problems,
  };
}
