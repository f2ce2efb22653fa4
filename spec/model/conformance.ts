import { isDeepStrictEqual } from 'node:util';

import fc from 'fast-check';

import type { Commit, StreamRef } from '../../src/index.js';
import { textOf } from '../support/arbitraries.js';
import { type Command, eighthOf, type Scenario, showCommand } from './commands.js';
import { ReferenceModel } from './referenceModel.js';
import { type Form, OperatorSystem, type Output, perform, Recorder, showOutput } from './systems.js';

/** The two forms of the operator, which must behave alike. */
export interface Forms {
  readonly whole: Form;
  readonly composed: Form;
}

/**
 * Runs the same commands on both forms of the operator and on the model, and throws at the first command after which they
 * differ. The message lists all commands and outputs before.
 */
export function checkConformance(forms: Forms, scenario: Scenario): void {
  const { options, commands, reactions } = scenario;
  const run = new Run(forms, scenario);
  const story = [`options: ${fc.stringify(options)}`];
  for (const { inCommit, command } of reactions) {
    story.push(`inside commit ${inCommit}: ${showCommand(command)}`);
  }
  for (const command of commands) {
    story.push(showCommand(command));
    try {
      story.push(...run.step(command).map((output) => `    ${showOutput(output)}`));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error([...story, reason].join('\n'), { cause: error });
    }
  }
}

class Run {
  private readonly scenario: Scenario;
  private readonly model: ReferenceModel;
  private readonly expected: Recorder;
  private readonly whole: OperatorSystem;
  /** Observes all idle closings, even if the subscriber of `whole` unsubscribes in the middle of them. */
  private readonly witness: OperatorSystem;
  private readonly composed: OperatorSystem | undefined;
  /** With soft commits after a time the forms may cut lines at different places. */
  private readonly mayCutDiffer: boolean;
  private readonly ofWhole = new CommitLog('commitLines');
  private readonly ofComposed = new CommitLog('the composed form');

  constructor(forms: Forms, scenario: Scenario) {
    const { options, reactions } = scenario;
    this.scenario = scenario;
    this.expected = new Recorder(
      reactions,
      () => this.model.now,
      (command) => {
        perform(this.model, command);
      },
    );
    this.model = new ReferenceModel(options, this.expected);
    this.whole = new OperatorSystem(forms.whole, options, reactions);
    const staying = reactions.filter(({ command }) => command.do !== 'unsubscribe');
    this.witness =
      staying.length === reactions.length ? this.whole : new OperatorSystem(forms.whole, options, staying);
    this.mayCutDiffer = options.softCommit?.after !== undefined;
    // Reactions inside a commit happen at other times when lines are cut differently.
    const isComparable = !this.mayCutDiffer || reactions.length === 0;
    this.composed = isComparable ? new OperatorSystem(forms.composed, options, reactions) : undefined;
  }

  /** Runs a command on all systems, compares their outputs, and returns these. */
  step(command: Command): readonly Output[] {
    this.perform(command);
    const expected = this.expected.take().outputs;
    const { outputs } = this.whole.recorder.take();
    this.ofWhole.add(outputs);
    compare('commitLines', outputs, expected);
    check('commitLines has a timer', this.whole.clock.timers, this.model.timers);
    check('commitLines is subscribed', this.whole.isSourceObserved, this.model.needsSource);
    if (this.composed !== undefined) {
      this.compareForms(outputs, this.composed);
    }
    return outputs;
  }

  private perform(command: Command): void {
    const { model, operators } = this;
    if (command.do === 'wait') {
      const milliseconds = command.eighths * eighthOf(this.scenario.options);
      this.witness.recorder.take();
      operators.forEach(({ clock }) => clock.pass(milliseconds));
      model.pass(milliseconds, idleClosings(this.witness.recorder.outputs));
      return;
    }
    const resolved = command.do === 'reconcile' ? this.resolve(command) : command;
    [model, ...operators].forEach((system) => perform(system, resolved));
  }

  private get operators(): readonly OperatorSystem[] {
    return [...new Set([this.whole, this.witness])].concat(this.composed ?? []);
  }

  private resolve({ kind, id, change }: Command & { do: 'reconcile' }) {
    const seen = this.model.textOf({ kind, id });
    const text = seen.slice(0, Math.max(0, seen.length - change.cut)) + change.added;
    return { do: 'push', event: { type: 'end', kind, id, text } } as const;
  }

  private compareForms(ofWhole: readonly Output[], composed: OperatorSystem): void {
    const { outputs, drops } = composed.recorder.take();
    this.ofComposed.add(outputs);
    const withoutDrops = ofWhole.filter((output) => !isOfType(output, ['drop']));
    const itsDrops = ofWhole.filter((output) => isOfType(output, ['drop'])).map(({ value }) => value);
    check('the composed form drops the same', isDeepStrictEqual(drops, itsDrops), true);
    if (this.mayCutDiffer) {
      const lifeOf = (list: readonly Output[]) =>
        list.filter((output) => !isOfType(output, ['line', 'tail']));
      compare('the composed form', lifeOf(outputs), lifeOf(withoutDrops));
      this.compareTexts();
    } else {
      compare('the composed form', outputs, withoutDrops);
    }
    check('the composed form has a timer', composed.clock.timers > 0, this.model.timers > 0);
    check('the composed form is subscribed', composed.isSourceObserved, this.model.needsSource);
  }

  /** Closed streams must have the same texts in both forms. */
  private compareTexts(): void {
    const [actual, expected] = [this.ofComposed, this.ofWhole].map((log) => JSON.stringify(log.closedTexts));
    check('the composed form has the texts', actual, expected);
  }
}

/** The commits of each stream so far. Checks that all commits of a stream have the same stream object. */
class CommitLog {
  readonly closedTexts: string[] = [];
  private readonly name: string;
  private readonly open = new Map<StreamRef, Commit[]>();

  constructor(name: string) {
    this.name = name;
  }

  add(outputs: readonly Output[]): void {
    for (const commit of commitsOf(outputs)) {
      if (commit.type === 'open') {
        this.open.set(commit.stream, []);
      } else if (commit.type !== 'drop') {
        const commits = this.open.get(commit.stream);
        check(`${this.name} names each stream with one object`, commits !== undefined, true);
        commits?.push(commit);
      }
      if (commit.type === 'close') {
        this.closedTexts.push(textOf(this.open.get(commit.stream) ?? []));
        this.open.delete(commit.stream);
      }
    }
  }
}

function commitsOf(outputs: readonly Output[]): readonly Commit[] {
  return outputs.flatMap(({ value }) => (typeof value === 'object' && 'type' in value ? [value] : []));
}

function idleClosings(outputs: readonly Output[]) {
  return outputs.flatMap(({ time, value }) =>
    typeof value === 'object' && 'type' in value && value.type === 'close' && value.reason === 'idle'
      ? [{ time, stream: value.stream }]
      : [],
  );
}

function isOfType({ value }: Output, types: readonly Commit['type'][]): boolean {
  return typeof value === 'object' && 'type' in value && types.includes(value.type);
}

function compare(name: string, actual: readonly Output[], expected: readonly Output[]): void {
  if (!isDeepStrictEqual(actual, expected)) {
    const show = (outputs: readonly Output[]) => outputs.map((output) => `    ${showOutput(output)}`);
    throw new Error(
      [`  ${name} emits:`, ...show(actual), '  where this is expected:', ...show(expected)].join('\n'),
    );
  }
}

function check(name: string, actual: unknown, expected: unknown): void {
  if (actual !== expected) {
    throw new Error(`  ${name}: ${String(actual)}, where ${String(expected)} is expected`);
  }
}
