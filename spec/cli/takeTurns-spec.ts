import { describe, expect, it } from 'vitest';

import { type Sink, type Source, takeTurns } from '../../src/cli/takeTurns.js';

/** Each character is an event, and each chunk has to be waited for. */
class FakeSource implements Source {
  isOver = false;
  readonly isLive: boolean;
  private readonly events: string[];
  private readonly chunks: (string | Promise<string>)[];
  private chunk: string | undefined = '';

  constructor(events: string[], chunks: (string | Promise<string>)[], isLive: boolean) {
    this.events = events;
    this.chunks = chunks;
    this.isLive = isLive;
  }

  take(): boolean {
    this.isOver = this.chunk === undefined;
    if (this.chunk === undefined || this.chunk === '') {
      return false;
    }
    this.events.push(this.chunk.charAt(0));
    this.chunk = this.chunk.slice(1);
    return true;
  }

  async refill(): Promise<void> {
    this.chunk = await this.chunks.shift();
  }
}

class FakeSink implements Sink {
  isFull = false;
  readonly flushed: string[] = [];
  private readonly events: string[];

  constructor(events: string[]) {
    this.events = events;
  }

  flush(): Promise<void> {
    this.flushed.push(this.events.join(''));
    return Promise.resolve();
  }
}

function setUp() {
  const events: string[] = [];
  const sink = new FakeSink(events);
  const file = (...chunks: string[]) => new FakeSource(events, chunks, false);
  const live = (...chunks: (string | Promise<string>)[]) => new FakeSource(events, chunks, true);
  return { events, sink, file, live };
}

/** A chunk that is sent when the spec wants it. */
function later(): { chunk: Promise<string>; send: (chunk: string) => void } {
  let send: (chunk: string) => void = () => undefined;
  const chunk = new Promise<string>((resolve) => {
    send = resolve;
  });
  return { chunk, send };
}

describe('takeTurns', () => {
  it('takes one event of each file in turn, wherever their chunks end', async () => {
    const { events, sink, file } = setUp();
    await takeTurns([file('ab', 'cd'), file('1', '2', '34'), file('xyz')], sink);
    expect(events.join('')).toBe('a1xb2yc3zd4');
  });

  it('goes on with the others when one is over', async () => {
    const { events, sink, file } = setUp();
    await takeTurns([file('a'), file(), file('xyz')], sink);
    expect(events.join('')).toBe('axyz');
  });

  it('does nothing without sources', async () => {
    const { events, sink } = setUp();
    await takeTurns([], sink);
    expect(events).toStrictEqual([]);
  });

  it('passes over a live source that is silent, and takes it in when it speaks', async () => {
    const { events, sink, file, live } = setUp();
    const { chunk, send } = later();
    const turns = takeTurns([live(chunk), file('abc')], sink);
    await expect.poll(() => events.join('')).toBe('abc');
    send('12');
    await turns;
    expect(events.join('')).toBe('abc12');
  });

  it('flushes before it waits', async () => {
    const { sink, live } = setUp();
    const { chunk, send } = later();
    const turns = takeTurns([live('ab', chunk), live(chunk)], sink);
    await expect.poll(() => sink.flushed.at(-1)).toBe('ab');
    send('1');
    await turns;
  });

  it('flushes when the sink is full', async () => {
    const { sink, file } = setUp();
    sink.isFull = true;
    await takeTurns([file('abc')], sink);
    expect(sink.flushed).toStrictEqual(expect.arrayContaining(['a', 'ab', 'abc']));
  });
});
