import { describe, expect, it } from 'vitest';

import { type Sink, type Source, roundRobin } from '../../src/cli/roundRobin.js';

/** Each character is an event, and each chunk has to be waited for. */
class FakeSource implements Source {
  isDone = false;
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
    this.isDone = this.chunk === undefined;
    if (this.chunk === undefined || this.chunk === '') {
      return false;
    }
    this.events.push(this.chunk.charAt(0));
    this.chunk = this.chunk.slice(1);
    return true;
  }

  interrupt(): void {
    this.chunk = undefined;
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

describe('roundRobin', () => {
  it('takes one event of each file in turn, wherever their chunks end', async () => {
    const { events, sink, file } = setUp();
    await roundRobin(
      [file('ab', 'cd'), file('1', '2', '34'), file('xyz')],
      sink,
      new AbortController().signal,
    );
    expect(events.join('')).toBe('a1xb2yc3zd4');
  });

  it('continues with the others when one has ended', async () => {
    const { events, sink, file } = setUp();
    await roundRobin([file('a'), file(), file('xyz')], sink, new AbortController().signal);
    expect(events.join('')).toBe('axyz');
  });

  it('does nothing without sources', async () => {
    const { events, sink } = setUp();
    await roundRobin([], sink, new AbortController().signal);
    expect(events).toStrictEqual([]);
  });

  it('skips a silent live source until it has events', async () => {
    const { events, sink, file, live } = setUp();
    const { chunk, send } = later();
    const turns = roundRobin([live(chunk), file('abc')], sink, new AbortController().signal);
    await expect.poll(() => events.join('')).toBe('abc');
    send('12');
    await turns;
    expect(events.join('')).toBe('abc12');
  });

  it('flushes before it waits', async () => {
    const { sink, live } = setUp();
    const { chunk, send } = later();
    const turns = roundRobin([live('ab', chunk), live(chunk)], sink, new AbortController().signal);
    await expect.poll(() => sink.flushed.at(-1)).toBe('ab');
    send('1');
    await turns;
  });

  it('ends silent live sources and files when the signal aborts', async () => {
    const { events, sink, file, live } = setUp();
    const controller = new AbortController();
    const turns = roundRobin([live('a', later().chunk), file('1')], sink, controller.signal);
    await expect.poll(() => events.join('')).toBe('1a');
    controller.abort();
    await turns;
    expect(events.join('')).toBe('1a');
  });

  it('takes nothing if the signal has already aborted', async () => {
    const { events, sink, file } = setUp();
    await roundRobin([file('1')], sink, AbortSignal.abort());
    expect(events).toStrictEqual([]);
  });

  it('flushes when the sink is full', async () => {
    const { sink, file } = setUp();
    sink.isFull = true;
    await roundRobin([file('abc')], sink, new AbortController().signal);
    expect(sink.flushed).toStrictEqual(expect.arrayContaining(['a', 'ab', 'abc']));
  });
});
