import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { commitLines } from '../../../src/operators/commitLines.js';
import { fromDocker } from '../../../src/protocols/index.js';
import { collect } from '../../support/collect.js';
import { marbles } from '../../support/marbles.js';
import { toText } from '../../support/show.js';
import { readAsText } from '../../support/showEvent.js';

const read = (records: readonly unknown[]) => readAsText(records, fromDocker());

/** A record of the driver fluentd. */
const record = (log: unknown, fields: object = {}) => ({
  container_id: 'c1',
  container_name: '/web',
  source: 'stdout',
  log,
  ...fields,
});
const part = (id: string, ordinal: number, log: string, isLast = false, fields: object = {}) =>
  record(log, {
    partial_message: 'true',
    partial_id: id,
    partial_ordinal: String(ordinal),
    partial_last: String(isLast),
    ...fields,
  });

describe('fromDocker', () => {
  it(
    'emits the records of a json-file as they arrive',
    marbles((m) => {
      const source = m.hot('  -a-b-|', {
        a: { log: 'Single ', stream: 'stdout', time: '2024-01-01T00:00:00Z' },
        b: { log: 'line\n', stream: 'stdout', time: '2024-01-01T00:00:00Z' },
      });
      const expected = '      -a-b-|';
      m.expect(source.pipe(fromDocker())).toBeObservable(expected, {
        a: { type: 'delta', kind: 'stdout', id: 'log', delta: 'Single ' },
        b: { type: 'delta', kind: 'stdout', id: 'log', delta: 'line\n' },
      });
    }),
  );

  it('separates the outputs of a json-file', async () => {
    const commits = await collect(
      from([
        { log: 'out ', stream: 'stdout' },
        { log: 'err ', stream: 'stderr' },
        { log: 'neither\n' },
        { log: 'err\n', stream: 'stderr' },
        { log: 'put\n', stream: 'stdout' },
      ]).pipe(fromDocker(), commitLines()),
    );
    expect(commits.filter(({ type }) => type === 'line')).toMatchObject([
      { stream: { kind: 'output', id: 'log' }, text: 'neither' },
      { stream: { kind: 'stderr', id: 'log' }, text: 'err err' },
      { stream: { kind: 'stdout', id: 'log' }, text: 'out put' },
    ]);
  });

  it('treats only the line ends in a json-file as line ends', async () => {
    expect(await read([{ log: 'a\r\n' }, { log: '' }, { log: '\n' }, { log: 'b' }])).toStrictEqual([
      'delta output log a\r\n',
      'delta output log \n',
      'delta output log b',
    ]);
  });

  describe('a driver that names the container', () => {
    it('has its omitted line ends added', async () => {
      expect(
        await read([
          record('a'),
          record(''),
          record('b', { source: 'stderr' }),
          record('c', { container_id: 'c2' }),
          record('d\n'),
        ]),
      ).toStrictEqual([
        'delta stdout c1 a\n',
        'delta stdout c1 \n',
        'delta stderr c1 b\n',
        'delta stdout c2 c\n',
        'delta stdout c1 d\n',
      ]);
    });

    it.each([
      { priority: '6', kind: 'stdout' },
      { priority: '3', kind: 'stderr' },
      { priority: '5', kind: 'output' },
    ])('may be the journal, with $kind as priority $priority', async ({ priority, kind }) => {
      const entry = (MESSAGE: string, fields: object = {}) => ({
        CONTAINER_ID: 'c1',
        MESSAGE,
        PRIORITY: priority,
        ...fields,
      });
      expect(
        await read([
          entry('a '),
          entry('half ', { CONTAINER_PARTIAL_MESSAGE: 'true', CONTAINER_PARTIAL_ID: 'x' }),
          entry('line', {
            CONTAINER_PARTIAL_MESSAGE: 'true',
            CONTAINER_PARTIAL_ID: 'x',
            CONTAINER_PARTIAL_LAST: 'true',
          }),
        ]),
      ).toStrictEqual([`delta ${kind} c1 a \n`, `delta ${kind} c1 half `, `delta ${kind} c1 line\n`]);
    });
  });

  describe('a message of the journal', () => {
    const entry = (MESSAGE: unknown, fields: object = {}) => ({
      CONTAINER_ID: 'c1',
      MESSAGE,
      PRIORITY: '6',
      ...fields,
    });
    const bytesOf = (text: string) => [...new TextEncoder().encode(text)];
    const partOf = (MESSAGE: unknown, ordinal: number, isLast = false) =>
      entry(MESSAGE, {
        CONTAINER_PARTIAL_MESSAGE: 'true',
        CONTAINER_PARTIAL_ID: 'x',
        CONTAINER_PARTIAL_ORDINAL: String(ordinal),
        CONTAINER_PARTIAL_LAST: String(isLast),
      });

    it.each([
      { title: 'as bytes', message: bytesOf('caf\u00e9 \u001b[31m\r'), lines: ['caf\u00e9 \u001b[31m\r\n'] },
      { title: 'as invalid UTF-8', message: [0x61, 0xff, 0x62], lines: ['a\uFFFDb\n'] },
      { title: 'as several texts', message: ['one', 'two'], lines: ['one\n', 'two\n'] },
      { title: 'as texts and bytes', message: ['one', bytesOf('\u00fc')], lines: ['one\n', '\u00fc\n'] },
    ])('is read $title', async ({ message, lines }) => {
      expect(await read([entry(message)])).toStrictEqual(lines.map((line) => `delta stdout c1 ${line}`));
    });

    it('is decoded across its parts, which may end inside a character', async () => {
      const [first = 0, second = 0] = bytesOf('\u00e9');
      expect(await read([partOf([0x61, first], 1), partOf([second, 0x62], 2, true)])).toStrictEqual([
        'delta stdout c1 a',
        'delta stdout c1 \u00e9b\n',
      ]);
    });

    it.each([
      { title: 'another record', next: entry('b') },
      { title: 'a part of text', next: partOf('b', 2, true) },
    ])('keeps the rest of a cut character before $title', async ({ next }) => {
      const deltas = (await read([partOf([0x61, 0xc3], 1), next])).map((line) =>
        line.replace('delta stdout c1 ', ''),
      );
      expect(deltas.join('')).toMatch(/^a\uFFFD\n?b\n$/);
    });

    it.each([
      { message: null },
      { message: 5 },
      { message: [] },
      { message: [300] },
      { message: ['a', null] },
      { message: {} },
    ])('that cannot be read becomes a drop: $message', async ({ message }) => {
      const event = entry(message);
      expect(await collect(from([event]).pipe(fromDocker(), commitLines()))).toStrictEqual([
        { type: 'drop', reason: 'malformed', event },
      ]);
    });
  });

  describe('a line that came in parts', () => {
    it('is joined', async () => {
      const commits = await collect(
        from([part('x', 1, 'a '), part('x', 2, 'long '), part('x', 3, 'line', true), record('next')]).pipe(
          fromDocker(),
          commitLines(),
          toText(),
        ),
      );
      expect(commits).toStrictEqual([
        'open c1',
        'line c1 0 a long line$',
        'line c1 1 next$',
        'close c1 complete 2',
      ]);
    });

    it('may have an empty last part, if its length is a multiple of the limit', async () => {
      expect(await read([part('x', 1, 'a'), part('x', 2, '', true)])).toStrictEqual([
        'delta stdout c1 a',
        'delta stdout c1 \n',
      ]);
    });

    it('is separate from that of another output or container', async () => {
      const stderr = { source: 'stderr' };
      const other = { container_id: 'c2' };
      expect(
        await read([
          part('x', 1, 'a'),
          part('y', 1, 'b', false, stderr),
          part('z', 1, 'c', false, other),
          part('x', 2, 'A', true),
          part('y', 2, 'B', true, stderr),
          part('z', 2, 'C', true, other),
        ]),
      ).toStrictEqual([
        'delta stdout c1 a',
        'delta stderr c1 b',
        'delta stdout c2 c',
        'delta stdout c1 A\n',
        'delta stderr c1 B\n',
        'delta stdout c2 C\n',
      ]);
    });

    it.each([
      { title: 'a part of another line', next: part('y', 1, 'b'), text: 'b' },
      { title: 'a whole line', next: record('b'), text: 'b\n' },
    ])('ends before $title if its last part is missing', async ({ next, text }) => {
      expect(await read([part('x', 1, 'a'), next])).toStrictEqual([
        'delta stdout c1 a',
        'delta stdout c1 \n',
        `delta stdout c1 ${text}`,
      ]);
    });

    it('has its repeated parts ignored', async () => {
      expect(
        await read([
          part('x', 1, 'a'),
          part('x', 1, 'a'),
          part('x', 2, 'b'),
          part('x', 1, 'a'),
          part('x', 3, 'c', true),
        ]),
      ).toStrictEqual(['delta stdout c1 a', 'delta stdout c1 b', 'delta stdout c1 c\n']);
    });

    it('may have ordinals that are numbers, or none', async () => {
      const odd = (log: string, fields: object) => record(log, { partial_message: true, ...fields });
      expect(
        await read([
          odd('a', { partial_ordinal: 1 }),
          odd('a', { partial_ordinal: 1 }),
          odd('b', { partial_ordinal: 'two' }),
          odd('c', { partial_ordinal: 3, partial_last: true }),
        ]),
      ).toStrictEqual(['delta stdout c1 a', 'delta stdout c1 b', 'delta stdout c1 c\n']);
    });
  });

  it('prefixes every id with the connection', async () => {
    expect(await readAsText([{ log: 'a\n' }, record('b')], fromDocker({ connection: 'web' }))).toStrictEqual([
      'delta output web/log a\n',
      'delta stdout web/c1 b\n',
    ]);
  });
});
