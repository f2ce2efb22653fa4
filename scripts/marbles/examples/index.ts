import type { Example } from '../recording.js';
import { example as commitBlocks } from './commitBlocks.js';
import { example as commitLines } from './commitLines.js';
import { example as groupStreams } from './groupStreams.js';
import { example as joinReplay } from './joinReplay.js';
import { example as observeCommits } from './observeCommits.js';
import { example as orderStreams } from './orderStreams.js';
import { example as paceLines } from './paceLines.js';
import { example as resequence } from './resequence.js';
import { example as scanBlocks } from './scanBlocks.js';
import { example as scanJSON } from './scanJSON.js';
import { example as scanLines } from './scanLines.js';
import { example as scanTranscript } from './scanTranscript.js';
import { example as splitJSON } from './splitJSON.js';

export const examples: readonly Example[] = [
  commitLines,
  groupStreams,
  scanLines,
  resequence,
  joinReplay,
  orderStreams,
  paceLines,
  scanTranscript,
  observeCommits,
  commitBlocks,
  scanBlocks,
  scanJSON,
  splitJSON,
];
