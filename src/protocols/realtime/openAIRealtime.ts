import { readField, readIndex, readList, readName, readText } from '../connection/fields.js';
import { MAX_STREAMS, setRecent } from '../connection/leastRecent.js';
import { OpenStreams } from '../connection/openStreams.js';
import type { DeltaOutput } from '../connection/readConnection.js';
import type { RealtimeKind } from './realtimeKind.js';
import { RealtimeResponse } from './realtimeResponse.js';

/** A type of text: its kind, and the field with the full text. */
interface TextRule {
  readonly kind: RealtimeKind;
  readonly final: string;
}

/** By the type of the events without `.delta` and `.done`. The second name of a text is its name in the beta. */
const RULES: ReadonlyMap<string, TextRule> = /* @__PURE__ */ new Map<string, TextRule>([
  ['response.output_text', { kind: 'answer', final: 'text' }],
  ['response.text', { kind: 'answer', final: 'text' }],
  ['response.output_audio_transcript', { kind: 'transcript', final: 'transcript' }],
  ['response.audio_transcript', { kind: 'transcript', final: 'transcript' }],
  ['response.function_call_arguments', { kind: 'tool', final: 'arguments' }],
  ['response.mcp_call_arguments', { kind: 'tool', final: 'arguments' }],
  ['response.reasoning_summary_text', { kind: 'reasoning', final: 'text' }],
]);

/** The most items of the user without a transcript. */
const MAX_PLACES = 1000;

/** Reads the events of the Realtime API of OpenAI (conversations, transcriptions and translations), and of GPT-Live. */
export class OpenAIRealtime {
  private readonly output: DeltaOutput<RealtimeKind>;
  private readonly inputs: OpenStreams<RealtimeKind>;
  /** The open streams of a translation or of GPT-Live, which has one of each kind. */
  private readonly translations = new Set<RealtimeKind>();
  private readonly responses = new Map<string, RealtimeResponse>();
  /** The latest response, if it is not done. */
  private current: RealtimeResponse | undefined = undefined;
  private lastDoneId: string | undefined = undefined;
  /** The current response of each delegation of GPT-Live. */
  private readonly delegations = new Map<string, string>();
  /** The places of items in the conversation, from when they are committed, because transcripts of the user arrive late. */
  private readonly places = new Map<string, number>();
  private placeCount = 0;
  private sessionId: string | undefined = undefined;
  private sessionCount = 0;
  /** The id of an input without an item, which some servers send. */
  private unnamedInput: string | undefined = undefined;

  constructor(output: DeltaOutput<RealtimeKind>) {
    this.output = output;
    this.inputs = new OpenStreams(output);
  }

  read(type: string, event: unknown): void {
    if (this.readTexts(type, event, readName(event, 'response_id'))) {
      return;
    }
    switch (type) {
      case 'session.created':
      case 'session.started':
      case 'transcription_session.created':
        this.endAll();
        this.beginSession(readName(readField(event, 'session'), 'id'));
        break;
      case 'session.closed':
        this.endAll();
        break;
      case 'session.input_transcript.delta':
        this.translate('input', event, 0);
        break;
      case 'session.output_transcript.delta':
        this.translate('transcript', event, 1);
        break;
      case 'input_audio_buffer.committed':
        this.placeOf(readName(event, 'item_id'));
        break;
      case 'conversation.item.added':
      case 'conversation.item.created':
        this.placeItem(readField(event, 'item'));
        break;
      case 'response.event':
        this.readDelegated(readName(event, 'delegation_id'), readField(event, 'event'));
        break;
      case 'error':
        this.fail(readField(event, 'error') ?? event);
        break;
      default:
        this.readInput(type, event);
        this.readResponse(type, event);
    }
  }

  /** Ends the texts whose full text has arrived before the end of their item. */
  flush(): void {
    for (const response of this.responses.values()) {
      response.flush();
    }
  }

  /** Returns whether the event belongs to the texts of the response with this id. */
  private readTexts(type: string, event: unknown, id: string | undefined): boolean {
    const [, name = '', suffix] = /^(.*)\.(delta|done)$/.exec(type) ?? [];
    const rule = RULES.get(name);
    if (rule !== undefined) {
      const { kind, final } = rule;
      const response = this.responseWith(id);
      if (suffix === 'delta') {
        response.append(kind, event, readText(event, 'delta'));
      } else {
        response.finish(kind, event, readText(event, final));
      }
      return true;
    }
    switch (type) {
      case 'response.content_part.done': {
        const part = readField(event, 'part');
        this.responseWith(id).finish('answer', event, readText(part, 'text'));
        this.responseWith(id).finish('transcript', event, readText(part, 'transcript'));
        return true;
      }
      case 'response.output_item.done':
        this.responseWith(id).endItem(event, readField(event, 'item'));
        return true;
      default:
        return false;
    }
  }

  /** Reads an event of the Responses API in the envelope of GPT-Live, which names the delegation, not the response. */
  private readDelegated(delegation: string | undefined, event: unknown): void {
    const key = delegation ?? '';
    const id = this.delegations.get(key) ?? delegation;
    const type = readText(event, 'type') ?? '';
    const response = readField(event, 'response');
    switch (type) {
      case 'response.created': {
        const created = readName(response, 'id');
        if (created !== undefined) {
          setRecent(this.delegations, key, created, MAX_STREAMS);
        }
        break;
      }
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
        this.delegations.delete(key);
        this.endResponse(response);
        break;
      default:
        this.readTexts(type, event, id);
    }
  }

  private readInput(type: string, event: unknown): void {
    const [, name] = /^conversation\.item\.input_audio_transcription\.(\w+)$/.exec(type) ?? [];
    const item = readName(event, 'item_id');
    switch (name) {
      case 'delta': {
        const delta = readText(event, 'delta');
        if (delta !== undefined && delta !== '') {
          this.inputs.append('input', this.inputIdOf(event, item), delta, this.inputOrderOf(event, item));
        }
        break;
      }
      case 'completed': {
        const text = readName(event, 'transcript');
        this.inputs.end('input', this.inputIdOf(event, item), text, this.inputOrderOf(event, item));
        this.endInput(item);
        break;
      }
      case 'failed':
        this.inputs.fail('input', this.inputIdOf(event, item), readField(event, 'error') ?? event);
        this.endInput(item);
        break;
      default:
        break;
    }
  }

  private readResponse(type: string, event: unknown): void {
    switch (type) {
      case 'response.created':
        this.create(readName(readField(event, 'response'), 'id'));
        break;
      case 'response.done':
        this.endResponse(readField(event, 'response'));
        break;
    }
  }

  private translate(kind: RealtimeKind, event: unknown, side: number): void {
    const delta = readText(event, 'delta');
    if (delta !== undefined && delta !== '') {
      const id = this.sessionId ?? this.beginSession(undefined);
      const isOpen = this.translations.has(kind);
      this.translations.add(kind);
      this.output.delta(kind, id, delta, isOpen ? undefined : [this.sessionCount, side]);
    }
  }

  private beginSession(id: string | undefined): string {
    this.sessionCount++;
    this.sessionId = `${this.output.prefix}${id ?? this.sessionCount}`;
    return this.sessionId;
  }

  private create(id: string | undefined): void {
    const known = id === undefined ? undefined : this.responses.get(id);
    // Responses may overlap if their events name them.
    if (this.current !== undefined && known === undefined && !this.current.isAddressed) {
      this.current.end(undefined, undefined);
      this.responses.delete(this.current.id);
    }
    this.current = known ?? this.begin(id);
  }

  private begin(id: string | undefined): RealtimeResponse {
    this.placeCount++;
    const response = new RealtimeResponse(this.output, id ?? String(this.placeCount), this.placeCount);
    setRecent(this.responses, response.id, response, MAX_STREAMS)?.flush();
    return response;
  }

  private responseWith(id: string | undefined): RealtimeResponse {
    if (id === undefined) {
      this.current ??= this.begin(undefined);
      return this.current;
    }
    const response = this.responses.get(id) ?? this.begin(id);
    response.isAddressed = true;
    return response;
  }

  private endResponse(envelope: unknown): void {
    const id = readName(envelope, 'id');
    if (id !== undefined && id === this.lastDoneId) {
      return;
    }
    let response = id === undefined ? this.current : this.responses.get(id);
    if (response === undefined && this.current?.isAddressed === false) {
      response = this.current;
    }
    response ??= this.begin(id);
    const details = readField(envelope, 'status_details');
    const status = readName(envelope, 'status');
    readList(envelope, 'output').forEach((item, index) => {
      response.endListedItem(item, index);
    });
    const error = readField(details, 'error') ?? readField(envelope, 'error') ?? envelope;
    const reason =
      readName(details, 'reason') ?? readName(readField(envelope, 'incomplete_details'), 'reason') ?? status;
    response.end(reason, status === 'failed' ? error : undefined);
    this.responses.delete(response.id);
    this.lastDoneId = id;
    if (this.current === response) {
      this.current = undefined;
    }
  }

  /** Most errors are about a request of the client, and affect no text. */
  private fail(error: unknown): void {
    if (readField(error, 'type') === 'invalid_request_error') {
      return;
    }
    for (const response of this.responses.values()) {
      response.end(undefined, error);
    }
    this.responses.clear();
    this.current = undefined;
    this.inputs.failAll(error);
    for (const kind of this.translations) {
      this.output.error(kind, this.sessionId ?? '', error);
    }
    this.translations.clear();
  }

  private endAll(): void {
    for (const response of this.responses.values()) {
      response.end(undefined, undefined);
    }
    this.responses.clear();
    this.current = undefined;
    this.delegations.clear();
    this.inputs.endAll();
    for (const kind of this.translations) {
      this.output.end(kind, this.sessionId ?? '');
    }
    this.translations.clear();
    this.places.clear();
    this.sessionId = undefined;
    this.unnamedInput = undefined;
  }

  private placeItem(item: unknown): void {
    if (readField(item, 'role') === 'user') {
      this.placeOf(readName(item, 'id'));
    }
  }

  private placeOf(item: string | undefined): number {
    const name = item ?? '';
    const known = this.places.get(name);
    if (known !== undefined) {
      return known;
    }
    this.placeCount++;
    setRecent(this.places, name, this.placeCount, MAX_PLACES);
    return this.placeCount;
  }

  private inputIdOf(event: unknown, item: string | undefined): string {
    const name = item ?? (this.unnamedInput ??= `input/${this.placeOf(undefined)}`);
    return `${name}/${readIndex(event, 'content_index') ?? 0}`;
  }

  private inputOrderOf(event: unknown, item: string | undefined): readonly number[] {
    return [this.placeOf(item), 0, readIndex(event, 'content_index') ?? 0];
  }

  private endInput(item: string | undefined): void {
    this.places.delete(item ?? '');
    if (item === undefined) {
      this.unnamedInput = undefined;
    }
  }
}
