import { from, type OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../src/events.js';
import { type Contender, countCharacters } from '../contender.js';
import { commitLines } from '../deltalines.js';
import { decodeText, fromAnthropic, fromOpenAIChat, fromOpenAIResponses, parseSSE } from '../protocols.js';
import { type WireAnswer, wireBytes, type WireProtocol } from '../wireBytes.js';

export const READERS: Readonly<Record<WireProtocol, () => OperatorFunction<unknown, DeltaEvent>>> = {
  responses: fromOpenAIResponses,
  chat: fromOpenAIChat,
  anthropic: fromAnthropic,
};

/** The whole way from the bytes of a network to commits. */
export default function bytesToCommits(answer: WireAnswer): Contender {
  const chunks = wireBytes(answer);
  const reader = READERS[answer.protocol];
  return {
    run: () => countCharacters(from(chunks).pipe(decodeText(), parseSSE(), reader(), commitLines())),
  };
}
