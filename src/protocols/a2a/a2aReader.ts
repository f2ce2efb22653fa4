import { readField, readIndex, readList, readName, readText } from '../connection/fields.js';
import { setRecent } from '../connection/leastRecent.js';
import type { ConnectionReader, DeltaOutput } from '../connection/readConnection.js';
import { ReopenableTexts } from '../connection/reopenableText.js';
import { unwrapUpdate } from './a2aUpdate.js';

/** The kinds of streams that `fromA2A` emits. */
export type A2AKind = 'answer' | 'output' | 'input';

/** The most tasks at once. */
const MAX_TASKS = 1_000;

/** The states in which the agent sends nothing more, by their names in versions 0 and 1. */
const FINAL_STATE = /^(?:completed|canceled|failed|rejected|input-required|auth-required)$/;

/** The names of the states that the SDK of version 1 represents as numbers. */
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

interface Task {
  readonly texts: ReopenableTexts<A2AKind>;
  messageCount: number;
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
          task.texts.failAll(value);
        }
        break;
      case undefined:
        break;
    }
  }

  private readArtifact(task: Task, update: unknown): void {
    const artifact = readField(update, 'artifact');
    const stream = task.texts.get('answer', nameOf(artifact));
    const text = textOf(artifact);
    const isLast = readField(update, 'lastChunk') === true || readField(artifact, 'lastChunk') === true;
    const appends = readField(update, 'append') === true || readField(artifact, 'append') === true;
    if (appends || stream.isNew) {
      stream.append(text);
    } else if (!isLast) {
      stream.restart(text);
    } else if (stream.isOpen) {
      // The full text: commitLines compares it with the deltas.
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
      task.texts.failAll(status);
    } else if (isFinal || FINAL_STATE.test(state)) {
      endAll(task, state === 'completed' ? undefined : state);
    }
  }

  /** Reads the current state of a task. Emits only the texts that were not streamed before. */
  private readTask(task: Task, value: unknown): void {
    for (const message of readList(value, 'history')) {
      this.readMessage(task, message, 'output');
    }
    for (const artifact of readList(value, 'artifacts')) {
      task.texts.get('answer', nameOf(artifact)).grow(textOf(artifact));
    }
    this.readStatus(task, readField(value, 'status'), false);
  }

  /** A message arrives complete, and sometimes again with more text. */
  private readMessage(task: Task, message: unknown, kind: A2AKind): void {
    const text = textOf(message);
    const role = readField(message, 'role');
    const isUser = role === 'user' || role === 'ROLE_USER' || role === 1;
    if (text !== '') {
      const name = readName(message, 'messageId') ?? nextMessageName(task);
      const stream = task.texts.get(isUser ? 'input' : kind, `message/${name}`);
      stream.grow(text);
      stream.end();
    }
  }

  private taskAt(name: string | undefined): Task {
    const key = name ?? '';
    let task = this.tasks.get(key);
    if (task === undefined) {
      this.taskCount++;
      task = { texts: new ReopenableTexts(this.output, name ?? '-', this.taskCount), messageCount: 0 };
    }
    const evicted = setRecent(this.tasks, key, task, MAX_TASKS);
    if (evicted !== undefined) {
      endAll(evicted);
    }
    return task;
  }
}

/** A name that no message of the task has yet. */
function nextMessageName(task: Task): string {
  do {
    task.messageCount++;
  } while (
    (['answer', 'output', 'input'] as const).some((kind) =>
      task.texts.has(kind, `message/${task.messageCount}`),
    )
  );
  return String(task.messageCount);
}

function endAll(task: Task, finishReason?: string): void {
  for (const text of task.texts) {
    text.end(undefined, finishReason);
  }
}

/** The first versions number the artifacts of a task instead of naming them. */
function nameOf(artifact: unknown): string {
  return readName(artifact, 'artifactId') ?? `artifact/${readIndex(artifact, 'index') ?? 0}`;
}

/** The text of all parts, in all versions of the protocol. */
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
