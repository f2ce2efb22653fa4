import { parseArguments } from './arguments.js';
import { run } from './run.js';

await run(parseArguments(process.argv.slice(2)));
