/** The kinds of streams that `fromLangGraph` tells apart. */
export type LangGraphKind = 'answer' | 'reasoning' | 'tool' | 'output' | 'input';
