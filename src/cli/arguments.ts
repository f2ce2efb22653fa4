import { Command, InvalidArgumentError, Option } from 'commander';
import { noop } from 'rxjs';

import { version } from '../../package.json';
import { escapeControls } from '../index.js';
import { type ProtocolName, protocols } from '../protocols/index.js';
import { STANDARD_INPUT } from './input.js';

/** The parsed arguments. */
export interface Arguments {
  /** At least one, each once. */
  readonly files: readonly string[];
  readonly protocol: ProtocolName | undefined;
  readonly kinds: ReadonlySet<string> | undefined;
  readonly idleTimeout: number | undefined;
  readonly order: Order;
  readonly json: boolean;
  readonly pace: boolean;
  readonly live: boolean;
  readonly markdown: boolean;
  /** Whether the arguments of tool calls are split into their values. */
  readonly splitArguments: boolean;
  /** The speed factor of recordings; `Infinity` for no delay. */
  readonly replay: number | undefined;
  readonly summary: boolean;
  readonly ids: Ids;
}

/** The parsed arguments of `deltalines record`. */
export interface RecordArguments {
  readonly file: string;
  /** Whether an existing file is overwritten. */
  readonly force: boolean;
}

/** The called command, with its arguments. */
export type Invocation =
  | { readonly command: 'print'; readonly options: Arguments }
  | { readonly command: 'record'; readonly options: RecordArguments };

/** How much of an id is printed before a line. */
export type Ids = 'short' | 'full';

/** The order of the lines of several streams. */
export type Order = 'arrival' | 'sequential' | 'grouped';

/** The options as commander returns them. */
interface Options {
  readonly protocol?: ProtocolName;
  readonly kind?: ReadonlySet<string>;
  readonly idleTimeout?: number;
  readonly order: Order;
  readonly json?: true;
  readonly pace?: true;
  readonly live?: true;
  readonly markdown?: true;
  readonly arguments?: true;
  readonly replay?: number;
  readonly summary?: true;
  readonly ids: Ids;
}

const MAX_TIMEOUT = 2_147_483_647;

/** Ends the process when the arguments are wrong, or ask for help or the version. */
export function parseArguments(args: readonly string[]): Invocation {
  let recordArguments: RecordArguments | undefined = undefined as RecordArguments | undefined;
  const command = new Command('deltalines')
    .usage('[options] [file...]')
    .description('Prints interleaved streams as whole lines: kind id │ line')
    .argument(
      '[file...]',
      'files with server-sent events, JSON lines, a JSON array or log lines, optionally gzipped; each file is one connection (default: standard input)',
    )
    .addOption(
      new Option('--protocol <name>', 'the protocol of all files; detected by default').choices(
        Object.keys(protocols),
      ),
    )
    .addOption(
      new Option(
        '--order <order>',
        'print lines as they arrive, stream by stream, or each stream once it is complete',
      )
        .choices(['arrival', 'sequential', 'grouped'])
        .default('arrival'),
    )
    .addOption(
      new Option(
        '--ids <ids>',
        'print the part of each id that distinguishes it from the others so far, or the full id',
      )
        .choices(['short', 'full'])
        .default('short'),
    )
    .option('--json', 'print each commit as a line of JSON')
    .option('--pace', 'print lines at a readable pace that never falls far behind')
    .addOption(
      new Option(
        '--live',
        'on a terminal, show the open streams below the lines; files are replayed at 1x',
      ).conflicts('json'),
    )
    .addOption(
      new Option(
        '--markdown',
        'on a terminal, draw Markdown: headings, emphasis, code, lists, quotes and tables',
      ).conflicts('json'),
    )
    .option(
      '--arguments',
      'print each value in the arguments of a tool call as a separate stream, such as call_1#/content',
    )
    .option(
      '--replay <speed>',
      'replay the input at a multiple of its recorded speed, or of 20 events per second if it has no time stamps: 1x, 10x, 0.5x, or max for no delay',
      parseSpeed,
    )
    .option(
      '--kind <kind>',
      'print only streams of this kind; repeat it, or separate kinds with commas',
      addKinds,
    )
    .option(
      '--idle-timeout <ms>',
      'close a stream after this many milliseconds without an event',
      parseTimeout,
    )
    .option('--summary', 'print a table of the streams at the end, with times for live input')
    .version(version)
    .configureOutput({ outputError: (text, write) => write(errorMessage(text)) })
    .showHelpAfterError('Try deltalines --help')
    // `help` is a file name, not a command.
    .helpCommand(false)
    .enablePositionalOptions()
    .action(noop);
  const recordCommand = command
    .command('record')
    .description('Copies standard input to standard output, and records each chunk with its time')
    .argument('<file>', 'the file to write; replay it with --replay')
    .option('--force', 'overwrite the file')
    .allowExcessArguments(false)
    .action((file: string, { force }: { readonly force?: true }) => {
      recordArguments = { file, force: force === true };
    });
  command.parse(args, { from: 'user' });
  if (recordArguments !== undefined) {
    const others = command.options.filter(
      (option) => command.getOptionValueSource(option.attributeName()) === 'cli',
    );
    if (others.length > 0) {
      recordCommand.error(
        `error: record does not take ${others.map(({ long }) => long).join(', ')}; a file of that name is ./record`,
      );
    }
    return { command: 'record', options: recordArguments };
  }
  const options = command.opts<Options>();
  const { protocol, kind, idleTimeout, order, json, pace, live, markdown, replay, summary, ids } = options;
  return {
    command: 'print',
    options: {
      files: command.args.length === 0 ? [STANDARD_INPUT] : [...new Set(command.args)],
      protocol,
      kinds: kind,
      idleTimeout,
      order,
      json: json === true,
      pace: pace === true,
      live: live === true,
      markdown: markdown === true,
      splitArguments: options.arguments === true,
      replay,
      summary: summary === true,
      ids,
    },
  };
}

function addKinds(value: string, kinds: ReadonlySet<string> = new Set()): ReadonlySet<string> {
  return new Set([...kinds, ...value.split(',')]);
}

function parseTimeout(value: string): number {
  const milliseconds = Number(value);
  if (!(milliseconds > 0) || (milliseconds > MAX_TIMEOUT && milliseconds !== Infinity)) {
    throw new InvalidArgumentError(`Allowed are milliseconds from 1 to ${MAX_TIMEOUT}, or Infinity.`);
  }
  return milliseconds;
}

function parseSpeed(value: string): number {
  const speed = value === 'max' ? Infinity : /^\d+(\.\d+)?x?$/.test(value) ? Number.parseFloat(value) : 0;
  if (speed === 0) {
    throw new InvalidArgumentError('Allowed is a number above 0 such as 1x, 10x or 0.5x, or max.');
  }
  return speed;
}

function errorMessage(text: string): string {
  return text
    .replace(/^error: /, 'deltalines: ')
    .split('\n')
    .map(escapeControls)
    .join('\n');
}
