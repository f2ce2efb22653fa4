import { EMPTY, from, NEVER, Observable, of, Subject, take, throwError } from 'rxjs';
import { describe, expect, expectTypeOf, it } from 'vitest';

import { commitLines, type DeltaEvent } from '../../../src/index.js';
import { fromOpenAIChat, separateReasoning } from '../../../src/protocols/index.js';
import { collect } from '../../support/collect.js';
import { marbles } from '../../support/marbles.js';
import { textsOf } from '../../support/producerLaws.js';

const answer = { kind: 'answer', id: '1' } as const;
const reasoning = { kind: 'reasoning', id: '1' } as const;
const start: DeltaEvent = { type: 'start', ...answer, order: [1, 0] };
const delta = (text: string): DeltaEvent => ({ type: 'delta', ...answer, delta: text });
const thought = (text: string): DeltaEvent => ({ type: 'delta', ...reasoning, delta: text });
const end: DeltaEvent = { type: 'end', ...answer };
const thoughtEnd: DeltaEvent = { type: 'end', ...reasoning };

const read = (...events: readonly unknown[]) =>
  collect(from(events as readonly DeltaEvent[]).pipe(separateReasoning()));

describe('separateReasoning', () => {
  it(
    'emits each piece when it arrives',
    marbles((m) => {
      const source = m.hot('  -a-b-c-d-e-|', {
        a: delta('<think>h'),
        b: delta('m</th'),
        c: delta('ink>\n'),
        d: delta('\nHi'),
        e: end,
      });
      const subscribed = '    ^----------!';
      const expected = '      -a-b-c-d-e-|';
      m.expect(source.pipe(separateReasoning())).toBeObservable(expected, {
        a: thought('h'),
        b: thought('m'),
        c: thoughtEnd,
        d: delta('Hi'),
        e: end,
      });
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it(
    'is empty, silent or fails like the source',
    marbles((m) => {
      const boom = new Error('boom');
      m.expect(EMPTY.pipe(separateReasoning())).toBeObservable('|');
      m.expect(NEVER.pipe(separateReasoning())).toBeObservable('-');
      m.expect(throwError(() => boom).pipe(separateReasoning())).toBeObservable('#', undefined, boom);
    }),
  );

  it(
    'emits held events before the end of the source',
    marbles((m) => {
      const boom = new Error('boom');
      const values = { a: delta('a<th'), x: delta('a'), y: delta('<th') };
      m.expect(m.hot('-a-|', values).pipe(separateReasoning())).toBeObservable('-x-(y|)', values);
      m.expect(m.hot('-a-#', values, boom).pipe(separateReasoning())).toBeObservable('-x-(y#)', values, boom);
    }),
  );

  it(
    'emits nothing after unsubscribe',
    marbles((m) => {
      const source = m.hot('  --a-a---|', { a: delta('a<th') });
      const subscribed = '    ^--!';
      const expected = '      --x-';
      m.expect(source.pipe(separateReasoning()), '^--!').toBeObservable(expected, { x: delta('a') });
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  it('stops a synchronous source, even within an event', async () => {
    let produced = 0;
    const source = new Observable<DeltaEvent>((subscriber) => {
      while (!subscriber.closed && produced < 100) {
        produced++;
        subscriber.next(delta('<think>r</think>a'));
      }
    });
    expect(await collect(source.pipe(separateReasoning(), take(1)))).toStrictEqual([thought('r')]);
    expect(produced).toBe(1);
  });

  it('handles a pushed event after the current one', () => {
    const source = new Subject<DeltaEvent>();
    const seen: DeltaEvent[] = [];
    source.pipe(separateReasoning()).subscribe((event) => {
      seen.push(event);
      if (seen.length === 1) {
        source.next(delta('b'));
      }
    });
    source.next(delta('<think>r</think>a'));
    expect(seen).toStrictEqual([thought('r'), thoughtEnd, delta('a'), delta('b')]);
  });

  it('starts again with each subscription', async () => {
    const result = of(delta('<think>r')).pipe(separateReasoning());
    expect(await collect(result)).toStrictEqual([thought('r')]);
    expect(await collect(result)).toStrictEqual([thought('r')]);
  });

  it('emits all other events unchanged', async () => {
    const others: readonly unknown[] = [
      { type: 'delta', kind: 'tool', id: '1', delta: '<think>' },
      { type: 'start', kind: 'code', id: '1' },
      { type: 'delta', kind: 'answer', id: 1, delta: '<think>' },
      { type: 'delta', kind: 'answer', id: '1', delta: 5 },
      { type: 'end', kind: 'answer', id: '1', text: 5 },
      { type: 'other', kind: 'answer', id: '1' },
      null,
      'x',
    ];
    const seen = await read(...others);
    expect(seen).toHaveLength(others.length);
    seen.forEach((event, index) => {
      expect(event).toBe(others[index]);
    });
  });

  it('emits an answer without tags unchanged', async () => {
    const events = [start, delta('a'), delta('b < c'), { ...end, text: 'ab < c', finishReason: 'stop' }];
    expect(await read(...events)).toStrictEqual([
      start,
      { ...delta('a'), order: [1, 0] },
      delta('b < c'),
      { ...end, text: 'ab < c', finishReason: 'stop' },
    ]);
    expect(await read(end)).toStrictEqual([end]);
  });

  describe('the event that opens an answer', () => {
    it('opens the reasoning, and the answer with its text', async () => {
      const place = { order: [1, 0] };
      expect(await read(start, delta('<think>r</think>'), delta('a'), end)).toStrictEqual([
        { type: 'start', ...reasoning, ...place },
        { ...thought('r'), ...place },
        thoughtEnd,
        start,
        { ...delta('a'), ...place },
        end,
      ]);
      expect(await read({ ...delta(''), ...place }, delta('<think>r</think>a'))).toStrictEqual([
        { ...thought('r'), ...place },
        thoughtEnd,
        { ...delta('a'), ...place },
      ]);
    });

    it('is emitted if no text arrives', async () => {
      expect(await read(start)).toStrictEqual([start]);
      expect(await read(start, end)).toStrictEqual([start, end]);
      expect(await read(delta(''), end)).toStrictEqual([delta(''), end]);
    });

    it('is emitted if the answer is already open', async () => {
      expect(await read(delta('a'), start, delta(''))).toStrictEqual([delta('a'), start, delta('')]);
    });
  });

  it('emits several sections as generations of one stream', async () => {
    const events = from([delta('<think>r</think>a<think>s</think>b'), end]);
    const commits = await collect(events.pipe(separateReasoning(), commitLines()));
    const lines = commits.flatMap((commit) =>
      commit.type === 'line' ? [`${commit.stream.kind} ${commit.stream.generation} ${commit.text}`] : [],
    );
    expect(lines).toStrictEqual(['reasoning 0 r', 'reasoning 1 s', 'answer 0 ab']);
    expect(commits.filter(({ type }) => type === 'drop')).toStrictEqual([]);
  });

  describe('the end of an answer', () => {
    it('ends open reasoning, with its reason', async () => {
      const cut = { ...end, finishReason: 'length' };
      expect(await read(delta('<think>r</th'), cut)).toStrictEqual([
        thought('r'),
        thought('</th'),
        { ...thoughtEnd, finishReason: 'length' },
        cut,
      ]);
    });

    it('has the answer part of the full text', async () => {
      const full = { ...end, text: '<think>rs</think>\nab' };
      expect(await read(delta('<think>rs</think>a'), full)).toStrictEqual([
        thought('rs'),
        thoughtEnd,
        delta('a'),
        { ...end, text: 'ab' },
      ]);
    });

    it('emits the full text of open reasoning', async () => {
      expect(await read(delta('<think>r'), { ...end, text: '<think>rs</think>a' })).toStrictEqual([
        thought('r'),
        { ...thoughtEnd, text: 'rs' },
        { ...end, text: 'a' },
      ]);
    });

    it('emits texts that were not streamed', async () => {
      const full = { ...end, text: '<think>r</think>a<think>s</think>' };
      const commits = await collect(from([full]).pipe(separateReasoning(), commitLines()));
      expect(
        commits.flatMap((commit) => (commit.type === 'line' ? [[commit.stream.kind, commit.text]] : [])),
      ).toStrictEqual([
        ['reasoning', 'r'],
        ['reasoning', 's'],
        ['answer', 'a'],
      ]);
      expect(await read({ ...end, text: '<think>r' })).toStrictEqual([{ ...thoughtEnd, text: 'r' }, end]);
    });

    it('inside reasoning does not affect the next answer', async () => {
      expect(await read(delta('<think>r'), end, { type: 'start', ...answer }, delta('a'))).toStrictEqual([
        thought('r'),
        thoughtEnd,
        end,
        { type: 'start', ...answer },
        delta('a'),
      ]);
    });
  });

  it('fails open reasoning and the answer', async () => {
    const error = { type: 'error', ...answer, error: 'boom' };
    expect(await read(delta('<think>r'), error)).toStrictEqual([
      thought('r'),
      { type: 'error', ...reasoning, error: 'boom' },
      error,
    ]);
    expect(await read(delta('a'), error)).toStrictEqual([delta('a'), error]);
  });

  it('separates answers', async () => {
    const other = (event: DeltaEvent) => ({ ...event, id: '2' });
    expect(
      await read(delta('<th'), other(delta('<think>s')), delta('ink>r'), other(delta('</think>b'))),
    ).toStrictEqual([other(thought('s')), thought('r'), other(thoughtEnd), other(delta('b'))]);
  });

  it('tracks at most ten thousand answers', () => {
    const events = Array.from({ length: 10_001 }, (_, index) => ({ ...delta('<th'), id: String(index) }));
    const source = new Subject<DeltaEvent>();
    const seen: DeltaEvent[] = [];
    source.pipe(separateReasoning()).subscribe((event) => seen.push(event));
    for (const event of events) {
      source.next(event);
    }
    expect(seen).toStrictEqual([{ ...delta('<th'), id: '0' }]);
  });

  describe('the options', () => {
    it('set the tag and the kind', async () => {
      const events = of(delta('<seed:think>r</seed:think>a'));
      const seen = await collect(events.pipe(separateReasoning({ tag: 'seed:think', kind: 'thought' })));
      expect(seen).toMatchObject([{ kind: 'thought', delta: 'r' }, { kind: 'thought' }, delta('a')]);
    });

    it('set that answers start inside', async () => {
      const result = (...events: DeltaEvent[]) =>
        collect(from(events).pipe(separateReasoning({ startsInside: true })));
      expect(await result(delta('r</think>a'), { ...end, text: 'r</think>ab' })).toStrictEqual([
        thought('r'),
        thoughtEnd,
        delta('a'),
        { ...end, text: 'ab' },
      ]);
      expect(await result(delta('r</think>a'), { ...end, text: 'ab' })).toContainEqual({
        ...end,
        text: 'ab',
      });
    });

    it.each([
      ['tag', null, TypeError, 'The option tag is null, but must be a name such as "think"'],
      ['tag', 5, TypeError, 'The option tag is 5, but must be a name such as "think"'],
      ['tag', '', RangeError, 'The option tag is "", but must be a name such as "think"'],
      ['tag', '<think>', RangeError, 'The option tag is "<think>", but must be a name such as "think"'],
      ['kind', null, TypeError, 'The option kind is null, but must be a string other than "answer"'],
      ['kind', 5, TypeError, 'The option kind is 5, but must be a string other than "answer"'],
      ['kind', 'answer', RangeError, 'The option kind is "answer", but must be a string other than "answer"'],
      ['startsInside', null, TypeError, 'The option startsInside is null, but must be true or false'],
      ['startsInside', 1, TypeError, 'The option startsInside is 1, but must be true or false'],
    ])('are checked: %s %j', (name, value, errorClass, message) => {
      const create = () => separateReasoning({ [name]: value });
      expect(create).toThrow(errorClass);
      expect(create).toThrow(message);
    });

    it('must be an object', () => {
      expect(() => separateReasoning(null as never)).toThrow(TypeError);
    });
  });

  it('keeps the kinds in its type', () => {
    const chunks = NEVER.pipe(fromOpenAIChat(), separateReasoning());
    expectTypeOf(chunks).toEqualTypeOf<
      Observable<DeltaEvent<'answer' | 'refusal' | 'reasoning' | 'tool' | 'transcript'>>
    >();
    const named = NEVER.pipe(fromOpenAIChat(), separateReasoning({ kind: 'thought' }));
    expectTypeOf(named).toEqualTypeOf<
      Observable<DeltaEvent<'answer' | 'refusal' | 'reasoning' | 'tool' | 'transcript' | 'thought'>>
    >();
  });

  it('emits the two texts of a chat', async () => {
    const chunks = ['<thi', 'nk>\nhm\n', '</think>', '\n\nHello'].map((content) => ({
      id: 'c',
      choices: [{ index: 0, delta: { content } }],
    }));
    const commits = await collect(from(chunks).pipe(fromOpenAIChat(), separateReasoning(), commitLines()));
    expect(textsOf(commits)).toStrictEqual({ 'reasoning c/0': 'hm\n', 'answer c/0': 'Hello' });
  });
});
