import {
  isObject,
  readField,
  readList,
  readName,
  readRequestKey,
  readText,
  stringifyJSON,
} from '../connection/fields.js';
import { setRecent } from '../connection/leastRecent.js';
import type { ConnectionReader, DeltaOutput } from '../connection/readConnection.js';
import { parsePipeLine } from './pipeLine.js';

/** The kinds of streams that `fromMCP` emits. */
export type MCPKind = 'answer' | 'tool' | 'output' | 'input' | 'stdout' | 'stderr' | 'other';

interface Call {
  readonly number: number;
  readonly token: string | undefined;
  hasProgress: boolean;
}

/** The most calls without a result that are remembered. */
const MAX_CALLS = 10_000;

/** Reads the messages of one connection. Request ids start again with each session, so calls are numbered. */
export class MCPReader implements ConnectionReader {
  private readonly output: DeltaOutput<MCPKind>;
  private callCount = 0;
  /** The calls without a result, by the id of the request. */
  private readonly calls = new Map<string, Call>();
  /** These calls by their progress token, and calls of which only the progress was seen. */
  private readonly callsByToken = new Map<string, Call>();

  constructor(output: DeltaOutput<MCPKind>) {
    this.output = output;
  }

  read(event: unknown): void {
    if (typeof event === 'string') {
      this.readLine(event);
      return;
    }
    const batch = readList({ batch: event }, 'batch');
    for (const message of batch.length === 0 ? [event] : batch) {
      this.readMessage(message);
    }
  }

  private readLine(line: string): void {
    const pipeLine = parsePipeLine(line);
    if (pipeLine === undefined) {
      this.emit('other', 'lines', asLine(line));
    } else {
      this.emit(pipeLine.kind, 'stdio', asLine(pipeLine.text));
    }
  }

  private readMessage(message: unknown): void {
    const parameters = readField(message, 'params');
    switch (readField(message, 'method')) {
      case 'tools/call':
        this.beginCall(readRequestKey(message, 'id'), parameters);
        break;
      case 'notifications/progress':
        this.readProgress(readRequestKey(parameters, 'progressToken'), readName(parameters, 'message'));
        break;
      case 'notifications/message':
        this.readLog(readName(parameters, 'logger'), readField(parameters, 'data'));
        break;
      case 'notifications/cancelled':
        this.endCall(readRequestKey(parameters, 'requestId'), 'cancelled');
        break;
      case undefined:
        this.readResponse(readRequestKey(message, 'id'), message);
        break;
    }
  }

  private beginCall(key: string | undefined, parameters: unknown): void {
    if (key === undefined) {
      return;
    }
    this.endCall(key);
    const call = this.createCall(readRequestKey(readField(parameters, '_meta'), 'progressToken'));
    setRecent(this.calls, key, call, MAX_CALLS);
    const json = stringifyJSON(readField(parameters, 'arguments')) ?? '';
    this.emit('tool', String(call.number), json, [call.number, 0]);
    this.output.end('tool', this.idOf(String(call.number)));
  }

  private readProgress(token: string | undefined, text: string | undefined): void {
    if (token === undefined || text === undefined) {
      return;
    }
    const call = this.callsByToken.get(token) ?? this.createCall(token);
    this.emit(
      'output',
      `${call.number}/progress`,
      asLine(text),
      call.hasProgress ? undefined : [call.number, 1],
    );
    call.hasProgress = true;
  }

  private readLog(logger: string | undefined, data: unknown): void {
    const text = typeof data === 'string' ? data : messageOf(data);
    if (text !== undefined) {
      this.emit('output', logger === undefined ? 'log' : `log/${logger}`, asLine(text));
    }
  }

  private readResponse(key: string | undefined, message: unknown): void {
    const result = readField(message, 'result');
    const error = readField(message, 'error');
    if (isObject(result)) {
      const texts = textsOf(result);
      const answer = readField(result, 'content');
      const finishReason = readField(result, 'isError') === true ? 'isError' : undefined;
      if (texts.length > 0) {
        const { number } = this.endCall(key) ?? this.createCall(undefined);
        texts.forEach((text, index) => {
          this.emitWhole('output', `${number}/${index}`, text, [number, 2, index], finishReason);
        });
      } else if (readText(result, 'role') !== undefined && readText(answer, 'text') !== undefined) {
        const { number } = this.createCall(undefined);
        this.emitWhole(
          'answer',
          String(number),
          readText(answer, 'text') ?? '',
          [number],
          readText(result, 'stopReason'),
        );
      } else {
        this.endCall(key);
      }
    } else if (isObject(error)) {
      this.failCall(key, error);
    }
  }

  private createCall(token: string | undefined): Call {
    this.callCount++;
    const call = { number: this.callCount, token, hasProgress: false };
    if (token !== undefined) {
      setRecent(this.callsByToken, token, call, MAX_CALLS);
    }
    return call;
  }

  /** Most clients use the request id as the progress token. */
  private takeCall(key: string | undefined): Call | undefined {
    const call = key === undefined ? undefined : (this.calls.get(key) ?? this.callsByToken.get(key));
    if (key !== undefined && call !== undefined) {
      this.calls.delete(key);
      if (call.token !== undefined && this.callsByToken.get(call.token) === call) {
        this.callsByToken.delete(call.token);
      }
    }
    return call;
  }

  private endCall(key: string | undefined, finishReason?: string): Call | undefined {
    const call = this.takeCall(key);
    if (call?.hasProgress === true) {
      this.output.end('output', this.idOf(`${call.number}/progress`), undefined, finishReason);
    }
    return call;
  }

  private failCall(key: string | undefined, error: unknown): void {
    const { number, hasProgress } = this.takeCall(key) ?? this.createCall(undefined);
    this.output.error('output', this.idOf(hasProgress ? `${number}/progress` : `${number}/0`), error);
  }

  private emit(kind: MCPKind, id: string, text: string, order?: readonly number[]): void {
    this.output.delta(kind, this.idOf(id), text, order);
  }

  private emitWhole(
    kind: MCPKind,
    id: string,
    text: string,
    order: readonly number[],
    finishReason: string | undefined,
  ): void {
    this.emit(kind, id, text, order);
    this.output.end(kind, this.idOf(id), undefined, finishReason);
  }

  private idOf(id: string): string {
    return `${this.output.prefix}${id}`;
  }
}

/** The texts of the result of a tool or of the contents of a resource. */
function textsOf(result: unknown): readonly string[] {
  const texts = [...readList(result, 'content'), ...readList(result, 'contents')]
    .map((block) => readText(block, 'text') ?? readText(readField(block, 'resource'), 'text'))
    .filter((text) => text !== undefined);
  const structured = readField(result, 'structuredContent');
  const json = texts.length === 0 && isObject(structured) ? stringifyJSON(structured) : undefined;
  return json === undefined ? texts : [json];
}

/** Servers log a text, or an object that usually has a message. */
function messageOf(data: unknown): string | undefined {
  return readText(data, 'msg') ?? readText(data, 'message') ?? stringifyJSON(data);
}

function asLine(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
