/** The kinds of streams that `fromCodex` emits. */
export type CodexKind = 'answer' | 'reasoning' | 'tool' | 'stdout' | 'stderr' | 'output';
