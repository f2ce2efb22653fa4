import { concatMap, map, mergeMap, type Observable, type VirtualTimeScheduler } from 'rxjs';

import {
  commitLines,
  type CommitLinesOptions,
  type DeltaEvent,
  type DeltaStream,
  fixedPace,
  groupStreams,
  type GroupStreamsOptions,
  joinReplay,
  type JoinReplayOptions,
  observeCommits,
  orderStreams,
  type OrderStreamsOptions,
  paceLines,
  type PaceLinesOptions,
  resequence,
  type ResequenceOptions,
  scanLines,
  scanTranscript,
  type ScanTranscriptOptions,
} from '../../src/index.js';
import { scanJSON, type ScanJSONOptions, splitJSON, type SplitJSONOptions } from '../../src/json/index.js';
import {
  type BlockOptions,
  commitBlocks,
  scanBlocks,
  type ScanBlocksOptions,
} from '../../src/markdown/index.js';
import { Code, type Field, type Options, writeCall } from './fields.js';
import {
  blockResult,
  blockTranscriptResult,
  commitResult,
  eventResult,
  jsonResult,
  type Result,
  transcriptResult,
} from './results.js';

/** A pipeline that a page runs. */
export interface Example {
  /** What the input has at first. */
  readonly input: string;
  readonly fields: readonly Field[];
  /** The operators, as code. */
  readonly code: (options: Options) => string;
  readonly run: (stage: Stage) => Observable<Result>;
}

/** What a pipeline runs with. */
export interface Stage {
  readonly options: Options;
  readonly scheduler: VirtualTimeScheduler;
  /** The events of the input, or of one kind. Of one kind, it completes with the last of them. */
  readonly source: (kind?: string) => Observable<DeltaEvent>;
  /** Adds a row for a callback. */
  readonly show: (result: Result) => void;
}

interface NumberedValue {
  readonly number: number;
  readonly text: string;
}

const SEQ = new Code('(value) => value.number');
const TAIL: Field = { name: 'tail', type: 'flag' };
const SOFT_COMMIT: Field = { name: 'softCommit.chars', type: 'number', default: 'none' };

export const examples: Readonly<Record<string, Example>> = {
  commitLines: {
    input: lines('2: "wor"', '1: "hello\\nag"', '1: "ain"', '1: end', '2: "ld"', '1: "too late"'),
    fields: [
      TAIL,
      SOFT_COMMIT,
      { name: 'softCommit.after', type: 'number', default: 'none' },
      { name: 'reconcile', type: 'choice', choices: ['revise', 'keep', 'off'] },
      { name: 'idleTimeout', type: 'number', default: '300000' },
      { name: 'maxStreams', type: 'number', default: '10000' },
      { name: 'maxLineLength', type: 'number', default: '65536' },
    ],
    code: (options) => writeCall('commitLines', options),
    run: ({ source, options, scheduler }) =>
      source().pipe(commitLines({ ...(options as CommitLinesOptions), scheduler }), map(commitResult)),
  },

  groupStreams: {
    input: lines('1: "hel"', '2: "world"', '1: "lo"', '1: end'),
    fields: [
      { name: 'flatten', type: 'choice', choices: ['concatMap', 'mergeMap'] },
      { name: 'maxBuffered', type: 'number', default: '10000' },
    ],
    code: ({ flatten = 'concatMap', ...options }) =>
      `${writeCall('groupStreams', options)}, ${String(flatten)}((stream) => stream.pipe(scanLines(stream.ref)))`,
    run: ({ source, options: { flatten, ...options }, scheduler }) => {
      const streams = source().pipe(groupStreams({ ...(options as GroupStreamsOptions), scheduler }));
      const linesOf = (stream: DeltaStream) => stream.pipe(scanLines(stream.ref, { scheduler }));
      return streams.pipe(flatten === undefined ? concatMap(linesOf) : mergeMap(linesOf), map(commitResult));
    },
  },

  scanLines: {
    input: lines('1: "one\\nt"', '1: "wo\\nthree"', '2: "another stream"', '1: end "one\\ntwo\\nfour"'),
    fields: [TAIL, SOFT_COMMIT, { name: 'reconcile', type: 'choice', choices: ['revise', 'keep', 'off'] }],
    code: (options) => writeCall('scanLines', options, 'ref'),
    run: ({ source, options, scheduler }) => {
      const ref = { kind: 'answer', id: '1', generation: 0 };
      return source().pipe(
        scanLines(ref, { ...(options as CommitLinesOptions), scheduler }),
        map(commitResult),
      );
    },
  },

  resequence: {
    input: lines('0: "zero"', '2: "two"', '1: "one"', '1: "one"', '4: "four"', 'wait 500', '3: "three"'),
    fields: [
      { name: 'start', type: 'number', default: '0' },
      { name: 'maxReorder', type: 'number', default: '100' },
      { name: 'gapTimeout', type: 'number', default: '200' },
    ],
    code: (options) => writeCall('resequence', { seq: SEQ, ...options }),
    run: ({ source, options, scheduler, show }) =>
      source().pipe(
        map(numberedValue),
        resequence<NumberedValue>({
          ...(options as Partial<ResequenceOptions<NumberedValue>>),
          seq: ({ number }) => number,
          onDrop: ({ value, reason }) => show({ ...valueResult(value), type: 'onDrop', value: reason }),
          onGap: ({ from, to }) => show({ type: 'onGap', stream: '', value: `${from} to ${to}` }),
          scheduler,
        }),
        map(valueResult),
      ),
  },

  joinReplay: {
    input: lines(
      'live 4: "four"',
      'history 1: "one"',
      'wait 100',
      'live 5: "five"',
      'history 2: "two"',
      'history 4: "four"',
      'wait 100',
      'live 7: "seven"',
    ),
    fields: [{ name: 'maxBuffered', type: 'number', default: '10000' }],
    code: (options) => writeCall('joinReplay', { seq: SEQ, ...options }, 'history'),
    run: ({ source, options, show }) =>
      source('live').pipe(
        map(numberedValue),
        joinReplay(source('history').pipe(map(numberedValue)), {
          ...(options as Partial<JoinReplayOptions<NumberedValue>>),
          seq: ({ number }) => number,
          onGap: ({ from, to }) => show({ type: 'onGap', stream: '', value: `${from} to ${to}` }),
        }),
        map(valueResult),
      ),
  },

  orderStreams: {
    input: lines(
      '1 [1]: "one\\n"',
      '3 [3]: "three\\n"',
      '2 [2]: "two\\n"',
      '3: end',
      '1: "one and a half\\n"',
      '1: end',
      '2: end',
    ),
    fields: [
      { name: 'strategy', type: 'choice', choices: ['sequential', 'grouped'] },
      { name: 'maxBuffered', type: 'number', default: '100000' },
    ],
    code: (options) => `commitLines(), ${writeCall('orderStreams', options)}`,
    run: ({ source, options, scheduler }) =>
      source().pipe(
        commitLines({ scheduler }),
        orderStreams(options as OrderStreamsOptions),
        map(commitResult),
      ),
  },

  paceLines: {
    input: lines('1: "one\\ntwo\\nthree\\n"', '2: "uno\\n"', '1: end', 'wait 1000', '2: "dos\\n"'),
    fields: [
      { name: 'interval', type: 'number', default: '50' },
      { name: 'policy', type: 'choice', choices: ['adaptivePace()', 'fixedPace(2)'] },
      { name: 'maxQueued', type: 'number', default: '10000' },
    ],
    code: ({ policy, ...options }) =>
      `commitLines(), ${writeCall('paceLines', typeof policy === 'string' ? { ...options, policy: new Code(policy) } : options)}`,
    run: ({ source, options: { policy, ...options }, scheduler }) =>
      source().pipe(
        commitLines({ scheduler }),
        paceLines({
          ...(options as PaceLinesOptions),
          ...(policy !== undefined && { policy: fixedPace(2) }),
          scheduler,
        }),
        map(commitResult),
      ),
  },

  scanTranscript: {
    input: lines(
      '2 [2]: "good"',
      '1 [1]: "hello\\nwor"',
      'wait 100',
      '2: "bye\\n"',
      '1: error "connection lost"',
    ),
    fields: [
      { ...TAIL, value: 'on' },
      { name: 'every', type: 'number', default: 'none' },
      { name: 'maxCells', type: 'number', default: 'Infinity' },
    ],
    code: ({ tail, ...options }) =>
      `${writeCall('commitLines', tail === undefined ? {} : { tail })}, ${writeCall('scanTranscript', options)}`,
    run: ({ source, options: { tail, ...options }, scheduler }) =>
      source().pipe(
        commitLines({ tail: tail === true, scheduler }),
        scanTranscript({ ...(options as ScanTranscriptOptions), scheduler }),
        map(transcriptResult),
      ),
  },

  observeCommits: {
    input: lines(
      '1: start',
      'wait 100',
      '1: "hel"',
      'wait 100',
      '1: "lo\\nworld"',
      '1: end',
      '1: "too late"',
    ),
    fields: [{ ...TAIL, value: 'on' }],
    code: (options) => `${writeCall('commitLines', options)}, observeCommits(observer)`,
    run: ({ source, options, scheduler, show }) =>
      source().pipe(
        commitLines({ ...(options as CommitLinesOptions), scheduler }),
        observeCommits(
          {
            close: ({ stream, lines: number, characters, timeToFirstText, timeToFirstLine }) => {
              const times = [
                `first text after ${String(timeToFirstText)} ms`,
                `first line after ${String(timeToFirstLine)} ms`,
              ];
              show({
                type: 'observer.close',
                stream: stream.id,
                value: [`lines ${number}`, `characters ${characters}`, ...times].join(', '),
              });
            },
            finalize: ({ streams, drops }) =>
              show({
                type: 'observer.finalize',
                stream: '',
                value: `streams ${streams}, late events ${drops.late}`,
              }),
          },
          { scheduler },
        ),
        map(commitResult),
      ),
  },

  commitBlocks: {
    input: lines('1: "# Plan\\n- one\\n- t"', '1: "wo\\n\\nThe e"', '1: "nd."'),
    fields: [
      { name: 'draft', type: 'flag' },
      { name: 'tables', type: 'flag', default: 'on' },
      { name: 'math', type: 'flag' },
    ],
    code: (options) => `commitLines({ tail: true }), ${writeCall('commitBlocks', options)}`,
    run: ({ source, options, scheduler }) =>
      source().pipe(
        commitLines({ tail: true, scheduler }),
        commitBlocks(options as BlockOptions),
        map(blockResult),
      ),
  },

  scanBlocks: {
    input: lines('1: "# Title\\n- one\\n- t"', '1: "wo\\n\\nThe end"', '2: "Another answer"'),
    fields: [
      { name: 'draft', type: 'flag', value: 'on' },
      { name: 'every', type: 'number', default: 'none' },
      { name: 'maxCells', type: 'number', default: 'Infinity' },
    ],
    code: ({ draft, ...options }) =>
      `commitLines(), ${writeCall('commitBlocks', draft === undefined ? {} : { draft })}, ${writeCall('scanBlocks', options)}`,
    run: ({ source, options: { draft, ...options }, scheduler }) =>
      source().pipe(
        commitLines({ scheduler }),
        commitBlocks({ draft: draft === true }),
        scanBlocks({ ...(options as ScanBlocksOptions), scheduler }),
        map(blockTranscriptResult),
      ),
  },

  splitJSON: {
    input: lines(
      'tool 1: `{"path":"a.txt","content":"one\\ntw`',
      'tool 1: `o"}`',
      'tool 1: end',
      '2: "an answer"',
    ),
    fields: [
      { name: 'kinds', type: 'list', default: 'tool' },
      { name: 'keep', type: 'flag' },
    ],
    code: (options) => writeCall('splitJSON', options),
    run: ({ source, options }) => source().pipe(splitJSON(options as SplitJSONOptions), map(eventResult)),
  },

  scanJSON: {
    input: lines('1: `{"items":[{"name":"a"},{"na`', '1: `me":"b"},7]}`', '1: end'),
    fields: [
      { name: 'pointers', type: 'list', default: 'all', value: '/items/*' },
      { name: 'partial', type: 'flag' },
    ],
    code: (options) => writeCall('scanJSON', options),
    run: ({ source, options, scheduler }) =>
      source().pipe(scanJSON({ ...(options as ScanJSONOptions), scheduler }), map(jsonResult)),
  },
};

function lines(...each: readonly string[]): string {
  return each.join('\n');
}

function numberedValue({ id, ...event }: DeltaEvent): NumberedValue {
  if (event.type !== 'delta' || !/^\d+$/.test(id)) {
    throw new SyntaxError(
      `Each line must be a number and a text, like 3: "three", but one has ${id}: ${event.type}`,
    );
  }
  return { number: Number(id), text: event.delta };
}

function valueResult({ number, text }: NumberedValue): Result {
  return { type: 'value', stream: String(number), value: JSON.stringify(text) };
}
