export type {
  CloseCommit,
  CloseReason,
  Commit,
  DropCommit,
  KindOf,
  LineCommit,
  OpenCommit,
  ReviseCommit,
  StreamRef,
  TailCommit,
} from './commits.js';
export type { CommitSummary, DurationSummary, StreamSummary } from './core/statistics/commitStatistics.js';
export { escapeControls } from './core/text/escapeControls.js';
export type { PacePolicy, WaitingLines } from './core/pace/paceQueue.js';
export type { SequenceDropReason, SequenceGap } from './core/sequence/reorderBuffer.js';
export type { Cell, Transcript } from './core/transcript/transcript.js';
export type { DeltaEvent, EndEvent, ErrorEvent, StartEvent, TextDeltaEvent } from './events.js';
export { adaptivePace, type AdaptivePaceOptions } from './pace/adaptivePace.js';
export { commitLines } from './operators/commitLines.js';
export { BufferOverflowError } from './rx/bufferOverflowError.js';
export type { DeltaStream, StreamEvent } from './rx/deltaStream.js';
export { fixedPace } from './pace/fixedPace.js';
export { joinReplay, type JoinReplayOptions, type ReplayGap } from './operators/joinReplay.js';
export { groupStreams, type GroupStreamsOptions } from './operators/groupStreams.js';
export {
  type CommitObserver,
  observeCommits,
  type ObserveCommitsOptions,
} from './operators/observeCommits.js';
export type { CommitLinesOptions, SoftCommitOptions } from './rx/options.js';
export { orderStreams, type OrderStreamsOptions } from './operators/orderStreams.js';
export { paceLines, type PaceLinesOptions } from './operators/paceLines.js';
export { resequence, type ResequenceOptions, type SequenceDrop } from './operators/resequence.js';
export { scanLines } from './operators/scanLines.js';
export { scanTranscript, type ScanTranscriptOptions } from './operators/scanTranscript.js';
