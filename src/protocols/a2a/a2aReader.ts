import { readField, readIndex, readList, readName, readText } from '../connection/fields.js';
import { setRecent } from '../connection/leastRecent.js';
import type { ConnectionReader, DeltaOutput } from '../connection/readConnection.js';
import { ReopenableText } from '../connection/reopenableText.js';
import { unwrapUpdate } from './a2aUpdate.js';

/** The kinds of streams that `fromA2A` tells apart. */
export type A2AKind = 'answer' | 'output' | 'input';

/** The most tasks that are known at once, and the most texts of each. */
const MAX_TASKS = 1_000;
const MAX_TEXTS = 10_000;

/** The states in which nothing more comes, in the words of versions 0 and 1. */
const FINAL_STATE = /^(?:completed|canceled|failed|rejected|input-required|auth-required)$/;

/** The names of states by their numbers, as the SDK of version 1 has them. */
const STATES = [
  'unspecified',
  'submitted',
  'working',
  'completed',
  'failed',
  'canceled',
  'input-required',
  'rejected',
  'auth-required',
];

class Task {
  readonly name: string | undefined;
  readonly number: number;
  readonly texts = new Map<string, ReopenableText<A2AKind>>();
  textCount = 0;
  messageCount = 0;

  constructor(name: string | undefined, number: number) {
    this.name = name;
    this.number = number;
  }
}

/** Reads the updates of the tasks of one connection. */
export class A2AReader implements ConnectionReader {
  private readonly output: DeltaOutput<A2AKind>;
  private readonly tasks = new Map<string, Task>();
  private taskCount = 0;

  constructor(output: DeltaOutput<A2AKind>) {
    this.output = output;
  }

  read(event: unknown): void {
    const { type, value } = unwrapUpdate(event);
    switch (type) {
      case 'artifact-update':
        this.readArtifact(this.taskAt(readName(value, 'taskId') ?? readName(value, 'id')), value);
        break;
      case 'status-update':
        this.readStatus(
          this.taskAt(readName(value, 'taskId') ?? readName(value, 'id')),
          readField(value, 'status'),
          readField(value, 'final') === true,
        );
        break;
      case 'task':
        this.readTask(this.taskAt(readName(value, 'id')), value);
        break;
      case 'message':
        this.readMessage(this.taskAt(readName(value, 'taskId')), value, 'answer');
        break;
      case 'error':
        for (const task of this.tasks.values()) {
          failAll(task, value);
        }
        break;
      case undefined:
        break;
    }
  }

  private readArtifact(task: Task, update: unknown): void {
    const artifact = readField(update, 'artifact');
    const stream = this.textAt(task, 'answer', nameOf(artifact));
    const text = textOf(artifact);
    const isLast = readField(update, 'lastChunk') === true || readField(artifact, 'lastChunk') === true;
    const appends = readField(update, 'append') === true || readField(artifact, 'append') === true;
    if (appends || stream.isNew) {
      stream.append(text);
    } else if (!isLast) {
      stream.restart(text);
    } else if (stream.isOpen) {
      // The whole text: commitLines compares it with what was streamed.
      stream.end(text);
    } else {
      stream.grow(text);
    }
    if (isLast) {
      stream.end();
    }
  }

  private readStatus(task: Task, status: unknown, isFinal: boolean): void {
    const state = stateOf(status);
    this.readMessage(task, readField(status, 'message'), 'output');
    if (state === 'failed') {
      failAll(task, status);
    } else if (isFinal || FINAL_STATE.test(state)) {
      endAll(task, state === 'completed' ? undefined : state);
    }
  }

  /** A task as it is now: what was streamed before is known. */
  private readTask(task: Task, value: unknown): void {
    for (const message of readList(value, 'history')) {
      this.readMessage(task, message, 'output');
    }
    for (const artifact of readList(value, 'artifacts')) {
      this.textAt(task, 'answer', nameOf(artifact)).grow(textOf(artifact));
    }
    this.readStatus(task, readField(value, 'status'), false);
  }

  /** Messages come whole, and sometimes again with more text. */
  private readMessage(task: Task, message: unknown, kind: A2AKind): void {
    const text = textOf(message);
    const role = readField(message, 'role');
    const isUser = role === 'user' || role === 'ROLE_USER' || role === 1;
    if (text !== '') {
      const name = readName(message, 'messageId') ?? nextMessageName(task);
      const stream = this.textAt(task, isUser ? 'input' : kind, `message/${name}`);
      stream.grow(text);
      stream.end();
    }
  }

  private taskAt(name: string | undefined): Task {
    const key = name ?? '';
    let task = this.tasks.get(key);
    if (task === undefined) {
      this.taskCount++;
      task = new Task(name, this.taskCount);
    }
    const evicted = setRecent(this.tasks, key, task, MAX_TASKS);
    if (evicted !== undefined) {
      endAll(evicted);
    }
    return task;
  }

  private textAt(task: Task, kind: A2AKind, name: string): ReopenableText<A2AKind> {
    const key = `${kind} ${name}`;
    let text = task.texts.get(key);
    if (text === undefined) {
      const id = `${task.name ?? '-'}/${name}`;
      text = new ReopenableText(this.output, kind, id, [task.number, task.textCount++]);
    }
    setRecent(task.texts, key, text, MAX_TEXTS)?.end();
    return text;
  }
}

/** A name that no message of the task has. */
function nextMessageName(task: Task): string {
  do {
    task.messageCount++;
  } while (
    ['answer', 'output', 'input'].some((kind) => task.texts.has(`${kind} message/${task.messageCount}`))
  );
  return String(task.messageCount);
}

function endAll(task: Task, finishReason?: string): void {
  for (const text of task.texts.values()) {
    text.end(undefined, finishReason);
  }
}

function failAll(task: Task, error: unknown): void {
  for (const text of task.texts.values()) {
    text.fail(error);
  }
}

/** The first versions number the artifacts of a task. */
function nameOf(artifact: unknown): string {
  return readName(artifact, 'artifactId') ?? `artifact/${readIndex(artifact, 'index') ?? 0}`;
}

/** The text of all parts, however the version of the protocol writes them. */
function textOf(holder: unknown): string {
  return [...readList(holder, 'parts'), ...readList(holder, 'content')]
    .map((part) => {
      const content = readField(part, 'content');
      return (
        readText(part, 'text') ?? (readField(content, '$case') === 'text' ? readText(content, 'value') : '')
      );
    })
    .join('');
}

function stateOf(status: unknown): string {
  const state = readField(status, 'state');
  const name = typeof state === 'number' ? STATES[state] : readText(status, 'state');
  return (name ?? '')
    .replace(/^TASK_STATE_/, '')
    .replaceAll('_', '-')
    .toLowerCase();
}
