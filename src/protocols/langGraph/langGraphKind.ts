/** The kinds of streams that `fromLangGraph` emits. */
export type LangGraphKind = 'answer' | 'reasoning' | 'tool' | 'output' | 'input';
