import { readField, readIndex, readList, readName } from './fields.js';
import { OpenAIChatChoice } from './openAIChatChoice.js';
import type { OpenAIChatKind } from './openAIChatTexts.js';
import type { ConnectionReader, DeltaOutput } from './readConnection.js';

/** Knows the completion that one connection is at, and the choices of it. */
export class OpenAIChatReader implements ConnectionReader {
  private readonly output: DeltaOutput<OpenAIChatKind>;
  private completionCount = 0;
  private completionId: string | undefined = undefined;
  /** By their index. */
  private readonly choices = new Map<number, OpenAIChatChoice>();

  constructor(output: DeltaOutput<OpenAIChatKind>) {
    this.output = output;
  }

  read(chunk: unknown): void {
    const error = readField(chunk, 'error') ?? undefined;
    const choices = readList(chunk, 'choices');
    // A chunk without choices, about usage or filters, may have another id or none.
    if (choices.length > 0) {
      this.findCompletion(readName(chunk, 'id'), choices);
    }
    choices.forEach((choice, position) => {
      const index = readField(choice, 'index') === undefined ? position : readIndex(choice, 'index');
      if (index !== undefined) {
        this.choiceAt(index).read(choice, readField(chunk, 'object') === 'chat.completion', error);
      }
    });
    if (error !== undefined) {
      for (const choice of this.choices.values()) {
        choice.fail(error);
      }
    }
  }

  private findCompletion(id: string | undefined, choices: readonly unknown[]): void {
    const isAnother =
      id === undefined
        ? choices.some((choice, position) => this.isFinished(readIndex(choice, 'index') ?? position))
        : id !== this.completionId;
    if (!isAnother && this.completionId !== undefined) {
      return;
    }
    for (const choice of this.choices.values()) {
      choice.cutOff();
    }
    this.choices.clear();
    this.completionCount++;
    this.completionId = id ?? String(this.completionCount);
  }

  private isFinished(index: number): boolean {
    return this.choices.get(index)?.isFinished === true;
  }

  private choiceAt(index: number): OpenAIChatChoice {
    let choice = this.choices.get(index);
    if (choice === undefined) {
      const id = `${this.completionId ?? ''}/${index}`;
      choice = new OpenAIChatChoice(this.output, id, [this.completionCount, index]);
      this.choices.set(index, choice);
    }
    return choice;
  }
}
