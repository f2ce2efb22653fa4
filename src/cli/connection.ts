import { StringDecoder } from 'node:string_decoder';
import { catchError, EMPTY, identity, map, Observable, type Subscriber } from 'rxjs';

import type { DeltaEvent } from '../index.js';
import { detectProtocol, type ProtocolName } from '../protocols/index.js';
import type { Input } from './input.js';
import { describeError, type Problems } from './problems.js';
import { protocolNames, protocols } from './protocols.js';
import type { Replay } from './replay.js';
import type { Source } from './takeTurns.js';
import { WireReader } from './wireReader.js';

/** The most events that are looked at to find out the protocol. */
const MAX_LOOKAHEAD = 64;

/** The most broken lines of a connection that are told one by one. */
const MAX_BROKEN_LINES = 20;

export interface ConnectionOptions {
  readonly input: Input;
  /** The file as it was written on the command line. */
  readonly file: string;
  /** What is put before each id; nothing if there is one connection only. */
  readonly name: string | undefined;
  /** Its place among the connections. */
  readonly index: number;
  /** Found out from the first events if it is not given. */
  readonly protocol: ProtocolName | undefined;
  /** Holds the events back until it is their time. */
  readonly replay: Replay | undefined;
  readonly problems: Problems;
  /** Told which protocol the connection has, and why. */
  readonly onProtocol: (name: ProtocolName, reason: string) => void;
  /** Gets the delta events once the protocol is known, and has to subscribe to them at once. */
  readonly connect: (deltas: Observable<DeltaEvent>) => void;
}

/** Makes delta events of the bytes of one input. */
export class Connection implements Source {
  isOver = false;
  private readonly options: ConnectionOptions;
  private readonly decoder = new StringDecoder('utf8');
  private readonly reader: WireReader;
  /** Takes the events of the wire. A `Subject` would be slower than all operators that follow. */
  private subscriber: Subscriber<unknown> | undefined = undefined;
  /** Events that were read to find out the protocol, or too early, and wait for their turn. */
  private readonly lookahead: unknown[] = [];
  private isConnected = false;
  private hasText = false;
  private brokenLines = 0;

  constructor(options: ConnectionOptions) {
    this.options = options;
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
    if (!this.isConnected && !this.findProtocol()) {
      return false;
    }
    const event = this.lookahead.length > 0 ? this.lookahead.shift() : this.reader.next();
    if (event === undefined) {
      if (this.reader.isEnded) {
        this.close();
      }
      return false;
    }
    if (this.options.replay?.isEarly(event) === true) {
      this.lookahead.unshift(event);
      return false;
    }
    this.subscriber?.next(event);
    return true;
  }

  async refill(): Promise<void> {
    const { replay } = this.options;
    if (replay?.isHolding === true) {
      await replay.wait();
      return;
    }
    try {
      const bytes = await this.options.input.read();
      if (bytes === undefined) {
        this.endText();
      } else {
        this.pushText(this.decoder.write(bytes));
      }
    } catch (error) {
      this.options.problems.report(this.options.file, describeError(error));
      this.endText();
    }
  }

  private pushText(text: string): void {
    const isMarked = !this.hasText && text.startsWith('\ufeff');
    this.hasText ||= text !== '';
    this.reader.push(isMarked ? text.slice(1) : text);
  }

  private endText(): void {
    this.pushText(this.decoder.end());
    this.reader.end();
  }

  /** Tells whether the protocol is known now. */
  private findProtocol(): boolean {
    const { protocol, file, problems } = this.options;
    if (protocol !== undefined) {
      this.connect(protocol, 'chosen with --protocol');
      return true;
    }
    while (this.lookahead.length < MAX_LOOKAHEAD) {
      const event = this.reader.next();
      if (event === undefined) {
        break;
      }
      this.lookahead.push(event);
      const found = detectProtocol([event]);
      if (found.protocol !== 'unknown' && found.protocol !== 'ambiguous') {
        this.connect(found.protocol, found.reason.replace('event 1', `event ${this.lookahead.length}`));
        return true;
      }
    }
    if (this.reader.isEnded || this.lookahead.length === MAX_LOOKAHEAD) {
      if (this.lookahead.length > 0) {
        const { protocol: what, reason } = detectProtocol(this.lookahead);
        const names = protocolNames.join(', ');
        problems.report(file, `${what} protocol (${reason}); choose one with --protocol: ${names}`);
      }
      this.close();
    }
    return false;
  }

  private connect(protocol: ProtocolName, reason: string): void {
    const { input, name, index, file, problems, connect, onProtocol } = this.options;
    const read = protocols[protocol];
    this.isConnected = true;
    onProtocol(protocol, reason);
    connect(
      new Observable<unknown>((subscriber) => {
        this.subscriber = subscriber;
      }).pipe(
        read({
          ...(name === undefined ? {} : { connection: name }),
          // How long it takes to read or to replay a file says nothing about when its events were sent.
          ...(input.isLive ? {} : { gapTimeout: Infinity }),
        }),
        name === undefined ? identity : map((event) => placeAt(index, event)),
        // The other connections go on.
        catchError((error: unknown) => {
          problems.report(file, describeError(error));
          return EMPTY;
        }),
      ),
    );
  }

  private close(): void {
    const { input, file, problems } = this.options;
    this.isOver = true;
    this.subscriber?.complete();
    if (this.brokenLines > MAX_BROKEN_LINES) {
      problems.report(file, `${this.brokenLines - MAX_BROKEN_LINES} more broken lines`);
    }
    input.close();
  }
}

/** Streams that tell their place come after those of the connections before theirs. */
function placeAt(index: number, event: DeltaEvent): DeltaEvent {
  if (event.type !== 'start' && event.type !== 'delta') {
    return event;
  }
  const order: unknown = event.order;
  return Array.isArray(order) ? { ...event, order: [index, ...(order as readonly number[])] } : event;
}
