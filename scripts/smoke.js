import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { run, withInstalledPackage } from './installedPackage.js';

/**
 * Installs the packed package in an empty folder and uses it: imported, required, and as a command at the end of a pipe.
 * `--node 20,22` does so with these versions of Node.js instead of the one that runs this, and `--bun 1.3` and `--deno 2`
 * with these of Bun and Deno. Needs the network, and `dist/`.
 */
const { values } = parseArgs({
  options: { node: { type: 'string' }, bun: { type: 'string' }, deno: { type: 'string' } },
});

/**
 * @typedef {object} Runtime
 * @property {string} name
 * @property {(parameters: readonly string[], folder: string, input?: string) => string} run Runs a script, or `--version`.
 */

/** @type {Runtime[]} */
const runtimes = [
  ...versionsOf(values.node).map((version) => fromRegistry('Node.js', `node@${version}`, 'node')),
  ...versionsOf(values.bun).map((version) => fromRegistry('Bun', `bun@${version}`, 'bun')),
  ...versionsOf(values.deno).map((version) => fromRegistry('Deno', `deno@${version}`, 'deno', ['run', '-A'])),
];
if (runtimes.length === 0) {
  const own = (/** @type {readonly string[]} */ parameters, /** @type {string} */ folder, input = '') =>
    run(folder, process.execPath, parameters, input);
  runtimes.push({ name: 'Node.js', run: own });
}

const PROGRAM = `
of(
  { type: 'delta', kind: 'answer', id: '2', delta: 'wor' },
  { type: 'delta', kind: 'answer', id: '1', delta: 'hello\\n' },
  { type: 'end', kind: 'answer', id: '1' },
  { type: 'delta', kind: 'answer', id: '2', delta: 'ld\\u001b' },
)
  .pipe(commitLines())
  .subscribe(({ type, stream, text }) => {
    if (type === 'line') console.log(stream.id, escapeControls(text));
  });
of('{"type":"message_start","message":{"id":"msg"}}\\n')
  .pipe(parseJSONLines(), fromAnthropic())
  .subscribe({ complete: () => console.log('complete') });
console.log(interleave(1, [[1, 2], [3]]).length);
console.log([splitJSON, commitBlocks, readCommits].map((each) => typeof each).join());
`;

const NAMES = {
  deltalines: '{ commitLines, escapeControls }',
  'deltalines/protocols': '{ fromAnthropic, parseJSONLines }',
  'deltalines/json': '{ splitJSON }',
  'deltalines/log': '{ readCommits }',
  'deltalines/markdown': '{ commitBlocks }',
  'deltalines/testing': '{ interleave }',
  rxjs: '{ of }',
};
const imports = Object.entries(NAMES).map(([from, names]) => `import ${names} from '${from}';`);
const requires = Object.entries(NAMES).map(([from, names]) => `const ${names} = require('${from}');`);

const INPUT = `data: {"type":"message_start","message":{"id":"msg_1"}}

data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"hello\\u001b[2J\\nworld"}}

data: {"type":"content_block_stop","index":0}

data: {"type":"message_stop"}

`;

const OUTPUT = '1 hello\n2 world\\x1b\ncomplete\n3\nfunction,function,function\n';

/** @type {readonly { name: string, script: string, input?: string, output: string }[]} */
const USES = [
  { name: 'import', script: 'program.mjs', output: OUTPUT },
  { name: 'require', script: 'program.cjs', output: OUTPUT },
  {
    name: 'the command',
    script: 'node_modules/deltalines/dist/cli.js',
    input: INPUT,
    output: 'answer msg_1 │ hello\\x1b[2J\nanswer msg_1 │ world\n',
  },
];

withInstalledPackage((folder) => {
  writeFileSync(join(folder, 'program.mjs'), [...imports, PROGRAM].join('\n'));
  writeFileSync(join(folder, 'program.cjs'), [...requires, PROGRAM].join('\n'));
  const version = run(folder, 'npx', ['--no-install', 'deltalines', '--version']);
  console.log(`deltalines ${version.trim()}`);
  for (const { name, run: execute } of runtimes) {
    const [used = ''] = execute(['--version'], folder).split('\n');
    for (const { name: what, script, input, output } of USES) {
      const written = execute([script], folder, input);
      if (written !== output) {
        throw new Error(`${what} in ${name} ${used} wrote\n${written}instead of\n${output}`);
      }
    }
    console.log(`${name} ${used}: ${USES.map(({ name: what }) => what).join(', ')}`);
  }
});

/** @param {string | undefined} list */
function versionsOf(list) {
  return list?.split(',') ?? [];
}

/**
 * A runtime that is a package.
 *
 * @param {string} name
 * @param {string} runtime The package.
 * @param {string} command
 * @param {readonly string[]} [options] What is before a script.
 * @returns {Runtime}
 */
function fromRegistry(name, runtime, command, options = []) {
  const npx = ['--yes', '--package', runtime, '--call'];
  return {
    name,
    run: ([first = '', ...rest], folder, input) => {
      const parameters = first.startsWith('--') ? [first] : [...options, first, ...rest];
      return run(folder, 'npx', [...npx, [command, ...parameters].join(' ')], input);
    },
  };
}
