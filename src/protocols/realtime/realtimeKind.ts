/** The kinds of streams that `fromRealtime` tells apart. */
export type RealtimeKind = 'answer' | 'transcript' | 'input' | 'reasoning' | 'tool' | 'code' | 'output';
