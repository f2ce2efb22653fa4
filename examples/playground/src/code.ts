import type { Connection, Recording } from './recording';
import { operatorName } from './protocols';
import type { Settings } from './settings';

const WIDTH = 96;

/** The names that a module takes from each package. */
interface Imports {
  readonly deltalines: Set<string>;
  readonly json: Set<string>;
  readonly markdown: Set<string>;
  readonly protocols: Set<string>;
  readonly rxjs: Set<string>;
}

/** Writes a TypeScript module that does to the text of the connections what the page does. */
export function writeCode({ connections }: Recording, settings: Settings): string {
  const imports: Imports = {
    deltalines: new Set(),
    json: new Set(),
    markdown: new Set(),
    protocols: new Set(),
    rxjs: new Set(['type Observable']),
  };
  const helpers = new Set<string>();
  const names = parameterNames(connections);
  const sources = connections.map((connection, index) => {
    const name = connections.length > 1 ? connection.name : undefined;
    return {
      parameter: names[index] ?? 'text',
      steps: readSteps(connection, name, settings, imports, helpers),
    };
  });
  const steps = commitSteps(settings, imports);
  const unit = settings.commitBlocks === undefined ? '' : 'Block';
  const output = `${unit}${settings.scanTranscript === undefined ? 'Commit' : 'Transcript'}`;
  (unit === '' ? imports.deltalines : imports.markdown).add(`type ${output}`);

  const parameters = names.map((name) => `${name}: Observable<string>`);
  const body =
    sources.length === 1
      ? `return ${pipeOf(names[0] ?? 'text', [...(sources[0]?.steps ?? []), ...steps], '  ')};`
      : mergeOf(sources, steps, imports);
  const options = needsOptions(settings)
    ? [`  const options: CommitLinesOptions = ${literal(settings.commitLines)};`]
    : [];
  return [
    ...writeImports(imports),
    '',
    `/** ${documentation(connections)} */`,
    `export function read${output}s(${list(parameters)}): Observable<${output}> {`,
    ...options,
    `  ${body}`,
    '}',
    ...[...helpers].flatMap((helper) => ['', helper]),
    '',
  ].join('\n');
}

function documentation(connections: readonly Connection[]): string {
  return connections.length === 1
    ? 'The text may be cut anywhere: fromStream(response.body).pipe(decodeText()) is one.'
    : 'The texts may be cut anywhere: fromStream(response.body).pipe(decodeText()) is one.';
}

function readSteps(
  { framing, protocol, hasInvalidLines }: Connection,
  name: string | undefined,
  { resequence }: Settings,
  imports: Imports,
  helpers: Set<string>,
): readonly string[] {
  const isSSE = framing === 'server-sent events';
  const steps: string[] = [];
  const parser = {
    'server-sent events': 'parseSSE',
    'JSON lines': 'parseJSONLines',
    lines: 'parseJSONLines',
    'JSON array': 'parseJSONArray',
  };
  imports.protocols.add(parser[framing]);
  const isWarned = hasInvalidLines && framing === 'JSON lines';
  const options = isWarned
    ? '{ onInvalid: ({ error }) => console.warn(error.message) }'
    : framing === 'lines'
      ? '{ plainLines: true }'
      : '';
  steps.push(`${parser[framing]}(${options})`);
  if (isSSE && (resequence !== undefined || protocol === 'deltas')) {
    imports.protocols.add('type ServerSentEvent');
    helpers.add(PARSE_DATA);
  }
  if (resequence !== undefined) {
    imports.deltalines.add('resequence');
    const { field, ...limits } = resequence;
    const seq = `seq: ${isSSE ? '(message) => numberOf(parseData(message))' : 'numberOf'}`;
    steps.push(`resequence({ ${[seq, ...fields(limits)].join(', ')} })`);
    helpers.add(numberOf(field));
  }
  const operator = operatorName(protocol);
  if (operator !== undefined) {
    imports.protocols.add(operator);
    steps.push(`${operator}(${name === undefined ? '' : `{ connection: ${quote(name)} }`})`);
  } else {
    imports.rxjs.add('map');
    imports.deltalines.add('type DeltaEvent');
    const delta = `${isSSE ? 'parseData(message)' : 'event'} as DeltaEvent`;
    steps.push(
      `map((${isSSE ? 'message' : 'event'}) => ${name === undefined ? delta : `nameDelta(${delta}, ${quote(name)})`})`,
    );
    if (name !== undefined) {
      helpers.add(NAME_DELTA);
    }
  }
  return steps;
}

function commitSteps(settings: Settings, imports: Imports): readonly string[] {
  const { splitJSON, commitLines, form, orderStreams, paceLines, commitBlocks, scanTranscript } = settings;
  const steps: string[] = [];
  const add = (operator: string, options: object, names = imports.deltalines) => {
    names.add(operator);
    steps.push(`${operator}(${optional(options)})`);
  };
  if (splitJSON !== undefined) {
    add('splitJSON', splitJSON, imports.json);
  }
  if (form === 'commitLines') {
    add('commitLines', commitLines);
  } else {
    const options = needsOptions(settings) ? 'options' : '';
    imports.deltalines.add('groupStreams').add('scanLines');
    imports.rxjs.add('mergeMap');
    if (needsOptions(settings)) {
      imports.deltalines.add('type CommitLinesOptions');
    }
    steps.push(`groupStreams(${options})`);
    steps.push(
      `mergeMap((stream) => stream.pipe(scanLines(stream.ref${options === '' ? '' : ', options'})))`,
    );
  }
  if (orderStreams !== undefined) {
    add('orderStreams', orderStreams);
  }
  if (paceLines !== undefined) {
    const { fixedPace, ...options } = paceLines;
    if (fixedPace !== undefined) {
      imports.deltalines.add('fixedPace');
    }
    add('paceLines', {
      ...options,
      policy: fixedPace === undefined ? undefined : new Expression(`fixedPace(${literal(fixedPace)})`),
    });
  }
  if (commitBlocks !== undefined) {
    add('commitBlocks', commitBlocks, imports.markdown);
    if (scanTranscript !== undefined) {
      add('scanBlocks', scanTranscript, imports.markdown);
    }
  } else if (scanTranscript !== undefined) {
    add('scanTranscript', scanTranscript);
  }
  return steps;
}

/** Whether the two operators share options that are worth a name. */
function needsOptions({ form, commitLines }: Settings): boolean {
  return form === 'groupStreams' && fields(commitLines).length > 0;
}

function mergeOf(
  sources: readonly { readonly parameter: string; readonly steps: readonly string[] }[],
  steps: readonly string[],
  imports: Imports,
): string {
  imports.rxjs.add('merge');
  const merged = sources.map(({ parameter, steps }) => `    ${pipeOf(parameter, steps, '    ')},`);
  return `return merge(\n${merged.join('\n')}\n  ).pipe(${stepsOf(steps, '  ', '  ).pipe();')});`;
}

function pipeOf(source: string, steps: readonly string[], indent: string): string {
  return `${source}.pipe(${stepsOf(steps, indent, `${indent}return ${source}.pipe();`)})`;
}

function stepsOf(steps: readonly string[], indent: string, around: string): string {
  const line = steps.join(', ');
  return line.length + around.length <= WIDTH
    ? line
    : `\n${steps.map((step) => `${indent}  ${step},\n`).join('')}${indent}`;
}

function parameterNames(connections: readonly Connection[]): readonly string[] {
  if (connections.length === 1) {
    return ['text'];
  }
  const names = new Set<string>();
  for (const { name } of connections) {
    const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
    const joined = words.map((word, index) =>
      index === 0 ? word : `${word[0]?.toUpperCase() ?? ''}${word.slice(1)}`,
    );
    const wanted = /^[A-Za-z]/.test(joined.join('')) ? joined.join('') : 'text';
    let unique = wanted;
    for (let number = 2; names.has(unique); number++) {
      unique = `${wanted}_${number}`;
    }
    names.add(unique);
  }
  return [...names];
}

function list(parameters: readonly string[]): string {
  const line = parameters.join(', ');
  return line.length < 40 ? line : `\n${parameters.map((parameter) => `  ${parameter},\n`).join('')}`;
}

function writeImports({ deltalines, json, markdown, protocols, rxjs }: Imports): readonly string[] {
  return [
    writeImport(deltalines, 'deltalines'),
    ...(json.size === 0 ? [] : [writeImport(json, 'deltalines/json')]),
    ...(markdown.size === 0 ? [] : [writeImport(markdown, 'deltalines/markdown')]),
    writeImport(protocols, 'deltalines/protocols'),
    writeImport(rxjs, 'rxjs'),
  ];
}

function writeImport(names: ReadonlySet<string>, source: string): string {
  const sorted = [...names].sort((some, other) => compare(bareName(some), bareName(other)));
  const line = `import { ${sorted.join(', ')} } from '${source}';`;
  return line.length <= WIDTH
    ? line
    : `import {\n${sorted.map((name) => `  ${name},\n`).join('')}} from '${source}';`;
}

function bareName(name: string): string {
  return name.replace('type ', '').toLowerCase();
}

function compare(some: string, other: string): number {
  return some < other ? -1 : 1;
}

/** A piece of code among options. */
class Expression {
  readonly code: string;

  constructor(code: string) {
    this.code = code;
  }
}

/** Options as they are given to an operator: nothing if all have their defaults. */
function optional(options: object): string {
  return fields(options).length === 0 ? '' : literal(options);
}

function fields(options: object): readonly string[] {
  return Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${literal(value)}`);
}

function literal(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'number':
      return Number.isInteger(value) ? String(value).replace(/\B(?=(?:\d{3})+$)/g, '_') : String(value);
    case 'object':
      return value instanceof Expression ? value.code : `{ ${fields(value ?? {}).join(', ')} }`;
    default:
      return String(value);
  }
}

/** Nothing in it looks like what it is not, whoever wrote the text. */
function quote(text: string): string {
  const escaped = text.replace(/[^ -~]|['\\]/g, (character) =>
    character === "'" || character === '\\'
      ? `\\${character}`
      : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `'${escaped}'`;
}

function numberOf(field: string): string {
  const isName = /^[A-Za-z_$][\w$]*$/.test(field);
  return [
    '/** What has no number passes at once. */',
    'function numberOf(event: unknown): number | undefined {',
    `  return (event as { ${isName ? field : quote(field)}?: number } | null | undefined)?.${isName ? field : `[${quote(field)}]`};`,
    '}',
  ].join('\n');
}

const PARSE_DATA = `/** The event in a server-sent event; nothing if that is not JSON. */
function parseData({ data }: ServerSentEvent): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}`;

const NAME_DELTA = `/** The name of its connection keeps an id apart from the same id of another. */
function nameDelta(event: DeltaEvent, connection: string): DeltaEvent {
  return typeof event?.id === 'string' ? { ...event, id: \`\${connection}/\${event.id}\` } : event;
}`;
