import { takeWhile } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { fromEventSource, type ServerSentEvent } from '../../../src/protocols/index.js';

/** An `EventSource` without a connection. */
class TestEventSource extends EventTarget {
  static readonly OPEN = 1;
  static readonly CLOSED = 2;
  readyState = TestEventSource.OPEN;
  private lastEventId = '';

  close(): void {
    this.readyState = TestEventSource.CLOSED;
  }

  /** Like a real source, repeats the last id on events that have none. */
  emit(type: string, data: string, id = this.lastEventId): void {
    this.lastEventId = id;
    this.dispatchEvent(new MessageEvent(type, { data, lastEventId: id }));
  }
}

function subscribeTo(types?: readonly string[]) {
  const source = new TestEventSource();
  const events: ServerSentEvent[] = [];
  const errors: unknown[] = [];
  const subscription = fromEventSource(source, types).subscribe({
    next: (event) => events.push(event),
    error: (error: unknown) => errors.push(error),
  });
  return { source, events, errors, subscription };
}

describe('fromEventSource', () => {
  it('emits events without a name, in the form of parseSSE', () => {
    const { source, events } = subscribeTo();
    source.emit('message', 'a');
    source.emit('other', 'b');
    source.emit('message', 'c', '7');
    expect(events).toStrictEqual([{ data: 'a' }, { id: '7', data: 'c' }]);
  });

  it('emits events with the given names, each once', () => {
    const { source, events } = subscribeTo(['delta', 'delta', 'error']);
    source.emit('delta', 'a');
    source.emit('message', 'b');
    source.emit('error', 'c');
    expect(events).toStrictEqual([
      { event: 'delta', data: 'a' },
      { event: 'error', data: 'c' },
    ]);
  });

  it('emits an id only with the event that has it', () => {
    const { source, events } = subscribeTo(['message', 'delta']);
    source.emit('message', 'a', '1');
    source.emit('delta', 'b');
    source.emit('message', 'c');
    source.emit('delta', 'd', '2');
    source.emit('message', 'e', '');
    source.emit('message', 'f', '2');
    expect(events).toStrictEqual([
      { id: '1', data: 'a' },
      { event: 'delta', data: 'b' },
      { data: 'c' },
      { event: 'delta', id: '2', data: 'd' },
      { data: 'e' },
      { id: '2', data: 'f' },
    ]);
  });

  it('emits the id of an event that is repeated after a reconnect', () => {
    const { source, events } = subscribeTo();
    source.emit('message', 'a', '1');
    source.dispatchEvent(new Event('open'));
    source.emit('message', 'a', '1');
    source.emit('message', 'b');
    expect(events).toStrictEqual([{ id: '1', data: 'a' }, { id: '1', data: 'a' }, { data: 'b' }]);
  });

  it('emits nothing while the source reconnects, and fails when it stops reconnecting', () => {
    const { source, events, errors } = subscribeTo(['message', 'error']);
    source.dispatchEvent(new Event('error'));
    source.emit('message', 'a');
    expect({ events, errors }).toStrictEqual({ events: [{ data: 'a' }], errors: [] });
    source.close();
    source.dispatchEvent(new Event('error'));
    expect(errors).toStrictEqual([new Error('The EventSource has closed its connection')]);
  });

  it('closes the source on unsubscribe, and emits nothing more', () => {
    const { source, events, errors, subscription } = subscribeTo();
    subscription.unsubscribe();
    source.emit('message', 'a');
    source.dispatchEvent(new Event('error'));
    expect({ events, errors }).toStrictEqual({ events: [], errors: [] });
    expect(source.readyState).toBe(TestEventSource.CLOSED);
  });

  it('closes the source when an operator completes', () => {
    const source = new TestEventSource();
    const events: string[] = [];
    fromEventSource(source)
      .pipe(takeWhile(({ data }) => data !== '[DONE]'))
      .subscribe(({ data }) => events.push(data));
    source.emit('message', 'a');
    source.emit('message', '[DONE]');
    expect(events).toStrictEqual(['a']);
    expect(source.readyState).toBe(TestEventSource.CLOSED);
  });
});
