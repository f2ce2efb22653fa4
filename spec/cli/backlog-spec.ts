import { Subject, VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { Backlog } from '../../src/cli/backlog.js';
import { type Commit, fixedPace, paceLines } from '../../src/index.js';

const stream = { kind: 'answer', id: 'a', generation: 0 };
const line = (index: number): Commit => ({ type: 'line', stream, index, text: '', eol: '\n' });

function setUp() {
  const scheduler = new VirtualTimeScheduler();
  const backlog = new Backlog(2);
  const commits = new Subject<Commit>();
  const shown: Commit[] = [];
  commits.pipe(backlog.boundedBy(paceLines({ policy: fixedPace(), scheduler }))).subscribe((commit) => {
    shown.push(commit);
  });
  const push = (...pushed: readonly Commit[]) => {
    pushed.forEach((commit) => {
      commits.next(commit);
    });
  };
  return { backlog, shown, push, scheduler };
}

describe('Backlog', () => {
  it('is full when more commits wait than allowed', () => {
    const { backlog, push } = setUp();
    push(line(0), line(1), line(2));
    expect(backlog.isFull).toBe(false);
    push(line(3));
    expect(backlog.isFull).toBe(true);
  });

  it('does not count tails, because not all are emitted', () => {
    const { backlog, push } = setUp();
    push(line(0), line(1));
    push(...Array.from({ length: 10 }, (): Commit => ({ type: 'tail', stream, index: 2, text: 'x' })));
    expect(backlog.isFull).toBe(false);
  });

  it('waits until there is room', async () => {
    const { backlog, shown, push, scheduler } = setUp();
    push(line(0), line(1), line(2), line(3), line(4));
    const flushed = backlog.flush().then(() => shown.length);
    scheduler.flush();
    await flushed;
    expect(shown).toHaveLength(5);
    expect(backlog.isFull).toBe(false);
  });

  it('does not wait when there is room', async () => {
    const { backlog, push } = setUp();
    push(line(0), line(1));
    await backlog.flush();
    expect(backlog.isFull).toBe(false);
  });
});
