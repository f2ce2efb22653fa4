import { parseArguments } from './arguments.js';
import { record } from './record.js';
import { run } from './run.js';

const parsed = parseArguments(process.argv.slice(2));
await (parsed.command === 'record' ? record(parsed.options) : run(parsed.options));
