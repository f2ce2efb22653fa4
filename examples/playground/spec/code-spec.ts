import * as deltalines from 'deltalines';
import * as json from 'deltalines/json';
import * as markdown from 'deltalines/markdown';
import * as protocols from 'deltalines/protocols';
import * as rxjs from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

import { arrivalOf } from '../src/arrival';
import { writeCode } from '../src/code';
import type { Connection, Recording } from '../src/recording';
import { blockTranscriptAt, inTime, play, transcriptAt } from '../src/run';
import type { Settings } from '../src/settings';
import { bundled, everyOption, readFiles, readTexts, settingsOf } from './recordings';

type Read = (...texts: rxjs.Observable<string>[]) => rxjs.Observable<unknown>;

/** Runs a module as somebody would who has copied it. */
function evaluate(code: string): Read {
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  const modules: Readonly<Record<string, unknown>> = {
    deltalines,
    'deltalines/json': json,
    'deltalines/markdown': markdown,
    'deltalines/protocols': protocols,
    rxjs,
  };
  const exports: Record<string, Read> = {};
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- Running it is what is tested.
  const run = new Function('require', 'exports', outputText) as (require: unknown, exports: unknown) => void;
  run((name: string) => modules[name], exports);
  const [read] = Object.values(exports);
  if (read === undefined) {
    throw new Error('The code exports nothing');
  }
  return read;
}

/** The text that came for an event. */
function textOf(value: unknown, { framing }: Connection, isFirst: boolean): string {
  switch (framing) {
    case 'server-sent events': {
      const { event, data } = value as protocols.ServerSentEvent;
      const name = event === undefined ? '' : `event: ${event}\n`;
      return `${name}${data.replace(/^/gm, 'data: ')}\n\n`;
    }
    case 'JSON lines':
      return `${JSON.stringify(value)}\n`;
    case 'lines':
      return `${String(value)}\n`;
    case 'JSON array':
      return `${isFirst ? '[' : ','}${JSON.stringify(value)}`;
  }
}

/** What the code gives for a recording, with the times of it, under the scheduler of tests. */
function runCode(recording: Recording, settings: Settings): readonly unknown[] {
  const read = evaluate(writeCode(recording, settings));
  const values: unknown[] = [];
  const scheduler = new TestScheduler(() => undefined);
  scheduler.run(() => {
    const texts = recording.connections.map((connection, index) => {
      const arrival = arrivalOf(connection, index, settings.arrival);
      const chunks = arrival.map(({ time, value }, place) => ({
        time,
        value: textOf(value, connection, place === 0),
      }));
      return inTime(chunks, scheduler);
    });
    read(...texts).subscribe((value) => values.push({ time: scheduler.now(), value }));
  });
  return values;
}

function expectSame(recording: Recording, settings: Settings): void {
  const run = play(recording, settings);
  const given = runCode(recording, settings);
  expect(run.commits.length).toBeGreaterThan(0);
  if (settings.scanTranscript === undefined) {
    expect(given).toStrictEqual(run.blocks ?? run.commits);
    return;
  }
  // Of the transcripts of one moment, only the last is ever seen.
  const transcripts = new Map(given.map((timed) => [(timed as { time: number }).time, timed]));
  for (const [time, transcript] of transcripts) {
    const value = run.blocks === undefined ? transcriptAt(run, time) : blockTranscriptAt(run, time);
    expect({ time, value }).toStrictEqual(transcript);
  }
  expect([...transcripts.keys()].at(-1)).toBe((run.transcripts ?? run.blocks ?? run.commits).at(-1)?.time);
}

describe('the code', () => {
  it.each(bundled.map((files) => ({ files })))('gives for $files what the page shows', ({ files }) => {
    expectSame(readFiles(files), settingsOf());
    expectSame(readFiles(files), settingsOf({ scanTranscript: 'on', 'commitLines.tail': 'on' }));
  });

  it.each(everyOption.map((values) => ({ values })))(
    'gives with $values what the page shows',
    ({ values }) => {
      expectSame(readFiles(['turn-1.sse', 'turn-2.sse', 'turn-3.sse']), settingsOf(values));
      expectSame(readFiles(['anthropic.sse']), settingsOf(values));
      expectSame(readFiles(['gemini.json']), settingsOf(values));
    },
  );

  const delta = '{"type":"delta","kind":"answer","id":"1","seq":1,"delta":"b\\n"}';
  const lateDelta = '{"type":"delta","kind":"answer","id":"1","seq":0,"delta":"a\\n"}';
  const plain: readonly Readonly<Record<string, string>>[] = [
    { lines: `${delta}\n${lateDelta}\n3\n{"type":"delta","kind":"answer","id":7}\n` },
    { messages: `data: ${delta}\n\ndata: ${lateDelta}\n\ndata: {"broken\n\ndata: [DONE]\n\n` },
    { array: `[${delta},${lateDelta},{"id":"1"}]` },
    { 'the lines': `${delta}\nnull\n`, 'the-lines': `${lateDelta}\n`, '1': `data: ${delta}\n\ndata: x\n\n` },
  ];
  it.each(plain)('gives for plain delta events what the page shows: %o', (texts) => {
    expectSame(readTexts(texts), settingsOf());
    expectSame(readTexts(texts), settingsOf({ resequence: 'on', 'resequence.field': 'seq' }));
  });

  it('gives for lines of text what the page shows', () => {
    const lines = ['P GET ', 'F /', 'F 200'].map((part) => `2026-01-01T00:00:00Z stdout ${part}\n`);
    expectSame(readTexts({ log: lines.join('') }), settingsOf());
  });

  it('compiles, whatever the recording and the options', () => {
    const recordings = [...bundled.map(readFiles), ...plain.map(readTexts)];
    const modules = recordings.flatMap((recording, index) =>
      everyOption
        // All options with one recording, and each recording with some.
        .filter((_, option) => index === 0 || option % 5 === index % 5)
        .map((values) => writeCode(recording, settingsOf(values))),
    );
    expect(compile(modules)).toStrictEqual([]);
  });

  it('says nothing of options that have their defaults', () => {
    expect(writeCode(readFiles(['anthropic.sse']), settingsOf({ scanTranscript: 'on' }))).toBe(
      `import { commitLines, scanTranscript, type Transcript } from 'deltalines';
import { fromAnthropic, parseSSE } from 'deltalines/protocols';
import { type Observable } from 'rxjs';

/** The text may be cut anywhere: fromStream(response.body).pipe(decodeText()) is one. */
export function readTranscripts(text: Observable<string>): Observable<Transcript> {
  return text.pipe(parseSSE(), fromAnthropic(), commitLines(), scanTranscript());
}
`,
    );
  });

  it('passes over invalid lines where the recording has some', () => {
    const recording = readTexts({ lines: `${delta}\n{"type":\n` });
    expect(writeCode(recording, settingsOf())).toContain(
      'parseJSONLines({ onInvalid: ({ error }) => console.warn(error.message) })',
    );
  });
});

/** The problems that a compiler has with modules, as strict as it can be. */
function compile(modules: readonly string[]): readonly string[] {
  const folder = `${import.meta.dirname}/generated`;
  const files = new Map(modules.map((code, index) => [`${folder}/${index}.ts`, code]));
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    exactOptionalPropertyTypes: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    verbatimModuleSyntax: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const readFile = host.readFile.bind(host);
  const fileExists = host.fileExists.bind(host);
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.readFile = (file) => files.get(file) ?? readFile(file);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (file, version, ...rest) => {
    const code = files.get(file);
    return code === undefined
      ? getSourceFile(file, version, ...rest)
      : ts.createSourceFile(file, code, version);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    const message = ts.flattenDiagnosticMessageText(messageText, '\n');
    return `${message}\n${file === undefined ? '' : (files.get(file.fileName) ?? file.fileName)}`;
  });
}
