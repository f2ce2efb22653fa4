import { type Observable, type Observer, tap } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';

/** What a marble is drawn as. */
export type MarbleType =
  | 'block'
  | 'draft'
  | 'event'
  | 'open'
  | 'line'
  | 'tail'
  | 'revise'
  | 'close'
  | 'drop'
  | 'cell'
  | 'unchanged'
  | 'call';

/** What one value looks like in a picture. */
export interface Marble {
  /** The row that it stands in; an observable has one for each stream. */
  readonly row: string;
  readonly type: MarbleType;
  readonly text: string;
}

/** A marble at its virtual time, in milliseconds. */
export interface TimedMarble extends Marble {
  readonly time: number;
}

/** What one observable did, from the subscription to its end. */
export interface Track {
  readonly title: string;
  readonly marbles: TimedMarble[];
  readonly from: number;
  to: number;
  end: 'complete' | 'error' | 'unsubscribe';
}

/** One way to call the operator, and what came of it. */
export interface Section {
  readonly call: string;
  readonly outputs: Track[];
}

/** An example of an operator, which is run and drawn. */
export interface Example {
  readonly operator: string;
  /** The folder of its page in `docs`. */
  readonly folder?: string;
  /** The picture in a sentence, for those who do not see it. */
  readonly description: string;
  /** Milliseconds between two marks of the time scale. Without it, the diagram has no time scale: only the order counts. */
  readonly timeScale?: number;
  /** What types of marbles are called in the legend, where it is not the name of the type. */
  readonly legend: Partial<Readonly<Record<MarbleType, string>>>;
  run(stage: Stage): void;
}

/** What happened in the run of an example. */
export interface Recording {
  readonly example: Example;
  readonly sources: readonly Track[];
  readonly sections: readonly Section[];
}

/** Runs an example in virtual time, and writes down all that its observables do. */
export function record(example: Example): Recording {
  const scheduler = new TestScheduler(() => undefined);
  const stage = new Stage(scheduler);
  scheduler.run(() => {
    example.run(stage);
  });
  stage.finish();
  return { example, sources: stage.sources, sections: stage.sections };
}

/** Where an example is run. */
export class Stage {
  readonly sources: Track[] = [];
  readonly sections: Section[] = [];

  readonly #scheduler: TestScheduler;
  readonly #callbacks: { readonly track: Track; readonly section: Section }[] = [];

  constructor(scheduler: TestScheduler) {
    this.#scheduler = scheduler;
  }

  /** Adds the rows of the callbacks, which are as long as the others, when nothing more will happen. */
  finish(): void {
    for (const { track, section } of this.#callbacks) {
      track.to = Math.max(...section.outputs.map(({ to }) => to));
      section.outputs.push(track);
    }
  }

  /** As `TestScheduler` has it. */
  cold<T = string>(marbles: string, values?: Record<string, T>): Observable<T> {
    return this.#scheduler.createColdObservable(marbles, values);
  }

  /** The observable, which is drawn above the operator when it is subscribed to first. */
  source<T>(title: string, source: Observable<T>, show: (value: NoInfer<T>) => Marble): Observable<T> {
    return source.pipe(tap(this.#recorder(title, this.sources, show)));
  }

  /** Begins with the next call of the operator, as it stands in the code. */
  call(call: string): void {
    this.sections.push({ call, outputs: [] });
  }

  /** Subscribes to the observable, which is drawn below the operator. */
  output<T>(
    title: string,
    output: Observable<T>,
    show: (value: NoInfer<T>) => readonly Marble[] | Marble,
  ): void {
    const { outputs } = this.#section();
    output.pipe(tap(this.#recorder(title, outputs, show))).subscribe({ error: () => undefined });
  }

  /** Draws what a callback of the operator is called with, as a row below the operator. */
  callback<T>(title: string, show: (value: T) => Marble): (value: T) => void {
    const track = this.#newTrack(title);
    this.#callbacks.push({ track, section: this.#section() });
    return (value) => {
      track.marbles.push({ ...show(value), time: this.#scheduler.now() });
    };
  }

  #section(): Section {
    const section = this.sections.at(-1);
    if (section === undefined) {
      throw new Error('The example does not say what it calls');
    }
    return section;
  }

  #newTrack(title: string): Track {
    const now = this.#scheduler.now();
    return { title, marbles: [], from: now, to: now, end: 'unsubscribe' };
  }

  #recorder<T>(
    title: string,
    tracks: Track[],
    show: (value: NoInfer<T>) => readonly Marble[] | Marble,
  ): Partial<Observer<T>> & { subscribe: () => void; finalize: () => void } {
    let track = this.#newTrack(title);
    return {
      subscribe: () => {
        track = this.#newTrack(title);
        tracks.push(track);
      },
      next: (value) => {
        for (const marble of [show(value)].flat()) {
          track.marbles.push({ ...marble, time: this.#scheduler.now() });
        }
      },
      error: () => (track.end = 'error'),
      complete: () => (track.end = 'complete'),
      finalize: () => (track.to = this.#scheduler.now()),
    };
  }
}
