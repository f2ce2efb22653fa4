import fc from 'fast-check';
import { from, of, Subscriber, take } from 'rxjs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { parseSSE, type ServerSentEvent } from '../../../src/protocols/index.js';
import { pieces } from '../../support/arbitraries.js';
import { collect } from '../../support/collect.js';
import { marbles } from '../../support/marbles.js';

const parse = (chunks: Iterable<string>) => collect(from(chunks).pipe(parseSSE()));

/** What comes out until the end, which may be an error. */
function outcome(chunks: readonly string[], maxEventLength: number): readonly unknown[] {
  const seen: unknown[] = [];
  from(chunks)
    .pipe(parseSSE({ maxEventLength }))
    .subscribe({ next: (event) => seen.push(event), error: (error: unknown) => seen.push(error) });
  return seen;
}

describe('parseSSE', () => {
  it(
    'emits an event at the blank line that ends it',
    marbles((m) => {
      const source = m.hot('  --a-b-c-d-|', { a: 'data: x\n', b: '\nda', c: 'ta: y', d: '\n\n' });
      const expected = '      ----x---y-|';
      m.expect(source.pipe(parseSSE())).toBeObservable(expected, { x: { data: 'x' }, y: { data: 'y' } });
    }),
  );

  it.each([
    { title: 'events with data alone', chunks: ['data: a\n\ndata: b\n\ndata: c\n\n'] },
    { title: 'events with more', chunks: ['id: 1\ndata: a\n\nid: 2\ndata: b\n\n'] },
    { title: 'an event that was cut', chunks: ['data: ', 'a\n\ndata: b\n\n'] },
    { title: 'an event with more that was cut', chunks: ['id: 1\nda', 'ta: a\n\nid: 2\ndata: b\n\n'] },
  ])('stops in the middle of a chunk when it is unsubscribed: $title', async ({ chunks }) => {
    const next = vi.spyOn(Subscriber.prototype, 'next');
    onTestFinished(() => {
      next.mockRestore();
    });
    expect(await collect(from(chunks).pipe(parseSSE(), take(1)))).toMatchObject([{ data: 'a' }]);
    expect(next).toHaveBeenCalledWith(expect.objectContaining({ data: 'a' }));
    expect(next).not.toHaveBeenCalledWith(expect.objectContaining({ data: 'b' }));
  });

  it.each<{ title: string; text: string; events: readonly ServerSentEvent[] }>([
    {
      title: 'joins the lines of its data',
      text: 'data: a\ndata:\ndata: b\n\n',
      events: [{ data: 'a\n\nb' }],
    },
    {
      title: 'reads event and id',
      text: 'id: 7\nevent: e\ndata: x\n\n',
      events: [{ event: 'e', id: '7', data: 'x' }],
    },
    {
      title: 'does not repeat the id',
      text: 'id: 7\ndata: x\n\ndata: y\n\n',
      events: [{ id: '7', data: 'x' }, { data: 'y' }],
    },
    {
      title: 'removes one space after the colon',
      text: 'data:  x\n\ndata:y\n\n',
      events: [{ data: ' x' }, { data: 'y' }],
    },
    { title: 'ignores comments', text: ': hello\n\n:\ndata: x\n: bye\n\n', events: [{ data: 'x' }] },
    {
      title: 'ignores other fields',
      text: 'retry: 5\nretry: x\nfoo: 1\nbar\ndata: x\n\n',
      events: [{ data: 'x' }],
    },
    {
      title: 'ignores events without data',
      text: 'event: e\nid: 7\n\ndata: x\n\n',
      events: [{ data: 'x' }],
    },
    { title: 'keeps empty data', text: 'data\n\ndata:\n\n', events: [{ data: '' }, { data: '' }] },
    { title: 'reads CR LF', text: 'data: a\r\ndata: b\r\n\r\n', events: [{ data: 'a\nb' }] },
    { title: 'reads CR', text: 'data: a\rdata: b\r\r', events: [{ data: 'a\nb' }] },
    { title: 'removes a byte order mark', text: '\uFEFFdata: x\n\n', events: [{ data: 'x' }] },
    { title: 'keeps a byte order mark further on', text: 'data: \uFEFF\n\n', events: [{ data: '\uFEFF' }] },
  ])('$title', async ({ text, events }) => {
    expect(await parse([text])).toStrictEqual(events);
    expect(await parse(text)).toStrictEqual(events);
  });

  it(
    'does not wait for the character after a CR',
    marbles((m) => {
      const source = m.hot('  --a-b-c-|', { a: 'data: x\r', b: '\r', c: '\ndata: y\r\n\r' });
      const expected = '      ----x-y-|';
      m.expect(source.pipe(parseSSE())).toBeObservable(expected, { x: { data: 'x' }, y: { data: 'y' } });
    }),
  );

  // The specification drops these, and so do browsers and the clients of OpenAI and Anthropic.
  it.each(['data: x\n', 'data: x\r', 'data: x\r\n', 'data: x\n: comment\n'])(
    'emits the last event without its blank line: %j',
    async (text) => {
      expect(await parse([text])).toStrictEqual([{ data: 'x' }]);
      expect(await parse(text)).toStrictEqual([{ data: 'x' }]);
    },
  );

  it.each(['data: x', 'data: x\ndata: y', 'data: x\nda', 'event: e\n', ''])(
    'drops an incomplete last event: %j',
    async (text) => {
      expect(await parse([text])).toStrictEqual([]);
    },
  );

  it(
    'drops an unfinished event at an error',
    marbles((m) => {
      const source = m.hot('  --a-#', { a: 'data: x\n' });
      const expected = '      ----#';
      m.expect(source.pipe(parseSSE())).toBeObservable(expected);
    }),
  );

  it('accepts empty chunks', async () => {
    expect(await parse(['', '\uFEFF', '', 'data: x\r', '', '\n', '', '\n'])).toStrictEqual([{ data: 'x' }]);
  });

  it('fails at a chunk that is not text', async () => {
    await expect(collect(of(Uint8Array.of(1) as unknown as string).pipe(parseSSE()))).rejects.toThrow(
      new TypeError(
        'parseSSE reads text (use decodeText for bytes), but was given a value of type Uint8Array',
      ),
    );
  });

  it('fails at an event that is too long, before its end', () => {
    const error = new RangeError('An event is longer than the option maxEventLength allows: 8 code units');
    expect(outcome(['data: 12345678\n\n', 'data: 1234', '56789'], 8)).toStrictEqual([
      { data: '12345678' },
      error,
    ]);
    expect(outcome(['data: 1234\n', 'data: 5678\n', 'data: 9'], 8)).toStrictEqual([error]);
    expect(outcome(['data: 123456789\n\n'], 8)).toStrictEqual([error]);
    const named = ['event: greeting\ndata: 1234567', '8\n\n', 'event: greeting\ndata: 1234', '56789'];
    expect(outcome(named, 8)).toStrictEqual([{ event: 'greeting', data: '12345678' }, error]);
  });

  it('fails at an endless line that is not data', () => {
    expect(outcome([':', ' '.repeat(100)], 8)).toStrictEqual([expect.any(RangeError)]);
  });

  it.each([0, 1.5, NaN, -1])('throws a RangeError for the maxEventLength %d', (maxEventLength) => {
    expect(() => parseSSE({ maxEventLength })).toThrow(RangeError);
  });

  it('throws a TypeError for options of a wrong type', () => {
    expect(() => parseSSE({ maxEventLength: '8' as never })).toThrow(TypeError);
    expect(() => parseSSE(null as never)).toThrow(TypeError);
  });

  const line = fc.string().map((text) => text.replace(/[\r\n\0]/g, ''));
  const data = fc.array(line, { minLength: 1, maxLength: 3 });
  const event = fc.record(
    { event: line.filter((name) => name !== ''), id: line, lines: data },
    { requiredKeys: ['lines'] },
  );
  const endOfLine = fc.constantFrom('\n', '\r', '\r\n');

  /** An event stream, each line with an end of its own. */
  const eventStream = fc.array(event, { maxLength: 4 }).chain((events) => {
    const lines = events.flatMap(({ event: name, id, lines: ofData }) => [
      ...(name === undefined ? [] : [`event: ${name}`]),
      ...(id === undefined ? [] : [`id: ${id}`]),
      ...ofData.map((text) => `data: ${text}`),
      '',
    ]);
    return fc.array(endOfLine, { minLength: lines.length, maxLength: lines.length }).map((ends) => ({
      events: events.map(({ lines: ofData, ...rest }) => ({ ...rest, data: ofData.join('\n') })),
      // Between CR and a blank line that ends in LF there would be no line end, but one of two characters.
      text: lines
        .map((text, index) => text + (text === '' && ends[index] === '\n' ? '\r\n' : (ends[index] ?? '')))
        .join(''),
    }));
  });

  it('emits the same events, however the text is cut', async () => {
    const cut = eventStream.chain(({ events, text }) =>
      fc.record({ events: fc.constant(events), chunks: pieces(text) }),
    );
    await fc.assert(
      fc.asyncProperty(cut, async ({ events, chunks }) => {
        expect(await parse(chunks)).toEqual(events);
      }),
    );
  });

  it('fails at the same event, however the text is cut', () => {
    const cut = fc
      .array(fc.record({ name: fc.constantFrom('', 'event: \n'), lines: data }), { maxLength: 3 })
      .map((events) =>
        events.flatMap(({ name, lines }) => [name, ...lines.map((text) => `data: ${text}\n`), '\n']).join(''),
      )
      .chain((text) => fc.record({ text: fc.constant(text), chunks: pieces(text) }));
    fc.assert(
      fc.property(cut, fc.integer({ min: 1, max: 12 }), ({ text, chunks }, maxEventLength) => {
        expect(outcome(chunks, maxEventLength)).toStrictEqual(outcome([text], maxEventLength));
      }),
    );
  });
});
