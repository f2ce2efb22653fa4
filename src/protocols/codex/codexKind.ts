/** The kinds of streams that `fromCodex` tells apart. */
export type CodexKind = 'answer' | 'reasoning' | 'tool' | 'stdout' | 'stderr' | 'output';
