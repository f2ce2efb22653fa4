import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { run, withInstalledPackage } from './installedPackage.js';

/**
 * Compiles a program that uses the published declarations, with each version of TypeScript, as an ES module, as CommonJS,
 * for a bundler and, where that still exists, with the old way to find modules. No declaration is skipped. Needs the
 * network, and `dist/`.
 */
const VERSIONS = ['5.4', '5.5', '5.6', '5.7', '5.8', '5.9', '6.0', '7.0'];

const PROGRAM = `
import {
  commitLines,
  type Commit,
  type DeltaEvent,
  type DeltaStream,
  escapeControls,
  groupStreams,
  type LineCommit,
  orderStreams,
  paceLines,
  resequence,
  scanLines,
  scanTranscript,
  type Transcript,
} from 'deltalines';
import { fromAnthropic, fromOpenAIResponses, parseSSE, type AnthropicKind } from 'deltalines/protocols';
import { recut } from 'deltalines/testing';
import { filter, map, mergeMap, Observable, of } from 'rxjs';

type Kind = 'answer' | 'reasoning';

const events: Observable<DeltaEvent<Kind>> = of<DeltaEvent<Kind>[]>(
  { type: 'start', kind: 'answer', id: '1', order: [0] },
  { type: 'delta', kind: 'reasoning', id: '1', delta: 'one' },
  { type: 'end', kind: 'answer', id: '1', text: 'one' },
  { type: 'error', kind: 'answer', id: '2', error: new Error() },
);
export const commits: Observable<Commit<Kind>> = events.pipe(
  commitLines({ idleTimeout: 1000, softCommit: { chars: 80 }, reconcile: 'keep' }),
  orderStreams({ strategy: 'grouped' }),
  paceLines({ interval: 20 }),
);
export const composed: Observable<Commit<Kind>> = events.pipe(
  groupStreams({ onDrop: (drop) => console.log(drop.reason) }),
  mergeMap((stream: DeltaStream<Kind>) => stream.pipe(scanLines(stream.ref))),
);
export const lines: Observable<string> = commits.pipe(
  filter((commit): commit is LineCommit<Kind> => commit.type === 'line'),
  map(({ text }) => escapeControls(text)),
);
export const view: Observable<Transcript<Kind>> = commits.pipe(scanTranscript({ every: 16 }));
export const answers: Observable<Commit<AnthropicKind>> = of('data: {}').pipe(
  parseSSE(),
  fromAnthropic({ connection: 'a' }),
  commitLines(),
);
export const ordered = of({ sequence_number: 1 }).pipe(
  resequence({ seq: (event) => event.sequence_number }),
  fromOpenAIResponses(),
);
export const again: readonly DeltaEvent<Kind>[] = recut(1, [{ type: 'delta', kind: 'answer', id: '1', delta: 'a' }]);

// @ts-expect-error The strategy is one of two.
orderStreams({ strategy: 'random' });
// @ts-expect-error A commit has no kind of its own.
commits.subscribe((commit) => commit.kind);
`;

const STRICT = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  noEmit: true,
  target: 'ES2022',
  lib: ['ES2022', 'DOM'],
  types: [],
};

/** @type {readonly { name: string, file: string, options: Record<string, string>, until?: string }[]} */
const PROJECTS = [
  { name: 'ES module', file: 'program.mts', options: { module: 'NodeNext' } },
  { name: 'CommonJS', file: 'program.cts', options: { module: 'NodeNext' } },
  { name: 'bundler', file: 'program.ts', options: { module: 'ESNext', moduleResolution: 'Bundler' } },
  {
    name: 'node10',
    file: 'program.ts',
    options: { module: 'CommonJS', moduleResolution: 'Node10' },
    until: '5.9',
  },
];

withInstalledPackage((folder) => {
  for (const [index, { file, options }] of PROJECTS.entries()) {
    const project = join(folder, String(index));
    mkdirSync(project);
    writeFileSync(join(project, file), PROGRAM);
    writeFileSync(
      join(project, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { ...STRICT, ...options }, files: [file] }),
    );
  }
  for (const version of VERSIONS) {
    const projects = [...PROJECTS.entries()].filter(
      ([, { until }]) => until === undefined || version <= until,
    );
    const commands = ['tsc --version', ...projects.map(([index]) => `tsc --project ${index}`)];
    const compiler = ['--yes', '--package', `typescript@${version}`];
    const [used] = run(folder, 'npx', [...compiler, '--call', commands.join(' && ')]).split('\n');
    console.log(`${used}: ${projects.map(([, { name }]) => name).join(', ')}`);
  }
});
