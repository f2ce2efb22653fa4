import {
  animationFrames,
  BehaviorSubject,
  EMPTY,
  fromEvent,
  map,
  type Observable,
  Subject,
  switchMap,
} from 'rxjs';

import { timeText } from '../text';
import { find } from './element';

/** The most steps of the slider from one end to the other; its arrow keys move it by one. */
const STEPS = 500;

/** Where a first look finds something to see. */
const FIRST_LOOK = 0.4;

/** The slider, the buttons and the clock that move through the time of a run. */
export class Player {
  /** The time that is shown, in milliseconds. */
  readonly time: Observable<number>;
  private readonly current = new BehaviorSubject(0);
  private readonly isPlaying = new Subject<boolean>();
  private readonly playButton = find('#play', HTMLButtonElement);
  private readonly slider = find('#time', HTMLInputElement);
  private readonly clock = find('#clock', HTMLOutputElement);
  private readonly speed = find('#speed', HTMLSelectElement);
  private readonly announcement = find('#announcement', HTMLElement);
  private duration = 0;
  /** The times at which something happens, in order. */
  private moments: readonly number[] = [];
  private plays = false;

  constructor() {
    this.time = this.current;
    this.current.subscribe((time) => this.show(time));
    this.isPlaying
      .pipe(switchMap((plays) => (plays ? this.playFrom(this.current.value) : EMPTY)))
      .subscribe((time) => {
        this.current.next(time);
        if (time >= this.duration) {
          this.pause();
        }
      });
    fromEvent(this.playButton, 'click').subscribe(() => this.toggle());
    fromEvent(this.slider, 'input').subscribe(() => this.seek(Number(this.slider.value)));
    fromEvent(this.speed, 'change').subscribe(() => {
      if (this.plays) {
        this.isPlaying.next(true);
      }
    });
    fromEvent(find('#back', HTMLButtonElement), 'click').subscribe(() => this.stepBack());
    fromEvent(find('#forward', HTMLButtonElement), 'click').subscribe(() => this.stepForward());
    fromEvent<KeyboardEvent>(document, 'keydown').subscribe((event) => {
      if (event.key === ' ' && !event.repeat && !hasUseForSpace(event.target)) {
        event.preventDefault();
        this.toggle();
      }
    });
  }

  /** Shows another run: of the same recording at the same time, of another from where there is something to see. */
  load(duration: number, moments: readonly number[], isSameRecording: boolean): void {
    this.duration = duration;
    this.moments = moments;
    const step = Math.max(Math.ceil(duration / STEPS), 1);
    this.slider.max = String(Math.ceil(duration / step) * step);
    this.slider.step = String(step);
    if (isSameRecording) {
      this.current.next(Math.min(this.current.value, duration));
    } else {
      this.pause();
      this.current.next(Math.round(duration * FIRST_LOOK));
    }
  }

  seek(time: number): void {
    this.pause();
    this.current.next(Math.min(Math.max(time, 0), this.duration));
  }

  private stepBack(): void {
    const before = this.moments.findLast((moment) => moment < this.current.value);
    this.seek(before ?? 0);
  }

  private stepForward(): void {
    const after = this.moments.find((moment) => moment > this.current.value);
    this.seek(after ?? this.duration);
  }

  private toggle(): void {
    if (this.plays) {
      this.pause();
    } else {
      this.play();
    }
  }

  private play(): void {
    if (this.current.value >= this.duration) {
      this.current.next(0);
    }
    this.setPlaying(true);
    this.announcement.textContent = 'Playing';
  }

  private pause(): void {
    if (this.plays) {
      this.setPlaying(false);
      this.announcement.textContent = `Paused at ${timeText(this.current.value)}`;
    }
  }

  private setPlaying(plays: boolean): void {
    this.plays = plays;
    this.playButton.textContent = plays ? 'Pause' : 'Play';
    this.isPlaying.next(plays);
  }

  private playFrom(start: number): Observable<number> {
    const speed = Number(this.speed.value);
    return animationFrames().pipe(map(({ elapsed }) => Math.min(start + elapsed * speed, this.duration)));
  }

  private show(time: number): void {
    this.slider.value = String(time);
    const text = `${timeText(time)} of ${timeText(this.duration)}`;
    this.slider.setAttribute('aria-valuetext', text);
    this.clock.textContent = `${timeText(time)} / ${timeText(this.duration)}`;
  }
}

/** Where the space bar writes, presses or chooses. */
function hasUseForSpace(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest('button, select, textarea, dialog, input:not([type="range"])') !== null
  );
}
