import type * as Protocols from '../src/protocols/index.js';

/** Like `deltalines.ts`, for `deltalines/protocols`. */
const built = (await import(new URL('../dist/protocols.js', import.meta.url).href)) as typeof Protocols;

export const {
  decodeText,
  fromAGUI,
  fromAISDK,
  fromAnthropic,
  fromOpenAIChat,
  fromOpenAIResponses,
  fromResponse,
  parseSSE,
} = built;
