import { from, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';

import {
  type Commit,
  commitLines,
  type DeltaEvent,
  type DropCommit,
  type Transcript,
} from '../../src/index.js';
import { collect } from '../support/collect.js';
import { delta, end, failure, start } from '../support/events.js';
import { forms } from '../support/forms.js';
import { FaultyScheduler } from './faultyScheduler.js';
import { outcome, pipelines } from './pipelines.js';

const order = [1, 2];

/** An event of each type, with all optional fields. */
const samples = {
  start: { ...start('a'), order },
  delta: { ...delta('a', 'text'), order },
  end: end('a', 'text and more'),
  error: failure('a', 'boom'),
};

function revoked<T extends object>(target: T): T {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

function boom(): never {
  throw new Error('boom');
}

/** A proxy that throws on every operation. */
const closedProxy = new Proxy(
  {},
  Object.fromEntries(
    ['get', 'has', 'ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor'].map((trap) => [trap, boom]),
  ),
);

/** The event with a getter in place of a field. */
function withGetter(event: object, field: string, get: () => unknown): DeltaEvent {
  return Object.defineProperty({ ...event }, field, { get, enumerable: true }) as DeltaEvent;
}

const fieldsRead = [
  { type: 'start', fields: ['type', 'kind', 'id', 'order'] },
  { type: 'delta', fields: ['type', 'kind', 'id', 'order', 'delta'] },
  { type: 'end', fields: ['type', 'kind', 'id', 'order', 'text', 'reason', 'finishReason'] },
  { type: 'error', fields: ['type', 'kind', 'id', 'order', 'error'] },
] as const;

const hostile: readonly { readonly title: string; readonly event: unknown }[] = [
  ...fieldsRead.flatMap(({ type, fields }) =>
    fields.map((field) => ({
      title: `${type} whose ${field} throws`,
      event: withGetter(samples[type], field, boom),
    })),
  ),
  ...fieldsRead.map(({ type }) => ({
    title: `${type} that is a revoked proxy`,
    event: revoked(samples[type]),
  })),
  { title: 'revoked proxy of an array', event: revoked([]) },
  { title: 'revoked proxy of a function', event: revoked(boom) },
  { title: 'proxy that throws on every operation', event: closedProxy },
  ...(['start', 'delta'] as const).flatMap((type) => [
    { title: `${type} whose order is a revoked proxy`, event: { ...samples[type], order: revoked([1]) } },
    { title: `${type} whose order is a proxy that throws`, event: { ...samples[type], order: closedProxy } },
    {
      title: `${type} whose order has a getter that throws`,
      event: { ...samples[type], order: Object.defineProperty([1], '0', { get: boom }) },
    },
    {
      title: `${type} whose order is a huge sparse array`,
      event: { ...samples[type], order: Object.assign([1], { length: 2 ** 32 - 1 }) },
    },
    {
      title: `${type} whose order has an impossible length`,
      event: {
        ...samples[type],
        order: new Proxy([1], { get: (_, name) => (name === 'length' ? 2 ** 53 - 1 : boom()) }),
      },
    },
  ]),
  { title: 'delta whose text is a revoked proxy', event: { ...samples.delta, delta: revoked({}) } },
  { title: 'delta whose id is a revoked proxy', event: { ...samples.delta, id: revoked({}) } },
  { title: 'delta whose kind is a revoked proxy', event: { ...samples.delta, kind: revoked({}) } },
  { title: 'delta whose type is a revoked proxy', event: { ...samples.delta, type: revoked({}) } },
  {
    title: 'delta whose text is an object that throws when it is converted to a string',
    event: { ...samples.delta, delta: { toString: boom, [Symbol.toPrimitive]: boom } },
  },
];

describe.each(pipelines)('$name', ({ connect }) => {
  it.each(hostile)('drops a $title with the same object, and continues', ({ event }) => {
    const scheduler = new FaultyScheduler();
    const source = new Subject<DeltaEvent>();
    const values: (Commit | Transcript)[] = [];
    const dropped: DropCommit[] = [];
    const endings: unknown[] = [];
    source.pipe(connect({ scheduler, onDrop: (drop) => dropped.push(drop) })).subscribe({
      next: (value) => {
        if ('type' in value && value.type === 'drop') {
          dropped.push(value);
        } else {
          values.push(value);
        }
      },
      error: (error: unknown) => endings.push(error),
      complete: () => endings.push('complete'),
    });
    source.next(delta('a', 'one '));
    source.next(event as DeltaEvent);
    source.next(delta('a', 'two'));
    source.complete();
    scheduler.advance(60_000);
    expect(outcome(values)).toStrictEqual(['a complete: "one two"']);
    expect(endings).toStrictEqual(['complete']);
    // Compared by identity, because some of them throw when a failed assertion formats them.
    expect(dropped.every((drop) => drop.event === event && drop.reason === 'malformed')).toBe(true);
    expect(dropped).toHaveLength('type' in (values[0] ?? []) ? 1 : 0);
  });

  // prettier-ignore
  it.each([
    { title: 'frozen',                   disguise: (event: object) => Object.freeze(event) },
    { title: 'a proxy',                  disguise: (event: object) => new Proxy(event, {}) },
    { title: 'a proxy of a proxy',       disguise: (event: object) => new Proxy(new Proxy(event, {}), {}) },
    { title: 'without a prototype',      disguise: (event: object) => Object.assign(Object.create(null) as object, event) },
    { title: 'one with inherited fields', disguise: (event: object) => Object.create(event) as object },
    { title: 'one with getters',         disguise: (event: object) =>
      Object.keys(event).reduce((made, field) => withGetter(made, field, () => Reflect.get(event, field)), {}) },
    { title: 'one with a frozen order',  disguise: (event: object) =>
      'order' in event ? { ...event, order: Object.freeze(event.order) } : event },
    { title: 'one with a proxy for its order', disguise: (event: object) =>
      'order' in event ? { ...event, order: new Proxy(event.order as object, {}) } : event },
  ])('handles an event that is $title like a plain object', async ({ disguise }) => {
    const events = () => [
      { ...start('a'), order: [2] },
      { ...delta('b', 'one\nt'), order: [1] },
      delta('a', 'x'),
      delta('b', 'wo'),
      end('b', 'one\ntwo and more'),
      failure('a', new Error('boom')),
    ];
    const run = async (source: readonly object[]) => {
      const scheduler = new FaultyScheduler();
      const values = collect(from(source as readonly DeltaEvent[]).pipe(connect({ scheduler })));
      scheduler.advance(60_000);
      return values;
    };
    const expected = await run(events());
    expect(outcome(expected)).toStrictEqual(['a error: "x"', 'b end: "one" "two and more"']);
    expect(await run(events().map(disguise))).toStrictEqual(expected);
  });
});

describe.each(forms)('$form', ({ operator }) => {
  it('emits the error of a stream unchanged, even if every access to it throws', () => {
    const errors = [closedProxy, revoked({}), revoked(boom), Object.freeze({}), undefined, Symbol('x'), NaN];
    const closes: unknown[] = [];
    from(errors.map((error, i) => failure(String(i), error)))
      .pipe(operator({}))
      .subscribe((commit) => commit.type === 'close' && closes.push(commit.error));
    expect(closes).toHaveLength(errors.length);
    expect(closes.every((error, i) => Object.is(error, errors[i]))).toBe(true);
  });

  it('emits the error of the source unchanged, even if every access to it throws', () => {
    const source = new Subject<DeltaEvent>();
    const seen: unknown[] = [];
    source.pipe(operator({})).subscribe({
      next: (commit) => commit.type === 'close' && seen.push(commit.error),
      error: (error: unknown) => seen.push(error),
    });
    source.next(delta('a', 'x'));
    const error = revoked(new Error('boom'));
    source.error(error);
    expect(seen).toHaveLength(2);
    expect(seen.every((each) => each === error)).toBe(true);
  });

  it('keeps earlier values when the producer reuses one event object', async () => {
    const source = new Subject<DeltaEvent>();
    const commits = collect(source.pipe(operator({})));
    const event = { type: 'delta', kind: 'answer', id: 'a', delta: 'one\n', order: [1] };
    source.next(event as DeltaEvent);
    event.id = 'b';
    event.delta = 'two\n';
    event.order[0] = 2;
    source.next(event as DeltaEvent);
    event.type = 'end';
    event.order.push(NaN);
    source.complete();
    expect(await commits).toMatchObject([
      { type: 'open', stream: { id: 'a', order: [1] } },
      { type: 'line', text: 'one' },
      { type: 'open', stream: { id: 'b', order: [2] } },
      { type: 'line', text: 'two' },
      { type: 'close', stream: { id: 'a', order: [1] } },
      { type: 'close', stream: { id: 'b', order: [2] } },
    ]);
  });

  it('copies the order, even if the array overrides Symbol.species', async () => {
    const kept: unknown[] = [];
    class Chosen extends Array<number> {
      static override get [Symbol.species]() {
        return function () {
          return kept;
        } as unknown as ArrayConstructor;
      }
    }
    const source = new Subject<DeltaEvent>();
    const commits = collect(source.pipe(operator({})));
    source.next({ ...start('a'), order: Chosen.of(1, 2) });
    kept.push(NaN, 'x');
    source.complete();
    expect((await commits)[0]).toStrictEqual({
      type: 'open',
      stream: { kind: 'answer', id: 'a', generation: 0, order: [1, 2] },
    });
  });
});

describe('commitLines', () => {
  it.each(fieldsRead)('reads each field of a $type at most once', async ({ type, fields }) => {
    const read: string[] = [];
    const event = new Proxy(samples[type], {
      get: (target, field) => {
        read.push(String(field));
        return Reflect.get(target, field) as unknown;
      },
    });
    const commits = await collect(from([event as DeltaEvent]).pipe(commitLines()));
    expect(commits.map((commit) => commit.type)).not.toContain('drop');
    expect([...read].sort()).toStrictEqual([...fields].sort());
  });

  it('uses the values that it has validated, even if getters return different ones later', async () => {
    const turns = (...answers: readonly unknown[]) => {
      let calls = 0;
      return () => answers[Math.min(calls++, answers.length - 1)];
    };
    const events = [
      withGetter(samples.delta, 'delta', turns('text', 7)),
      withGetter(samples.delta, 'id', turns('a', {})),
      withGetter(samples.delta, 'type', turns('delta', 'error')),
      withGetter(samples.delta, 'order', turns([1, 2], [NaN])),
      withGetter(samples.end, 'text', turns('texttexttexttext and more', 7)),
    ];
    expect(outcome(await collect(from(events).pipe(commitLines())))).toStrictEqual([
      'a end: "texttexttexttext and more"',
    ]);
  });
});
