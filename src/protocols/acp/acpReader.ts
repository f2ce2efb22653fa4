import { isObject, readField, readList, readName, readRequestKey, readText } from '../connection/fields.js';
import { setRecent } from '../connection/leastRecent.js';
import type { ConnectionReader, DeltaOutput } from '../connection/readConnection.js';
import { type ACPKind, ACPSession } from './acpSession.js';

/** The most sessions at once. */
const MAX_SESSIONS = 1_000;

/** The most prompts without an answer that are remembered. */
const MAX_PROMPTS = 10_000;

/** Reads the messages of one connection, or the notifications and responses that the SDK extracts from them. */
export class ACPReader implements ConnectionReader {
  private readonly output: DeltaOutput<ACPKind>;
  private readonly onAnswered: () => void;
  private readonly sessions = new Map<string, ACPSession>();
  /** The sessions of unanswered prompts, by the request id. */
  private readonly prompts = new Map<string, ACPSession>();
  private sessionCount = 0;

  /** @param onAnswered - Called when a turn is answered, and for each later update. `endAnsweredTurns` is due some time after. */
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
      this.readPrompt(readRequestKey(event, 'id'), this.sessionAt(parameters));
    } else if (isObject(readField(parameters, 'toolCall'))) {
      this.sessionAt(parameters).updateTool(readField(parameters, 'toolCall'));
    } else if (readText(result, 'stopReason') !== undefined) {
      this.readAnswer(readRequestKey(event, 'id'), result);
    } else if (isObject(error)) {
      this.takePrompt(readRequestKey(event, 'id'))?.fail(error);
    }
  }

  /** Ends the streams of answered turns. */
  endAnsweredTurns(): void {
    for (const session of this.sessions.values()) {
      session.endIfAnswered();
    }
  }

  flush(): void {
    this.endAnsweredTurns();
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

  /** A response does not name its session. If its request was not seen, the response can only belong to the only session. */
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
    evicted?.endIfAnswered();
    return session;
  }
}

/** A request of the client, as JSON-RPC or as an object of the SDK. */
function isPrompt(event: unknown, parameters: unknown): boolean {
  const isNamed = readName(parameters, 'sessionId') !== undefined;
  return (
    readField(event, 'method') === 'session/prompt' || (isNamed && readList(parameters, 'prompt').length > 0)
  );
}
