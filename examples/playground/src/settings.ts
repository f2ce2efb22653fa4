import type { CommitLinesOptions, OrderStreamsOptions, ScanTranscriptOptions } from 'deltalines';
import type { SplitJSONOptions } from 'deltalines/json';
import type { BlockOptions } from 'deltalines/markdown';

/** What is played, and through which operators. An operator that is `undefined` is left out. */
export interface Settings {
  readonly arrival: ArrivalSettings;
  readonly resequence: ResequenceSettings | undefined;
  readonly splitJSON: SplitJSONOptions | undefined;
  /** `groupStreams` is the same in two parts. */
  readonly form: 'commitLines' | 'groupStreams';
  readonly commitLines: CommitLinesOptions;
  readonly orderStreams: OrderStreamsOptions | undefined;
  readonly paceLines: PaceLinesSettings | undefined;
  readonly commitBlocks: BlockOptions | undefined;
  /** With `commitBlocks`, these are the options of `scanBlocks`. */
  readonly scanTranscript: ScanTranscriptOptions | undefined;
}

/** How the events of a recording arrive here. */
export interface ArrivalSettings {
  /** The milliseconds between two events that do not tell their time. */
  readonly interval: number;
  /** The milliseconds between the starts of two connections. */
  readonly stagger: number;
  /** About how many places an event is moved by a network that does not keep the order. */
  readonly disorder: number;
}

export interface ResequenceSettings {
  /** The field of an event that has its number. */
  readonly field: string;
  readonly start: number | undefined;
  readonly maxReorder: number | undefined;
  readonly gapTimeout: number | undefined;
}

export interface PaceLinesSettings {
  readonly interval: number | undefined;
  readonly maxQueued: number | undefined;
  /** The number of lines of `fixedPace`; without it, the pace is that of `adaptivePace`. */
  readonly fixedPace: number | undefined;
}

interface FieldBase {
  /** The name of the option. */
  readonly name: string;
  /** What it means, in a few words. */
  readonly hint: string;
}

export type Field =
  | (FieldBase & { readonly type: 'number' | 'text'; readonly default: string })
  /** The first is the default. */
  | (FieldBase & { readonly type: 'choice'; readonly choices: readonly string[] })
  | (FieldBase & { readonly type: 'flag' });

export type SectionName =
  | 'arrival'
  | 'resequence'
  | 'splitJSON'
  | 'commitLines'
  | 'orderStreams'
  | 'paceLines'
  | 'commitBlocks'
  | 'scanTranscript';

/** The options of one operator, as the form shows them. */
export interface Section {
  readonly name: SectionName;
  /** What the operator is for, in a word, where its name does not say it. */
  readonly title?: string;
  readonly hint: string;
  /** Whether the operator is on at first; nothing if it is always on. */
  readonly isOn?: boolean;
  readonly fields: readonly Field[];
}

export const sections: readonly Section[] = [
  {
    name: 'arrival',
    hint: 'how the recording reaches the operators',
    fields: [
      { name: 'interval', type: 'number', default: '50', hint: 'ms between events that tell no time' },
      { name: 'stagger', type: 'number', default: '400', hint: 'ms from one connection to the next' },
      { name: 'disorder', type: 'number', default: '0', hint: 'places by which events get out of order' },
    ],
  },
  {
    name: 'resequence',
    hint: 'restores the order of numbered events',
    isOn: false,
    fields: [
      { name: 'field', type: 'text', default: 'sequence_number', hint: 'where an event has its number' },
      { name: 'start', type: 'number', default: '0', hint: 'the first number' },
      { name: 'maxReorder', type: 'number', default: '100', hint: 'values held at most' },
      { name: 'gapTimeout', type: 'number', default: '200', hint: 'ms that a number is waited for' },
    ],
  },
  {
    name: 'splitJSON',
    title: 'Arguments',
    hint: 'each value in the arguments of a tool call is a stream',
    isOn: false,
    fields: [{ name: 'keep', type: 'flag', hint: 'keep the streams of the JSON text too' }],
  },
  {
    name: 'commitLines',
    hint: 'tells streams apart and commits their lines',
    fields: [
      {
        name: 'form',
        type: 'choice',
        choices: ['commitLines', 'groupStreams'],
        hint: 'one operator, or groupStreams and scanLines',
      },
      { name: 'tail', type: 'flag', hint: 'emit the text of unfinished lines' },
      { name: 'softCommit.chars', type: 'number', default: 'none', hint: 'characters of a tail to commit' },
      { name: 'softCommit.after', type: 'number', default: 'none', hint: 'ms after which to commit a tail' },
      {
        name: 'reconcile',
        type: 'choice',
        choices: ['revise', 'keep', 'off'],
        hint: 'when the full text differs',
      },
      { name: 'idleTimeout', type: 'number', default: '300000', hint: 'ms of silence that close a stream' },
      { name: 'maxStreams', type: 'number', default: '10000', hint: 'open streams at most' },
      { name: 'maxRemembered', type: 'number', default: '10000', hint: 'closed keys remembered' },
      { name: 'maxLineLength', type: 'number', default: '65536', hint: 'code units in a commit' },
      { name: 'maxRetained', type: 'number', default: '1048576', hint: 'code units kept to reconcile' },
    ],
  },
  {
    name: 'orderStreams',
    hint: 'whole streams, one after another',
    isOn: false,
    fields: [
      {
        name: 'strategy',
        type: 'choice',
        choices: ['sequential', 'grouped'],
        hint: 'what a stream waits for',
      },
      { name: 'maxBuffered', type: 'number', default: '100000', hint: 'commits that wait at most' },
    ],
  },
  {
    name: 'paceLines',
    hint: 'lines at a readable speed',
    isOn: false,
    fields: [
      { name: 'interval', type: 'number', default: '50', hint: 'ms from tick to tick' },
      {
        name: 'policy',
        type: 'choice',
        choices: ['adaptivePace', 'fixedPace'],
        hint: 'how many lines a tick',
      },
      { name: 'lines', type: 'number', default: '1', hint: 'lines a tick, with fixedPace' },
      { name: 'maxQueued', type: 'number', default: '10000', hint: 'lines that wait at most' },
    ],
  },
  {
    name: 'commitBlocks',
    title: 'Markdown',
    hint: 'commits blocks; each is rendered once, by marked',
    isOn: false,
    fields: [{ name: 'draft', type: 'flag', hint: 'show what is in no block yet' }],
  },
  {
    name: 'scanTranscript',
    hint: 'the sorted view that a user interface draws',
    isOn: true,
    fields: [
      { name: 'every', type: 'number', default: 'none', hint: 'ms between transcripts at least' },
      { name: 'maxCells', type: 'number', default: 'Infinity', hint: 'cells kept at most' },
    ],
  },
];

/**
 * What stands in the form: by the name of the operator for whether it is on, and by the names of operator and option,
 * with a dot between them, for the option. What is on is `on`; what is empty has its default.
 */
export type FormValues = Readonly<Record<string, string>>;

export const defaultValues: FormValues = Object.fromEntries(
  sections.filter(({ isOn }) => isOn === true).map(({ name }) => [name, 'on']),
);

/** Reads the form. Options of the operators are left to the operators to check. Throws a `RangeError` for the others. */
export function readSettings(values: FormValues): Settings {
  const text = (key: string) => {
    const value = values[key]?.trim();
    return value === undefined || value === '' ? undefined : value;
  };
  const number = (key: string) => {
    const value = text(key);
    return value === undefined ? undefined : Number(value.replace(/_/g, ''));
  };
  const isOn = (key: string) => values[key] === 'on';
  const chars = number('commitLines.softCommit.chars');
  const after = number('commitLines.softCommit.after');
  return {
    arrival: {
      interval: inRange('interval', number('arrival.interval') ?? 50, 1, 60_000),
      stagger: inRange('stagger', number('arrival.stagger') ?? 400, 0, 3_600_000),
      disorder: inRange('disorder', number('arrival.disorder') ?? 0, 0, 1_000),
    },
    resequence: isOn('resequence')
      ? {
          field: text('resequence.field') ?? 'sequence_number',
          start: number('resequence.start'),
          maxReorder: number('resequence.maxReorder'),
          gapTimeout: number('resequence.gapTimeout'),
        }
      : undefined,
    splitJSON: isOn('splitJSON') ? { keep: isOn('splitJSON.keep') ? true : undefined } : undefined,
    form: text('commitLines.form') === 'groupStreams' ? 'groupStreams' : 'commitLines',
    commitLines: {
      tail: isOn('commitLines.tail') ? true : undefined,
      softCommit: chars === undefined && after === undefined ? undefined : { chars, after },
      reconcile: text('commitLines.reconcile') as CommitLinesOptions['reconcile'],
      idleTimeout: number('commitLines.idleTimeout'),
      maxStreams: number('commitLines.maxStreams'),
      maxRemembered: number('commitLines.maxRemembered'),
      maxLineLength: number('commitLines.maxLineLength'),
      maxRetained: number('commitLines.maxRetained'),
    },
    orderStreams: isOn('orderStreams')
      ? {
          strategy: text('orderStreams.strategy') as OrderStreamsOptions['strategy'],
          maxBuffered: number('orderStreams.maxBuffered'),
        }
      : undefined,
    paceLines: isOn('paceLines')
      ? {
          interval: number('paceLines.interval'),
          maxQueued: number('paceLines.maxQueued'),
          fixedPace: text('paceLines.policy') === 'fixedPace' ? (number('paceLines.lines') ?? 1) : undefined,
        }
      : undefined,
    commitBlocks: isOn('commitBlocks') ? { draft: isOn('commitBlocks.draft') ? true : undefined } : undefined,
    scanTranscript: isOn('scanTranscript')
      ? { every: number('scanTranscript.every'), maxCells: number('scanTranscript.maxCells') }
      : undefined,
  };
}

function inRange(name: string, value: number, least: number, most: number): number {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(
      `The option ${name} is ${value}, but must be a whole number from ${least} to ${most}`,
    );
  }
  return value;
}
