import { readField, readList, readName, readText } from '../connection/fields.js';
import { setRecent } from '../connection/leastRecent.js';
import type { ConnectionReader, DeltaOutput } from '../connection/readConnection.js';
import { type ACPKind, ACPSession } from './acpSession.js';

/** The most sessions that are known at once. */
const MAX_SESSIONS = 1_000;

/** The most prompts without an answer that are remembered. */
const MAX_PROMPTS = 10_000;

/** Reads the messages of one connection, and the notifications and answers that the SDK takes out of them. */
export class ACPReader implements ConnectionReader {
  private readonly output: DeltaOutput<ACPKind>;
  private readonly onAnswered: () => void;
  private readonly sessions = new Map<string, ACPSession>();
  /** The sessions of the prompts that are not answered, by the ids of the requests. */
  private readonly prompts = new Map<string, ACPSession>();
  private sessionCount = 0;

  /** `onAnswered` is called when a turn is answered, and for each late update: `settle` is due some time after. */
  constructor(output: DeltaOutput<ACPKind>, onAnswered: () => void) {
    this.output = output;
    this.onAnswered = onAnswered;
  }

  read(event: unknown): void {
    const parameters = readField(event, 'params') ?? event;
    const update = readField(parameters, 'update') ?? parameters;
    const result = readField(event, 'result') ?? event;
    const error = readField(event, 'error');
    if (readText(update, 'sessionUpdate') !== undefined) {
      this.readUpdate(this.sessionAt(parameters), update);
    } else if (isPrompt(event, parameters)) {
      this.readPrompt(keyOf(event), this.sessionAt(parameters));
    } else if (isObject(readField(parameters, 'toolCall'))) {
      this.sessionAt(parameters).updateTool(readField(parameters, 'toolCall'));
    } else if (readText(result, 'stopReason') !== undefined) {
      this.readAnswer(keyOf(event), result);
    } else if (isObject(error)) {
      this.takePrompt(keyOf(event))?.fail(error);
    }
  }

  /** Ends the streams of the turns that are answered. */
  settle(): void {
    for (const session of this.sessions.values()) {
      session.settle();
    }
  }

  flush(): void {
    this.settle();
    for (const session of this.sessions.values()) {
      session.emitInputs();
    }
  }

  private readUpdate(session: ACPSession, update: unknown): void {
    session.update(update);
    if (session.isAnswered) {
      this.onAnswered();
    }
  }

  private readPrompt(key: string | undefined, session: ACPSession): void {
    session.beginTurn();
    if (key !== undefined) {
      setRecent(this.prompts, key, session, MAX_PROMPTS);
    }
  }

  private readAnswer(key: string | undefined, result: unknown): void {
    const session = this.takePrompt(key) ?? this.answeredSession(result);
    if (session !== undefined) {
      session.answer(readText(result, 'stopReason'));
      this.onAnswered();
    }
  }

  /** An answer does not name its session, so without its request it can only belong to the single one. */
  private answeredSession(result: unknown): ACPSession | undefined {
    const name = readName(result, 'sessionId');
    if (name !== undefined) {
      return this.sessions.get(name);
    }
    const [only, another] = this.sessions.values();
    return another === undefined ? only : undefined;
  }

  private takePrompt(key: string | undefined): ACPSession | undefined {
    const session = key === undefined ? undefined : this.prompts.get(key);
    if (key !== undefined) {
      this.prompts.delete(key);
    }
    return session;
  }

  private sessionAt(parameters: unknown): ACPSession {
    const name = readName(parameters, 'sessionId') ?? '-';
    let session = this.sessions.get(name);
    if (session === undefined) {
      this.sessionCount++;
      session = new ACPSession(this.output, name, this.sessionCount);
    }
    const evicted = setRecent(this.sessions, name, session, MAX_SESSIONS);
    evicted?.settle();
    return session;
  }
}

/** A request of the client, as JSON-RPC or as the SDK has it. */
function isPrompt(event: unknown, parameters: unknown): boolean {
  const isNamed = readName(parameters, 'sessionId') !== undefined;
  return (
    readField(event, 'method') === 'session/prompt' || (isNamed && readList(parameters, 'prompt').length > 0)
  );
}

/** The id of a request: the number 1 and the text "1" are two. */
function keyOf(event: unknown): string | undefined {
  const id = readField(event, 'id');
  return typeof id === 'string' || typeof id === 'number' ? JSON.stringify(id) : undefined;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
