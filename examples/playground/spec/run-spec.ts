import { from, map } from 'rxjs';
import { commitLines, scanTranscript } from 'deltalines';
import { describe, expect, it } from 'vitest';

import { countAt, MAX_COMMITS, play, type Run, transcriptAt } from '../src/run';
import { bundled, everyOption, readFiles, readTexts, settingsOf } from './recordings';

const turns = readFiles(['turn-1.sse', 'turn-2.sse', 'turn-3.sse']);

function timesOf({ commits }: Run): readonly number[] {
  return commits.map(({ time }) => time);
}

/** The text of each stream, as its line commits say, after what was withdrawn. */
function textsOf({ commits }: Run): Readonly<Record<string, string>> {
  const lines = new Map<string, string[]>();
  for (const { value } of commits) {
    if (value.type === 'drop' || value.type === 'tail') {
      continue;
    }
    const key = `${value.stream.kind} ${value.stream.id} ${value.stream.generation}`;
    const texts = lines.get(key) ?? [];
    lines.set(key, texts);
    if (value.type === 'revise') {
      texts.length = value.index;
    } else if (value.type === 'line') {
      texts[value.index] = (texts[value.index] ?? '') + value.text + value.eol;
    }
  }
  return Object.fromEntries([...lines].map(([key, texts]) => [key, texts.join('')]));
}

describe('play', () => {
  it('takes no real time, and gives the same each time', () => {
    expect(play(turns, settingsOf())).toStrictEqual(play(turns, settingsOf()));
  });

  it.each(bundled.map((files) => ({ files })))('plays $files to its end, without a problem', ({ files }) => {
    const recording = readFiles(files);
    const run = play(recording, settingsOf());
    expect(recording.problems).toStrictEqual([]);
    expect(recording.connections).toHaveLength(files.length);
    expect(run.problem).toBeUndefined();
    const opened = run.commits.filter(({ value }) => value.type === 'open');
    const closed = run.commits.filter(({ value }) => value.type === 'close');
    expect(opened.length).toBeGreaterThan(0);
    expect(closed).toHaveLength(opened.length);
  });

  it.each(everyOption.map((values) => ({ values })))('keeps times in order with $values', ({ values }) => {
    const run = play(turns, settingsOf(values));
    expect(timesOf(run)).toStrictEqual([...timesOf(run)].sort((some, other) => some - other));
    expect(run.duration).toBeGreaterThanOrEqual(timesOf(run).at(-1) ?? Infinity);
  });

  it.each([
    {},
    { 'commitLines.softCommit.chars': '3' },
    { 'commitLines.maxLineLength': '2' },
    { orderStreams: 'on' },
    { paceLines: 'on', 'paceLines.interval': '500' },
    { 'commitLines.form': 'groupStreams' },
    { 'arrival.disorder': '20', resequence: 'on', 'resequence.gapTimeout': 'Infinity' },
  ])('gives the same texts with %o', (values) => {
    expect(textsOf(play(turns, settingsOf(values)))).toStrictEqual(textsOf(play(turns, settingsOf())));
  });

  it('gives the commits that the operators give for the same events at once', () => {
    const run = play(turns, settingsOf());
    const commits: unknown[] = [];
    from(run.deltas)
      .pipe(
        map(({ value }) => value),
        commitLines(),
      )
      .subscribe((commit) => commits.push(commit));
    expect(run.commits.map(({ value }) => value)).toStrictEqual(commits);
  });

  it('starts one connection after the other', () => {
    const run = play(turns, settingsOf({ 'arrival.stagger': '1000' }));
    const first = ['turn-1/', 'turn-2/', 'turn-3/'].map(
      (name) => run.deltas.find(({ value }) => value.id.startsWith(name))?.time ?? NaN,
    );
    expect(first.map((time) => Math.floor(time / 1000))).toStrictEqual([0, 1, 2]);
  });

  it('keeps the times that events tell', () => {
    const lines = [0, 250, 1000].map((ms) => {
      const time = new Date(Date.UTC(2026, 0, 1) + ms).toISOString();
      return JSON.stringify({ type: 'delta', kind: 'answer', id: '1', delta: 'a', time });
    });
    const run = play(readTexts({ timed: lines.join('\n') }), settingsOf());
    expect(run.deltas.map(({ time }) => time)).toStrictEqual([0, 250, 1000]);
  });

  it('counts what resequence drops and gives up', () => {
    const numbered = (seq: number) =>
      JSON.stringify({ type: 'delta', kind: 'answer', id: '1', delta: `${seq}\n`, seq });
    const recording = readTexts({ numbered: [0, 1, 1, 5].map(numbered).join('\n') });
    const run = play(recording, settingsOf({ resequence: 'on', 'resequence.field': 'seq' }));
    expect(run.dropped).toBe(1);
    expect(run.missing).toBe(3);
    expect(textsOf(run)).toStrictEqual({ 'answer 1 0': '0\n1\n5\n' });
  });

  it('stops at so many commits that a page can bear', () => {
    const long = JSON.stringify({
      type: 'delta',
      kind: 'answer',
      id: '1',
      delta: '\n'.repeat(MAX_COMMITS + 10),
    });
    expect(play(readTexts({ long }), settingsOf()).commits).toHaveLength(MAX_COMMITS);
  });

  it.each([
    [{ 'commitLines.idleTimeout': '-1' }, /^The option idleTimeout is -1/],
    [{ 'commitLines.maxLineLength': 'long' }, /^The option maxLineLength is NaN/],
    [{ 'commitLines.softCommit.chars': '0' }, /^The option softCommit.chars is 0/],
    [{ resequence: 'on', 'resequence.maxReorder': '1.5' }, /^The option maxReorder is 1.5/],
    [{ orderStreams: 'on', 'orderStreams.maxBuffered': '-2' }, /^The option maxBuffered is -2/],
    [{ paceLines: 'on', 'paceLines.interval': 'Infinity' }, /^The option interval is Infinity/],
    [{ scanTranscript: 'on', 'scanTranscript.maxCells': '-1' }, /^The option maxCells is -1/],
    [{ 'arrival.interval': '0' }, /^The option interval is 0/],
    [{ 'arrival.disorder': '1e9' }, /^The option disorder is 1000000000/],
  ])('says what is wrong with %o', (values, message) => {
    expect(() => play(turns, settingsOf(values))).toThrow(message);
  });
});

describe('transcriptAt', () => {
  it.each([{}, { 'commitLines.tail': 'on' }, { scanTranscript: 'on', 'scanTranscript.maxCells': '2' }])(
    'is the transcript of the commits until then, with %o',
    (values) => {
      const settings = settingsOf(values);
      const run = play(turns, settings);
      for (const time of [0, 700, 701, 2000, run.duration]) {
        let expected: unknown = [];
        from(run.commits.slice(0, countAt(run.commits, time)))
          .pipe(
            map(({ value }) => value),
            scanTranscript({ maxCells: settings.scanTranscript?.maxCells }),
          )
          .subscribe((transcript) => (expected = transcript));
        expect(transcriptAt(run, time)).toStrictEqual(expected);
      }
    },
  );

  it('changes no more often than every says', () => {
    const run = play(turns, settingsOf({ scanTranscript: 'on', 'scanTranscript.every': '1000' }));
    const [first, second] = run.transcripts ?? [];
    expect(second?.time).toBe((first?.time ?? NaN) + 1000);
    expect(transcriptAt(run, (second?.time ?? NaN) - 1)).toStrictEqual(transcriptAt(run, first?.time ?? NaN));
    expect(transcriptAt(run, second?.time ?? NaN)).not.toStrictEqual(transcriptAt(run, first?.time ?? NaN));
  });
});

describe('countAt', () => {
  it.each([
    [-1, 0],
    [0, 1],
    [9, 1],
    [10, 3],
    [11, 3],
    [Infinity, 4],
  ])('finds of the times 0, 10, 10 and 20 until %d the first %d', (time, count) => {
    const values = [0, 10, 10, 20].map((each) => ({ time: each, value: undefined }));
    expect(countAt(values, time)).toBe(count);
  });
});
