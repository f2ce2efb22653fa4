import {
  isObject,
  readField,
  readIndex,
  readList,
  readName,
  readText,
  stringifyJSON,
} from '../connection/fields.js';
import { OpenText } from './openText.js';
import type { DeltaOutput } from '../connection/readConnection.js';

/** The kinds of streams that `fromCodex` emits. */
export type CodexKind = 'answer' | 'reasoning' | 'tool' | 'stdout' | 'stderr' | 'output';

/** A type of text in the items of the app server. */
interface DeltaRule {
  readonly kind: CodexKind;
  /** The field with the index of the text in its item, if an item can have several. */
  readonly index?: string;
  /** Precedes the index in ids. */
  readonly indexPrefix?: string;
}

const RULES_OF_DELTAS: ReadonlyMap<string, DeltaRule> = new Map<string, DeltaRule>([
  ['item/agentMessage/delta', { kind: 'answer' }],
  ['item/plan/delta', { kind: 'answer' }],
  ['item/reasoning/summaryTextDelta', { kind: 'reasoning', index: 'summaryIndex', indexPrefix: 'summary/' }],
  ['item/reasoning/textDelta', { kind: 'reasoning', index: 'contentIndex' }],
  ['item/commandExecution/outputDelta', { kind: 'output' }],
  ['item/fileChange/outputDelta', { kind: 'output' }],
]);

/** The events of `codex exec --json` do not name their turn, because there is only one at a time. */
const ONLY_TURN = '';

/** Reads the items of turns from `codex exec --json` and from the app server. */
export class CodexItems {
  private readonly output: DeltaOutput<CodexKind>;
  /** The turns that have not ended, by thread and turn. */
  private readonly turns = new Map<string, Turn>();
  private turnCount = 0;

  constructor(output: DeltaOutput<CodexKind>) {
    this.output = output;
  }

  /** Reads an event of `codex exec --json`. */
  readEvent(event: unknown): void {
    switch (readField(event, 'type')) {
      case 'item.started':
      case 'item.updated':
        this.turnAt(ONLY_TURN).readItem(readField(event, 'item'));
        break;
      case 'item.completed':
        this.turnAt(ONLY_TURN).endItem(readField(event, 'item'));
        break;
      case 'session.created':
      case 'session.resumed':
      case 'thread.started':
      case 'turn.started':
      case 'turn.completed':
        this.endTurn(ONLY_TURN);
        break;
      case 'turn.failed':
        this.failTurn(ONLY_TURN, readField(event, 'error') ?? event);
        break;
    }
  }

  /** Reads a notification of the app server. */
  readNotification(method: string, parameters: unknown): void {
    const turn = keyOf(parameters, readField(parameters, 'turnId'));
    const rule = RULES_OF_DELTAS.get(method);
    if (rule !== undefined) {
      this.turnAt(turn).readDelta(rule, parameters);
      return;
    }
    switch (method) {
      case 'item/started':
        this.turnAt(turn).readItem(readField(parameters, 'item'));
        break;
      case 'item/completed':
        this.turnAt(turn).endItem(readField(parameters, 'item'));
        break;
      case 'turn/completed':
        this.completeTurn(parameters);
        break;
    }
  }

  private completeTurn(parameters: unknown): void {
    const turn = readField(parameters, 'turn');
    const key = keyOf(parameters, readField(turn, 'id'));
    const status = readName(turn, 'status');
    if (status === 'failed') {
      this.failTurn(key, readField(turn, 'error') ?? turn);
    } else {
      this.endTurn(key, status);
    }
  }

  private turnAt(key: string): Turn {
    let turn = this.turns.get(key);
    if (turn === undefined) {
      this.turnCount++;
      turn = new Turn(this.output, `${this.output.prefix}${this.turnCount}/`);
      this.turns.set(key, turn);
    }
    return turn;
  }

  private endTurn(key: string, finishReason?: string): void {
    this.turns.get(key)?.endAll(finishReason);
    this.turns.delete(key);
  }

  private failTurn(key: string, error: unknown): void {
    this.turns.get(key)?.failAll(error);
    this.turns.delete(key);
  }
}

/** The texts of the items of one turn. */
class Turn {
  private readonly output: DeltaOutput<CodexKind>;
  private readonly idPrefix: string;
  /** The open texts of each item, by their kind and position. */
  private readonly items = new Map<string, Map<string, ItemText>>();

  constructor(output: DeltaOutput<CodexKind>, idPrefix: string) {
    this.output = output;
    this.idPrefix = idPrefix;
  }

  readDelta(rule: DeltaRule, parameters: unknown): void {
    const itemId = readText(parameters, 'itemId');
    const delta = readText(parameters, 'delta');
    const index = rule.index === undefined ? '' : readIndex(parameters, rule.index);
    if (itemId !== undefined && delta !== undefined && delta !== '' && index !== undefined) {
      this.textAt(rule.kind, itemId, `${rule.indexPrefix ?? ''}${index}`).append(delta);
    }
  }

  /** Reads the texts so far of an open item. */
  readItem(item: unknown): void {
    const itemId = readText(item, 'id');
    if (itemId !== undefined) {
      for (const { kind, place, text } of textsOf(item)) {
        this.textAt(kind, itemId, place).grow(text);
      }
    }
  }

  endItem(item: unknown): void {
    const itemId = readText(item, 'id');
    if (itemId === undefined) {
      return;
    }
    for (const { kind, place, text } of textsOf(item)) {
      this.textAt(kind, itemId, place).end(text);
      this.items.get(itemId)?.delete(`${kind}/${place}`);
    }
    this.endTexts(itemId);
    this.items.delete(itemId);
  }

  endAll(finishReason?: string): void {
    for (const itemId of this.items.keys()) {
      this.endTexts(itemId, finishReason);
    }
  }

  failAll(error: unknown): void {
    for (const texts of this.items.values()) {
      for (const text of texts.values()) {
        text.fail(error);
      }
    }
  }

  private endTexts(itemId: string, finishReason?: string): void {
    for (const text of this.items.get(itemId)?.values() ?? []) {
      text.end('', finishReason);
    }
  }

  private textAt(kind: CodexKind, itemId: string, place: string): ItemText {
    const texts = this.items.get(itemId) ?? new Map<string, ItemText>();
    this.items.set(itemId, texts);
    let text = texts.get(`${kind}/${place}`);
    if (text === undefined) {
      text = new ItemText(this.output, kind, `${this.idPrefix}${itemId}${place === '' ? '' : `/${place}`}`);
      texts.set(`${kind}/${place}`, text);
    }
    return text;
  }
}

/** A text of an item. An event has a piece of it, or the whole text so far. */
class ItemText {
  private readonly text: OpenText<CodexKind>;
  private readonly isOutput: boolean;
  private length = 0;

  constructor(output: DeltaOutput<CodexKind>, kind: CodexKind, id: string) {
    this.text = new OpenText(output, kind, id);
    this.isOutput = kind === 'output';
  }

  append(delta: string): void {
    this.length += delta.length;
    this.text.append(delta);
  }

  grow(textSoFar: string): void {
    if (textSoFar.length > this.length && this.text.beginsLike(textSoFar)) {
      this.append(textSoFar.slice(this.length));
    }
  }

  end(fullText: string, finishReason?: string): void {
    // The full output of a command may be truncated, or be a message about a command that failed.
    const isCut = this.isOutput && (fullText.length < this.length || !this.text.beginsLike(fullText));
    if (this.length > 0 || fullText !== '') {
      this.text.end(fullText === '' || isCut ? undefined : fullText, finishReason);
    }
  }

  fail(error: unknown): void {
    if (this.length > 0) {
      this.text.fail(error);
    }
  }
}

interface TextOfItem {
  readonly kind: CodexKind;
  readonly place: string;
  readonly text: string;
}

/** The texts of an item, with the type names of the app server or of any version of `codex exec --json`. */
function textsOf(item: unknown): readonly TextOfItem[] {
  switch (readField(item, 'type') ?? readField(item, 'item_type')) {
    case 'agentMessage':
    case 'agent_message':
    case 'assistant_message':
    case 'plan':
      return textAt('answer', '', readField(item, 'text'));
    case 'reasoning':
      return [
        ...textAt('reasoning', '', readField(item, 'text')),
        ...readList(item, 'summary').flatMap((text, index) => textAt('reasoning', `summary/${index}`, text)),
        ...readList(item, 'content').flatMap((text, index) => textAt('reasoning', `${index}`, text)),
      ];
    case 'commandExecution':
      return textAt('output', '', readField(item, 'aggregatedOutput'));
    case 'command_execution':
      return textAt('output', '', readField(item, 'aggregated_output'));
    case 'mcpToolCall':
    case 'mcp_tool_call':
      return [
        ...textAt('tool', '', stringifyJSON(readField(item, 'arguments'))),
        ...textAt('output', '', resultOf(item)),
      ];
    default:
      return [];
  }
}

/** The texts in the result of an MCP tool, or else its structured content; or the message of its error. */
function resultOf(item: unknown): string | undefined {
  const result = readField(item, 'result');
  const texts = readList(result, 'content')
    .map((block) => readText(block, 'text'))
    .filter((text) => text !== undefined);
  const structured = readField(result, 'structuredContent') ?? readField(result, 'structured_content');
  if (texts.length > 0) {
    return texts.join('\n');
  }
  return isObject(structured) ? stringifyJSON(structured) : readText(readField(item, 'error'), 'message');
}

function textAt(kind: CodexKind, place: string, text: unknown): readonly TextOfItem[] {
  return typeof text === 'string' ? [{ kind, place, text }] : [];
}

/** Turns of two threads may have the same id. */
function keyOf(parameters: unknown, turnId: unknown): string {
  return JSON.stringify([readText(parameters, 'threadId'), typeof turnId === 'string' ? turnId : '']);
}
