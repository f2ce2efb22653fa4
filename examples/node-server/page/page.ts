import { type Cell, scanTranscript, type StreamRef, type Transcript } from 'deltalines';
import { followCommits } from 'deltalines/log';
import { animationFrameScheduler, filter, map } from 'rxjs';

/** The log has everything, so a page that is loaded anew, from another server, shows the same. */
const commits = followCommits('log', {
  fetch: async (url, init) => {
    const response = await fetch(url, init);
    element('process').textContent = response.headers.get('x-process');
    return response;
  },
}).pipe(map(({ commit }) => commit));

commits
  .pipe(
    filter((commit) => commit.type === 'drop' || commit.stream.kind !== 'stop'),
    scanTranscript({ every: 0, scheduler: animationFrameScheduler }),
  )
  .subscribe({
    next: draw,
    error: (error: unknown) => (element('problem').textContent = String(error)),
  });

element('ask').addEventListener('submit', (event) => {
  event.preventDefault();
  const question = (element('question') as HTMLInputElement).value;
  void post(`answers?${new URLSearchParams({ question }).toString()}`);
});

const drawn = new Map<StreamRef, { readonly cell: Cell; readonly article: HTMLElement }>();

/** What did not change is the same object, and stays in the page. So nobody clicks on a button that has just been replaced. */
function draw(transcript: Transcript): void {
  const parent = element('transcript');
  transcript.forEach((cell, index) => {
    const before = drawn.get(cell.stream);
    if (before?.cell === cell) {
      return;
    }
    const article = articleOf(cell);
    if (before === undefined) {
      parent.insertBefore(article, parent.children[index] ?? null);
    } else {
      before.article.replaceWith(article);
    }
    drawn.set(cell.stream, { cell, article });
  });
}

function articleOf({ stream, lines, tail, status }: Cell): HTMLElement {
  const article = document.createElement('article');
  article.className = `${stream.kind} ${status}`;
  article.dataset['id'] = stream.id;
  const text = document.createElement('pre');
  text.append(lines.map((line) => `${line}\n`).join(''), span('tail', tail));
  const state = document.createElement('small');
  state.append(`${stream.kind}: ${status} `);
  if (stream.kind === 'question' && status === 'open') {
    // The name of a connection begins with the process that answers.
    const [pid = ''] = stream.id.split('-');
    state.append(
      button('Stop', () => post(`stop?${new URLSearchParams({ connection: stream.id }).toString()}`)),
      button(`kill -9 ${pid}`, () => post(`processes/${pid}/kill`)),
    );
  }
  article.append(text, state);
  return article;
}

function span(className: string, text: string): HTMLElement {
  const element = document.createElement('span');
  element.className = className;
  element.textContent = text;
  return element;
}

function button(label: string, click: () => unknown): HTMLElement {
  const element = document.createElement('button');
  element.textContent = label;
  element.addEventListener('click', click);
  return element;
}

async function post(path: string): Promise<void> {
  const response = await fetch(path, { method: 'POST' });
  element('problem').textContent = response.ok ? '' : await response.text();
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) {
    throw new Error(`The page has no element ${id}`);
  }
  return found;
}
