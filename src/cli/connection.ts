import {
  catchError,
  EMPTY,
  identity,
  map,
  Observable,
  type OperatorFunction,
  type Subscriber,
  tap,
} from 'rxjs';

import type { DeltaEvent } from '../index.js';
import { detectProtocol, type ProtocolName, protocols } from '../protocols/index.js';
import { requestError, responseError } from './errorMessage.js';
import type { WireItem } from './framing/wireOutput.js';
import type { Input } from './input.js';
import { describeError, type Problems } from './problems.js';
import type { ReplaySchedule } from './replaySchedule.js';
import { resequenceOpenAIResponses } from './resequenceOpenAIResponses.js';
import type { Source } from './roundRobin.js';
import { TextInput } from './textInput.js';
import { WireReader } from './wireReader.js';

/** The most events that are read to detect the protocol. */
const MAX_LOOKAHEAD = 64;

/** The protocols with lines of text as events. */
const LINE_PROTOCOLS: ReadonlySet<string> = new Set<ProtocolName>(['kubernetes', 'mcp']);

/** A line that may be an event of a recorded session of an MCP server, depending on the lines after it. */
const PIPE_LINE = /^STD(?:IN|OUT|ERR):/;

/** The most broken lines of a connection that are reported individually. */
const MAX_BROKEN_LINES = 20;

export interface ConnectionOptions {
  readonly input: Input;
  /** The file as on the command line. */
  readonly file: string;
  /** The prefix of all ids; `undefined` if there is only one connection. */
  readonly name: string | undefined;
  /** The index of the connection. */
  readonly index: number;
  /** Detected from the first events if it is not given. */
  readonly protocol: ProtocolName | undefined;
  /** Delays the events until they are due. */
  readonly replay: ReplaySchedule | undefined;
  readonly problems: Problems;
  /** Called with the protocol of the connection, and the reason. */
  readonly onProtocol: (name: ProtocolName, reason: string) => void;
  /** Called with the delta events once the protocol is known. Must subscribe to them synchronously. */
  readonly connect: (deltas: Observable<DeltaEvent>) => void;
}

/** Reads the delta events of one input. */
export class Connection implements Source {
  isDone = false;
  private readonly options: ConnectionOptions;
  private readonly input: TextInput;
  private readonly reader: WireReader;
  /** The stream of the lines of text that are not events of the protocol. */
  private readonly textStream: { readonly kind: 'other'; readonly id: string };
  /** Receives the events of the connection. A `Subject` would be slower than all operators after it. */
  private subscriber: Subscriber<unknown> | undefined = undefined;
  private textSubscriber: Subscriber<DeltaEvent> | undefined = undefined;
  private isTextOpen = false;
  /** Items that were read to detect the protocol, or before they are due. */
  private readonly lookahead: WireItem[] = [];
  private protocol: ProtocolName | undefined = undefined;
  private isInterrupted = false;
  private brokenLines = 0;
  /** The number of streams that failed. */
  private failedStreams = 0;

  constructor(options: ConnectionOptions) {
    this.options = options;
    this.input = new TextInput(options.input, options.replay?.speed);
    this.textStream = { kind: 'other', id: options.name === undefined ? 'lines' : `${options.name}/lines` };
    this.reader = new WireReader((line, message) => {
      this.brokenLines++;
      if (this.brokenLines <= MAX_BROKEN_LINES) {
        options.problems.report(`${options.file}:${line}`, message);
      }
    });
  }

  get isLive(): boolean {
    return this.options.input.isLive || this.options.replay !== undefined;
  }

  take(): boolean {
    if (this.isDone || (this.protocol === undefined && !this.findProtocol())) {
      return false;
    }
    const item = this.lookahead.shift() ?? this.reader.next();
    if (item === undefined) {
      if (this.reader.isEnded) {
        this.close();
      }
      return false;
    }
    const event = item.type === 'event' ? item.event : item.text;
    if (item.type === 'text' && !LINE_PROTOCOLS.has(this.protocol ?? '')) {
      this.passText(item.text);
      return true;
    }
    if (this.replay?.isEarly(event) === true) {
      this.lookahead.unshift(item);
      return false;
    }
    this.passEvent(event);
    return true;
  }

  async refill(): Promise<void> {
    const { replay } = this;
    if (replay?.isHolding === true) {
      await replay.wait();
      return;
    }
    try {
      const text = await this.input.read();
      if (this.isInterrupted) {
        return;
      }
      if (text === undefined) {
        this.reader.end();
      } else {
        this.reader.push(text);
      }
    } catch (error) {
      this.options.problems.report(this.options.file, describeError(error));
      this.reader.end();
    }
  }

  interrupt(): void {
    const { input, replay } = this.options;
    this.isInterrupted = true;
    if (input.isLive && replay === undefined) {
      this.reader.interrupt();
    } else {
      this.close();
    }
  }

  /** A recording has the times of its chunks, so the times of its events are ignored. */
  private get replay(): ReplaySchedule | undefined {
    return this.input.isRecording ? undefined : this.options.replay;
  }

  private passEvent(event: unknown): void {
    this.endText();
    const { failedStreams } = this;
    this.subscriber?.next(event);
    // An error that failed no stream, because none was open, is reported here.
    const error = this.protocol === 'deltas' ? undefined : requestError(event);
    if (error !== undefined && failedStreams === this.failedStreams) {
      this.options.problems.report(this.options.file, error);
    }
  }

  /** Consecutive lines are one generation of a stream, so that they do not delay other streams with `--order`. */
  private passText(text: string): void {
    if (this.textSubscriber === undefined) {
      this.options.connect(
        new Observable((subscriber) => {
          this.textSubscriber = subscriber;
        }),
      );
    }
    if (!this.isTextOpen) {
      this.isTextOpen = true;
      this.textSubscriber?.next({ ...this.textStream, type: 'start' });
    }
    this.textSubscriber?.next({ ...this.textStream, type: 'delta', delta: `${text}\n` });
  }

  private endText(): void {
    if (this.isTextOpen) {
      this.isTextOpen = false;
      this.textSubscriber?.next({ ...this.textStream, type: 'end' });
    }
  }

  /** Returns whether the protocol is known. */
  private findProtocol(): boolean {
    const { protocol } = this.options;
    if (protocol !== undefined) {
      this.connect(protocol, 'chosen with --protocol');
      return true;
    }
    while (this.lookahead.length < MAX_LOOKAHEAD) {
      const item = this.reader.next();
      if (item === undefined) {
        break;
      }
      const found = detectProtocol([item.type === 'event' ? item.event : item.text]);
      if (item.type === 'text' && found.protocol === 'unknown' && !this.isHeld(item.text)) {
        this.passText(item.text);
        continue;
      }
      this.lookahead.push(item);
      if (found.protocol !== 'unknown' && found.protocol !== 'ambiguous') {
        this.connect(found.protocol, found.reason.replace('event 1', `event ${this.lookahead.length}`));
        return true;
      }
    }
    if (this.reader.isEnded || this.lookahead.length === MAX_LOOKAHEAD) {
      this.reportUnknown();
      this.close();
    }
    return false;
  }

  /** Whether a line of text, and all lines after it, must wait until the protocol is known. */
  private isHeld(text: string): boolean {
    return PIPE_LINE.test(text) || this.lookahead.some(({ type }) => type === 'text');
  }

  private reportUnknown(): void {
    const { file, problems } = this.options;
    const events: unknown[] = [];
    for (const item of this.lookahead) {
      if (item.type === 'event') {
        events.push(item.event);
      } else {
        this.passText(item.text);
      }
    }
    const error = responseError(events[0]);
    if (error !== undefined) {
      problems.report(file, error);
    } else if (events.length > 0) {
      const { protocol: what, reason } = detectProtocol(events);
      const names = Object.keys(protocols).join(', ');
      problems.report(file, `${what} protocol (${reason}); choose one with --protocol: ${names}`);
    } else if (this.textSubscriber !== undefined) {
      problems.report(file, 'plain text, and no server-sent events, JSON lines or JSON array');
    }
  }

  private connect(protocol: ProtocolName, reason: string): void {
    const { input, name, index, file, problems, connect, onProtocol } = this.options;
    const read: OperatorFunction<unknown, DeltaEvent> = protocols[protocol](
      name === undefined ? {} : { connection: name },
    );
    // The time it takes to read or replay a file is unrelated to when its events were sent.
    const gapTimeout = input.isLive ? undefined : Infinity;
    this.protocol = protocol;
    onProtocol(protocol, reason);
    connect(
      new Observable<unknown>((subscriber) => {
        this.subscriber = subscriber;
      }).pipe(
        protocol === 'openai-responses' ? resequenceOpenAIResponses(gapTimeout) : identity,
        read,
        name === undefined ? identity : map((event) => placeAt(index, event)),
        // With the protocol `deltas`, any value may be an event.
        tap((event) => {
          this.failedStreams += isFailure(event) ? 1 : 0;
        }),
        // The other connections continue.
        catchError((error: unknown) => {
          problems.report(file, describeError(error));
          return EMPTY;
        }),
      ),
    );
  }

  private close(): void {
    const { file, problems } = this.options;
    this.isDone = true;
    this.endText();
    this.textSubscriber?.complete();
    this.subscriber?.complete();
    if (this.brokenLines > MAX_BROKEN_LINES) {
      problems.report(file, `${this.brokenLines - MAX_BROKEN_LINES} more broken lines`);
    }
    this.input.close();
  }
}

function isFailure(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'type' in event && event.type === 'error';
}

/** Prepends the index of the connection to `order`, so that the streams of earlier connections sort first. */
function placeAt(index: number, event: DeltaEvent): DeltaEvent {
  if (event.type !== 'start' && event.type !== 'delta') {
    return event;
  }
  const order: unknown = event.order;
  return Array.isArray(order) ? { ...event, order: [index, ...(order as readonly number[])] } : event;
}
