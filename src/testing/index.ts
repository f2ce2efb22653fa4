export { checkCommitLog, type CheckedLogBounds } from './checkCommitLog.js';
export { deltaMarbles, type MarbleStream, type MarbleTable } from './deltaMarbles.js';
export { interleave } from './interleave.js';
export { lose, type LoseOptions } from './lose.js';
export { recordChunks, type RecordChunksOptions } from './recordChunks.js';
export { recut } from './recut.js';
export { repeat, type RepeatOptions } from './repeat.js';
export { replayChunks, type ReplayChunksOptions } from './replayChunks.js';
export { shuffle, type ShuffleOptions } from './shuffle.js';
