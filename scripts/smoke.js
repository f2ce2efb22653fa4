import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { run, withInstalledPackage } from './installedPackage.js';

/**
 * Installs the packed package in an empty folder and uses it: imported, required, and as a command at the end of a pipe.
 * `--node 20,22` does so with these versions of Node.js instead of the one that runs this. Needs the network, and `dist/`.
 */
const { values } = parseArgs({ options: { node: { type: 'string' } } });
const versions = values.node?.split(',') ?? [process.versions.node];

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
`;

const NAMES = {
  deltalines: '{ commitLines, escapeControls }',
  'deltalines/protocols': '{ fromAnthropic, parseJSONLines }',
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

/** @type {readonly { name: string, script: string, input?: string, output: string }[]} */
const USES = [
  { name: 'import', script: 'program.mjs', output: '1 hello\n2 world\\x1b\ncomplete\n3\n' },
  { name: 'require', script: 'program.cjs', output: '1 hello\n2 world\\x1b\ncomplete\n3\n' },
  {
    name: 'the command',
    script: 'node_modules/deltalines/dist/cli.js',
    input: INPUT,
    output: 'answer msg_1/0 │ hello\\x1b[2J\nanswer msg_1/0 │ world\n',
  },
];

withInstalledPackage((folder) => {
  writeFileSync(join(folder, 'program.mjs'), [...imports, PROGRAM].join('\n'));
  writeFileSync(join(folder, 'program.cjs'), [...requires, PROGRAM].join('\n'));
  const version = run(folder, 'npx', ['--no-install', 'deltalines', '--version']);
  console.log(`deltalines ${version.trim()}`);
  for (const version of versions) {
    const node = nodeOf(version);
    const [used = ''] = node(['--version'], folder).split('\n');
    for (const { name, script, input, output } of USES) {
      const written = node([script], folder, input);
      if (written !== output) {
        throw new Error(`${name} in Node.js ${used} wrote\n${written}instead of\n${output}`);
      }
    }
    console.log(`Node.js ${used}: ${USES.map(({ name }) => name).join(', ')}`);
  }
});

/**
 * @param {string} version
 * @returns {(parameters: readonly string[], folder: string, input?: string) => string}
 */
function nodeOf(version) {
  if (version === process.versions.node) {
    return (parameters, folder, input) => run(folder, process.execPath, parameters, input);
  }
  const npx = ['--yes', '--package', `node@${version}`, '--call'];
  return (parameters, folder, input) =>
    run(folder, 'npx', [...npx, ['node', ...parameters].join(' ')], input);
}
