/** The kinds of streams that `fromRealtime` emits. */
export type RealtimeKind = 'answer' | 'transcript' | 'input' | 'reasoning' | 'tool' | 'code' | 'output';
