import { BehaviorSubject, combineLatest, fromEvent, map, scan } from 'rxjs';

import { bundledRecording, recordingTitles } from './bundledRecordings';
import { writeCode } from './code';
import type { Recording } from './recording';
import { blockTranscriptAt, countAt, play, type Run, transcriptAt } from './run';
import { fileNameOf, saveConnection } from './saveConnection';
import { type FormValues, readSettings } from './settings';
import { countText, lineText, timeText } from './text';
import { type Timeline, timelineOf } from './timeline';
import { BlockRenderer } from './view/blockRenderer';
import { Cards } from './view/cards';
import { copyButton } from './view/copyButton';
import { element, find } from './view/element';
import { optionsForm } from './view/optionsForm';
import { pasteDialog } from './view/pasteDialog';
import { Player } from './view/player';
import { RowList } from './view/rowList';
import { commitRow, deltaRow } from './view/rows';
import { type SavedFile, saveButton } from './view/saveButton';
import { TimelineView } from './view/timelineView';

/** What is shown. When an option is wrong, that is the run before, and the problem. */
interface Shown {
  readonly recording: Recording;
  readonly run: Run;
  readonly timeline: Timeline;
  /** Keeps the elements of blocks, as long as the run is shown. */
  readonly renderer: BlockRenderer;
  readonly code: string;
  readonly problems: readonly string[];
}

const player = new Player();
const events = new RowList(find('#events', HTMLElement));
const commits = new RowList(find('#commits', HTMLElement));
const cards = new Cards(find('#cards', HTMLElement));
const timelineView = new TimelineView(find('#timeline', HTMLElement), (time) => player.seek(time));
const code = find('#code', HTMLElement);
const recording = new BehaviorSubject(bundledRecording(recordingTitles[0] ?? ''));

pickRecordings(find('#recording', HTMLSelectElement));
copyButton(find('#copy', HTMLButtonElement), code);
saveButton(find('#save', HTMLButtonElement), recordingFiles).subscribe((files) => {
  const names = files.map(({ name }) => name).join(', ');
  find('#announcement', HTMLElement).textContent = `Saved ${names}`;
});

const values = optionsForm(find('form.options', HTMLFormElement), find('#options', HTMLElement));
const shown = combineLatest([recording, values]).pipe(scan(runAgain, undefined));

let current: Shown | undefined;
shown.subscribe((next) => {
  const isSameRecording = next?.recording === current?.recording;
  const isSameRun = next?.run === current?.run;
  current = next;
  showProblems(next?.problems ?? []);
  if (next !== undefined && !isSameRun) {
    showRun(next, isSameRecording);
  }
});
player.time.subscribe((time) => {
  if (current !== undefined) {
    showTime(current, time);
  }
});

// What stays in sight below the player has to know where that ends.
const playerElement = find('.player', HTMLElement);
new ResizeObserver(() => {
  document.documentElement.style.setProperty('--player-height', `${playerElement.offsetHeight}px`);
}).observe(playerElement);

/** Leaves what is shown as it is when an option is wrong. */
function runAgain(
  before: Shown | undefined,
  [recording, values]: readonly [Recording, FormValues],
): Shown | undefined {
  try {
    const settings = readSettings(values);
    const run = play(recording, settings);
    const problems = run.problem === undefined ? [] : [run.problem];
    return {
      recording,
      run,
      timeline: timelineOf(run),
      renderer: new BlockRenderer(),
      code: writeCode(recording, settings),
      problems: [...recording.problems, ...problems],
    };
  } catch (error) {
    const problem = error instanceof Error ? `${error.message}.` : String(error);
    return before === undefined ? undefined : { ...before, problems: [problem] };
  }
}

function showRun({ recording, run, timeline, code: text }: Shown, isSameRecording: boolean): void {
  find('#status', HTMLElement).textContent = summary(recording, run, timeline);
  const label = timeline.rows.reduce((most, { kind, id }) => Math.max(most, kind.length + 1 + id.length), 8);
  document.documentElement.style.setProperty('--label-width', `${label + 1}ch`);
  code.textContent = text;
  events.setRows((index) => rowAt(run.deltas[index], (delta) => deltaRow(delta, timeline)));
  const rows = run.blocks ?? run.commits;
  commits.setRows((index) => rowAt(rows[index], (commit) => commitRow(commit, timeline)));
  timelineView.show(timeline, run.duration);
  const isTranscript = run.settings.scanTranscript !== undefined;
  find('#cards', HTMLElement).hidden = !isTranscript;
  find('#commits', HTMLElement).hidden = isTranscript;
  find('#renders', HTMLElement).hidden = !isTranscript || run.blocks === undefined;
  find('#streams-name', HTMLElement).textContent = isTranscript ? 'Transcript' : 'Commits';
  player.load(run.duration, momentsOf(run), isSameRecording);
}

/** A file for each connection of what is played. */
function recordingFiles(): readonly SavedFile[] {
  if (current === undefined) {
    return [];
  }
  const { recording, run } = current;
  return recording.connections.map((connection, index) => ({
    name: fileNameOf(connection),
    text: saveConnection(connection, index, run.settings.arrival),
  }));
}

function rowAt<T>(value: T | undefined, draw: (value: T) => HTMLLIElement): HTMLLIElement {
  return value === undefined ? element('li') : draw(value);
}

function showTime({ run, timeline, renderer }: Shown, time: number): void {
  const eventCount = countAt(run.deltas, time);
  events.setLength(eventCount);
  find('#events-count', HTMLElement).textContent = `${eventCount} of ${run.deltas.length}`;
  const count = find('#streams-count', HTMLElement);
  if (run.settings.scanTranscript === undefined) {
    const rows = run.blocks ?? run.commits;
    const commitCount = countAt(rows, time);
    commits.setLength(commitCount);
    count.textContent = `${commitCount} of ${rows.length}`;
  } else if (run.blocks !== undefined) {
    const transcript = blockTranscriptAt(run, time);
    cards.show(transcript, timeline, renderer);
    count.textContent = countText(transcript.length, 'stream');
    const { rendered, saved } = renderer;
    find('#renders', HTMLElement).textContent =
      `${countText(rendered, 'block')} rendered, ${countText(saved, 'render')} saved`;
  } else {
    const transcript = transcriptAt(run, time);
    cards.show(transcript, timeline);
    count.textContent = countText(transcript.length, 'stream');
  }
  timelineView.setTime(time);
}

function momentsOf({ deltas, commits }: Run): readonly number[] {
  const times = new Set([...deltas, ...commits].map(({ time }) => time));
  return [...times].sort((some, other) => some - other);
}

function summary({ connections }: Recording, run: Run, { rows }: Timeline): string {
  const protocols = [...new Set(connections.map(({ protocol }) => protocol))].join(', ');
  return [
    `${countText(connections.length, 'connection')} of ${protocols}`,
    countText(run.deltas.length, 'delta event'),
    countText(run.commits.length, 'commit'),
    countText(rows.length, 'stream'),
    timeText(run.duration),
    ...(run.dropped > 0 ? [`${countText(run.dropped, 'event')} dropped by resequence`] : []),
    ...(run.missing > 0 ? [`${countText(run.missing, 'number')} missing`] : []),
  ].join(' · ');
}

function showProblems(problems: readonly string[]): void {
  const box = find('#problem', HTMLElement);
  const texts = problems.map((problem) => lineText(problem, 400));
  // What is there already is not read out again.
  if (texts.join('\n') !== [...box.children].map(({ textContent }) => textContent).join('\n')) {
    box.replaceChildren(...texts.map((text) => element('p', {}, text)));
  }
}

function pickRecordings(select: HTMLSelectElement): void {
  const opened = element('option', { value: '' }, 'Opened');
  let lastOpened: Recording | undefined;
  select.replaceChildren(...recordingTitles.map((title) => element('option', { value: title }, title)));
  fromEvent(select, 'change')
    .pipe(map(() => (select.value === '' ? lastOpened : bundledRecording(select.value))))
    .subscribe((picked) => {
      if (picked !== undefined) {
        recording.next(picked);
      }
    });
  pasteDialog().subscribe((read) => {
    lastOpened = read;
    select.append(opened);
    select.value = '';
    recording.next(read);
  });
}
