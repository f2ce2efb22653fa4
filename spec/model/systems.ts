import { type OperatorFunction, Subject } from 'rxjs';

import type { Commit, CommitLinesOptions, DeltaEvent, DropCommit } from '../../src/index.js';
import { failure, type Reaction } from './commands.js';
import type { Listener } from './referenceModel.js';
import { VirtualClock } from './virtualClock.js';

/** The actions on a form of the operator, or on its model. */
export interface System {
  push(event: unknown): void;
  complete(): void;
  fail(error: Error): void;
  unsubscribe(): void;
}

/** A form of the operator; `onDrop` is called with the drops that are not emitted as commits. */
export type Form = (
  options: CommitLinesOptions,
  onDrop: (drop: DropCommit) => void,
) => OperatorFunction<DeltaEvent, Commit>;

/** A notification, and its time. */
export interface Output {
  readonly time: number;
  readonly value: Commit | 'complete' | { readonly error: unknown };
}

/** A subscriber that records its notifications, and performs the reactions inside commits. */
export class Recorder implements Listener {
  /** The notifications since the last `take`. */
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

  /** A drop that is not emitted as a commit. */
  drop(drop: DropCommit): void {
    this.drops.push(drop);
  }

  complete(): void {
    this.write('complete');
  }

  fail(error: unknown): void {
    this.write({ error });
  }

  private write(value: Output['value']): void {
    this.outputs.push({ time: this.now(), value });
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

/** Formats an output, for example `at 20 ms: line answer 1 0 "hello" "\n"`. */
export function showOutput({ time, value }: Output): string {
  return `at ${time} ms: ${typeof value === 'string' ? value : 'type' in value ? showCommit(value) : 'failed'}`;
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
