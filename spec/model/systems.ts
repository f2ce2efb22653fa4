import { type OperatorFunction, Subject } from 'rxjs';

import type { Commit, CommitLinesOptions, DeltaEvent, DropCommit } from '../../src/index.js';
import { failure, type Reaction } from './commands.js';
import type { Listener } from './referenceModel.js';
import { VirtualClock } from './virtualClock.js';

/** What can be done to a form of the operator, and to the model of it. */
export interface System {
  push(event: unknown): void;
  complete(): void;
  fail(error: Error): void;
  unsubscribe(): void;
}

/** A form of the operator; `onDrop` is called with the drops that do not come out as commits. */
export type Form = (
  options: CommitLinesOptions,
  onDrop: (drop: DropCommit) => void,
) => OperatorFunction<DeltaEvent, Commit>;

/** Something that came out, and when. */
export interface Output {
  readonly time: number;
  readonly said: Commit | 'complete' | { readonly error: unknown };
}

/** A subscriber that writes down what comes, and does to the system what it is told to do from inside a commit. */
export class Recorder implements Listener {
  /** What came since the list was taken last. */
  outputs: Output[] = [];
  private drops: DropCommit[] = [];
  private count = 0;
  private readonly reactions: readonly Reaction[];
  private readonly now: () => number;
  private readonly react: (command: Reaction['command']) => void;

  constructor(reactions: readonly Reaction[], now: () => number, react: Recorder['react']) {
    this.reactions = reactions;
    this.now = now;
    this.react = react;
  }

  commit(commit: Commit): void {
    this.write(commit);
    if (commit.type !== 'drop') {
      const number = this.count++;
      this.reactions
        .filter(({ inCommit }) => inCommit === number)
        .forEach(({ command }) => {
          this.react(command);
        });
    }
  }

  /** A drop that is no commit. */
  drop(drop: DropCommit): void {
    this.drops.push(drop);
  }

  complete(): void {
    this.write('complete');
  }

  fail(error: unknown): void {
    this.write({ error });
  }

  private write(said: Output['said']): void {
    this.outputs.push({ time: this.now(), said });
  }

  take(): { readonly outputs: readonly Output[]; readonly drops: readonly DropCommit[] } {
    const { outputs, drops } = this;
    this.outputs = [];
    this.drops = [];
    return { outputs, drops };
  }
}

/** A form of the operator between a source and a subscriber, on a clock of its own. */
export class OperatorSystem implements System {
  readonly clock = new VirtualClock();
  readonly recorder: Recorder;
  private readonly source = new Subject<DeltaEvent>();
  private readonly subscription;

  constructor(form: Form, options: CommitLinesOptions, reactions: readonly Reaction[]) {
    this.recorder = new Recorder(
      reactions,
      () => this.clock.now,
      (command) => {
        perform(this, command);
      },
    );
    const operator = form({ ...options, scheduler: this.clock.scheduler }, (drop) => {
      this.recorder.drop(drop);
    });
    this.subscription = this.source.pipe(operator).subscribe({
      next: (commit) => {
        this.recorder.commit(commit);
      },
      error: (error: unknown) => {
        this.recorder.fail(error);
      },
      complete: () => {
        this.recorder.complete();
      },
    });
  }

  get isSourceObserved(): boolean {
    return this.source.observed;
  }

  push(event: unknown): void {
    this.source.next(event as DeltaEvent);
  }

  complete(): void {
    this.source.complete();
  }

  fail(error: Error): void {
    this.source.error(error);
  }

  unsubscribe(): void {
    this.subscription.unsubscribe();
  }
}

export function perform(system: System, command: Reaction['command']): void {
  switch (command.do) {
    case 'push':
      system.push(command.event);
      break;
    case 'complete':
      system.complete();
      break;
    case 'fail':
      system.fail(failure);
      break;
    case 'unsubscribe':
      system.unsubscribe();
  }
}

/** What came out in words, for example `at 20 ms: line answer 1 0 "hello" "\n"`. */
export function showOutput({ time, said }: Output): string {
  return `at ${time} ms: ${typeof said === 'string' ? said : 'type' in said ? showCommit(said) : 'failed'}`;
}

function showCommit(commit: Commit): string {
  if (commit.type === 'drop') {
    return `drop ${commit.reason}`;
  }
  const { kind, id, generation, order } = commit.stream;
  const stream = `${commit.type} ${kind} ${id}${generation === 0 ? '' : ` generation ${generation}`}`;
  switch (commit.type) {
    case 'open':
      return order === undefined ? stream : `${stream} order [${order.join()}]`;
    case 'line':
      return `${stream} ${commit.index} ${JSON.stringify(commit.text)} ${JSON.stringify(commit.eol)}`;
    case 'tail':
      return `${stream} ${commit.index} ${JSON.stringify(commit.text)}`;
    case 'revise':
      return `${stream} ${commit.index}`;
    case 'close':
      return `${stream} ${commit.reason} ${commit.lines}`;
  }
}
