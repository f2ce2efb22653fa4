import { identity, map, merge, type Observable, type OperatorFunction, share, Subject } from 'rxjs';

import {
  type Commit,
  commitLines,
  type DeltaEvent,
  orderStreams,
  type OrderStreamsOptions,
  scanTranscript,
  type Transcript,
} from '../../src/index.js';
import {
  decodeText,
  parseJSONArray,
  parseJSONLines,
  parseSSE,
  protocols,
  type ServerSentEvent,
} from '../../src/protocols/index.js';
import { resequenceOpenAIResponses } from '../../src/cli/resequenceOpenAIResponses.js';
import type { Recording } from './recordings.js';

/** What comes out at the end of the chain. */
export interface Outcome {
  readonly commits: readonly Commit[];
  readonly transcript: Transcript;
}

/** Some bytes of one of the connections. */
export interface Chunk {
  readonly connection: number;
  readonly bytes: Uint8Array;
}

/**
 * All there is between bytes and a view: framing, protocol, resequencing of numbered events, commits, order, transcript.
 *
 * The chunks arrive in this order; a connection is over with its last one.
 */
export function runChain(
  recordings: readonly Recording[],
  chunks: readonly Chunk[],
  strategy: OrderStreamsOptions['strategy'],
): Outcome {
  const connections = recordings.map((recording, number) => {
    const bytes = new Subject<Uint8Array>();
    return { bytes, events: readConnection(recording, String(number), bytes) };
  });
  const ordered = merge(...connections.map(({ events }) => events)).pipe(
    commitLines(),
    orderStreams({ strategy }),
    share(),
  );
  const commits: Commit[] = [];
  let transcript: Transcript = [];
  ordered.subscribe((commit) => {
    commits.push(commit);
  });
  ordered.pipe(scanTranscript()).subscribe((latest) => {
    transcript = latest;
  });
  const last = new Map(chunks.map(({ connection }, index) => [connection, index]));
  for (const [index, { connection, bytes }] of chunks.entries()) {
    const source = connections[connection]?.bytes;
    source?.next(bytes);
    if (last.get(connection) === index) {
      source?.complete();
    }
  }
  return { commits, transcript };
}

function readConnection(
  { framing, protocol }: Recording,
  connection: string,
  bytes: Observable<Uint8Array>,
): Observable<DeltaEvent> {
  const read: OperatorFunction<unknown, DeltaEvent> = protocols[protocol]({ connection });
  const resequenced = protocol === 'openai-responses' ? resequenceOpenAIResponses() : identity;
  return bytes.pipe(decodeText(), framings[framing](), resequenced, read);
}

const framings: Readonly<Record<Recording['framing'], () => OperatorFunction<string, unknown>>> = {
  sse: () => (text) => text.pipe(parseSSE(), map(readData)),
  jsonl: parseJSONLines,
  json: parseJSONArray,
};

/** The numbers of events can only be seen once their JSON is read. */
function readData(message: ServerSentEvent): unknown {
  try {
    return JSON.parse(message.data);
  } catch {
    return message;
  }
}
