import fc from 'fast-check';
import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { commitLines } from '../../../src/operators/commitLines.js';
import { fromKubernetes, parseJSONLines } from '../../../src/protocols/index.js';
import { collect } from '../../support/collect.js';
import { marbles } from '../../support/marbles.js';
import { textsOf } from '../../support/producerLaws.js';
import { readAsText } from '../../support/showEvent.js';

const read = (...events: unknown[]) => readAsText(events, fromKubernetes());
const textsFrom = async (events: readonly unknown[]) =>
  textsOf(await collect(from(events).pipe(fromKubernetes(), commitLines())));

const TIME = '2026-01-01T00:00:00.123456789Z';
const line = (stream: string, tag: string, text: string) => `${TIME} ${stream} ${tag} ${text}`;

const names = (pod: string, container = 'app', more: object = {}) => ({
  namespace_name: 'shop',
  pod_name: pod,
  container_name: container,
  ...more,
});
/** A record of Fluentd, or of Fluent Bit with the parser `cri`. */
const record = (pod: string, logtag: string, message: string, more: object = {}) => ({
  stream: 'stdout',
  logtag,
  message,
  time: TIME,
  kubernetes: names(pod),
  ...more,
});
/** A record of Fluent Bit with the multiline parser `cri`. */
const merged = (tag: string, log: string) => ({ _p: tag, log, stream: 'stdout', kubernetes: names('a') });

describe('fromKubernetes', () => {
  it(
    'joins the parts of a line',
    marbles((m) => {
      const source = m.hot('  -a-b-c-|', {
        a: line('stdout', 'P', 'half '),
        b: line('stderr', 'F', 'oops'),
        c: line('stdout', 'F', 'line'),
      });
      const subscribed = '    ^------!';
      const expected = '      -a-b-c-|';
      m.expect(source.pipe(fromKubernetes())).toBeObservable(expected, {
        a: { type: 'delta', kind: 'stdout', id: 'log', delta: 'half ' },
        b: { type: 'delta', kind: 'stderr', id: 'log', delta: 'oops\n' },
        c: { type: 'delta', kind: 'stdout', id: 'log', delta: 'line\n' },
      });
      m.expect(source).toHaveSubscriptions(subscribed);
    }),
  );

  describe('a line of a log file', () => {
    it.each([
      { form: line('stdout', 'F', 'a'), event: 'delta stdout log a\n' },
      { form: line('stdout', 'F', ''), event: 'delta stdout log \n' },
      { form: `${TIME} stdout F`, event: 'delta stdout log \n' },
      { form: '2026-01-01T00:00:00+03:00 stderr F a', event: 'delta stderr log a\n' },
      { form: line('stdout', 'F', '  a  '), event: 'delta stdout log   a  \n' },
      { form: line('stdout', 'F', 'a\r'), event: 'delta stdout log a\r\n' },
      { form: line('stdout', 'F', '10 %\r20 %'), event: 'delta stdout log 10 %\r20 %\n' },
      { form: line('stdout', 'F', '{"a":1}'), event: 'delta stdout log {"a":1}\n' },
      { form: line('stdout', 'F:source:x', 'a'), event: 'delta stdout log a\n' },
      { form: line('stdout', 'P:source', 'a'), event: 'delta stdout log a' },
      { form: `${line('stdout', 'F', 'a')}\n`, event: 'delta stdout log a\n' },
    ])('is read: $form', async ({ form, event }) => {
      expect(await read(form)).toStrictEqual([event]);
    });

    it.each([
      'plain text',
      '',
      'stdout F a',
      `${TIME} stdout a`,
      `${TIME} stdin F a`,
      `${TIME} stdout X a`,
      `${TIME} stdout Fa`,
      `${TIME}  stdout F a`,
      '[pod/web] a',
      '[pod/web/app]a',
      '[service/web/app] a',
    ])('is any other: %s', async (text) => {
      expect(await read(text)).toStrictEqual([`delta other lines ${text}\n`]);
    });
  });

  it('has the container of a kubectl line as its id', async () => {
    expect(await read('[pod/web-1/app] a', '[pod/web-2/app] b', '[pod/web-1/app] ')).toStrictEqual([
      'delta output web-1/app a\n',
      'delta output web-2/app b\n',
      'delta output web-1/app \n',
    ]);
  });

  it('names the container by namespace, pod and container', async () => {
    expect(
      await read(
        record('web-1', 'F', 'a'),
        record('web-2', 'F', 'b', { stream: 'stderr' }),
        record('web-1', 'F', 'c', { kubernetes: names('web-1', 'proxy') }),
        record('web-1', 'F', 'd', { kubernetes: names('web-1', 'app', { namespace_name: 'test' }) }),
        record('web-1', 'F', 'e', { stream: undefined }),
        record('web-1', 'F', 'f', { kubernetes: undefined }),
      ),
    ).toStrictEqual([
      'delta stdout shop/web-1/app a\n',
      'delta stderr shop/web-2/app b\n',
      'delta stdout shop/web-1/proxy c\n',
      'delta stdout test/web-1/app d\n',
      'delta output shop/web-1/app e\n',
      'delta stdout log f\n',
    ]);
  });

  it.each([
    { shipper: 'Vector', kubernetes: { pod_namespace: 'shop', pod_name: 'web', container_name: 'app' } },
    {
      shipper: 'Filebeat',
      kubernetes: { namespace: 'shop', pod: { name: 'web' }, container: { name: 'app' } },
    },
  ])('reads the names of $shipper', async ({ kubernetes }) => {
    expect(await read({ message: 'a', stream: 'stdout', kubernetes })).toStrictEqual([
      'delta stdout shop/web/app a\n',
    ]);
  });

  it('separates records with only a part of the names', async () => {
    const kubernetes = [
      { namespace_name: 'a', pod_name: 'b' },
      { pod_name: 'a', container_name: 'b' },
      { namespace_name: 'a', container_name: 'b' },
    ];
    const events = await read(...kubernetes.map((given) => ({ log: 'x', kubernetes: given })));
    expect(events).toStrictEqual([
      'delta output a/b/- x\n',
      'delta output -/a/b x\n',
      'delta output a/-/b x\n',
    ]);
  });

  it('never joins the parts of interleaved pods and streams', async () => {
    const streams = ['a', 'b'].flatMap((pod) => ['stdout', 'stderr'].map((stream) => ({ pod, stream })));
    const parts = fc.array(
      fc.record({ index: fc.nat({ max: 3 }), text: fc.string({ unit: 'grapheme' }), isLast: fc.boolean() }),
    );
    await fc.assert(
      fc.asyncProperty(parts, async (all) => {
        const expected: Record<string, string> = {};
        const events = all.map(({ index, text, isLast }) => {
          const { pod, stream } = streams[index] ?? { pod: '', stream: '' };
          const key = `${stream} shop/${pod}/app`;
          const received = `${text.replaceAll('\n', ' ')}${isLast ? '\n' : ''}`;
          if (received !== '') {
            expected[key] = (expected[key] ?? '') + received;
          }
          return record(pod, isLast ? 'F' : 'P', text.replaceAll('\n', ' '), { stream });
        });
        expect(await textsFrom(events)).toStrictEqual(expected);
      }),
    );
  });

  it('ends an unfinished line when the container restarts', async () => {
    const ofContainer = (docker_id: string) => ({ kubernetes: names('web', 'app', { docker_id }) });
    expect(
      await read(
        record('web', 'P', 'half', ofContainer('1')),
        record('web', 'P', 'whole ', ofContainer('2')),
        record('web', 'F', 'line', ofContainer('2')),
        record('web', 'F', 'next', ofContainer('3')),
      ),
    ).toStrictEqual([
      'delta stdout shop/web/app half',
      'delta stdout shop/web/app \n',
      'delta stdout shop/web/app whole ',
      'delta stdout shop/web/app line\n',
      'delta stdout shop/web/app next\n',
    ]);
  });

  describe('the tag _p', () => {
    it('identifies the parts of a line', async () => {
      expect(await textsFrom([merged('P', 'a'), merged('F', 'b'), merged('F', 'c')])).toStrictEqual({
        'stdout shop/a/app': 'ab\nc\n',
      });
    });

    it.each([
      { name: 'ASCII', text: 'x'.repeat(16_384), more: 'x' },
      { name: 'other characters', text: `${'€'.repeat(5_461)}x`, more: '€' },
    ])('belongs to the first part of a line that is longer than a part, in $name', async ({ text, more }) => {
      expect(await textsFrom([merged('P', text), merged('F', 'b')])).toStrictEqual({
        'stdout shop/a/app': `${text}b\n`,
      });
      expect(await textsFrom([merged('P', text + more), merged('F', 'b')])).toStrictEqual({
        'stdout shop/a/app': `${text}${more}\nb\n`,
      });
    });
  });

  it('adds no second line end to lines that a shipper joined', async () => {
    expect(await read(record('a', 'F', 'Error\n  at x\n'), record('a', 'P', 'b\n'))).toStrictEqual([
      'delta stdout shop/a/app Error\n  at x\n',
      'delta stdout shop/a/app b\n',
    ]);
  });

  describe('a record without a tag', () => {
    const untagged = (log: string, pod = 'a') => ({ log, stream: 'stdout', kubernetes: names(pod) });

    it('is a whole line', async () => {
      expect(await textsFrom([untagged('a'), untagged(''), untagged('b')])).toStrictEqual({
        'stdout shop/a/app': 'a\n\nb\n',
      });
    });

    it('is a part of a line without an LF, if others of its stream have one', async () => {
      expect(await textsFrom([untagged('a\n'), untagged('b'), untagged('c\n')])).toStrictEqual({
        'stdout shop/a/app': 'a\nbc\n',
      });
    });

    it('is a whole line, whatever the records of other streams are', async () => {
      const records = [untagged('x\n', 'b'), untagged('a'), untagged('y', 'b'), untagged('b')];
      expect(await textsFrom(records)).toStrictEqual({
        'stdout shop/b/app': 'x\ny',
        'stdout shop/a/app': 'a\nb\n',
      });
    });

    it('is the first part of a line if it is as long as a part and another stream has LFs', async () => {
      const part = 'é'.repeat(8_192);
      expect(await textsFrom([untagged('x\n', 'b'), untagged(part), untagged('y\n')])).toStrictEqual({
        'stdout shop/b/app': 'x\n',
        'stdout shop/a/app': `${part}y\n`,
      });
    });

    it('is a whole line of any length if no stream has LFs', async () => {
      const long = 'x'.repeat(16_384);
      expect(await textsFrom([untagged(long), untagged('y')])).toStrictEqual({
        'stdout shop/a/app': `${long}\ny\n`,
      });
    });

    it('is a whole line again after 10,000 other streams that have LFs', async () => {
      const others = Array.from({ length: 10_000 }, (_, index) => untagged('x\n', String(index)));
      const lastOf = async (count: number) => {
        const events = await read(untagged('a\n'), ...others.slice(0, count), untagged('b'));
        return events.at(-1);
      };
      expect(await lastOf(9_999)).toBe('delta stdout shop/a/app b');
      expect(await lastOf(10_000)).toBe('delta stdout shop/a/app b\n');
    });

    it('is a part of a line if it is marked so', async () => {
      expect(await textsFrom([{ ...untagged('a'), _partial: true }, untagged('b')])).toStrictEqual({
        'stdout shop/a/app': 'ab\n',
      });
    });
  });

  it('ignores records without text and records of other programs', async () => {
    expect(
      await read(
        { stream: 'stdout', kubernetes: names('a') },
        { log: { level: 'info' }, kubernetes: names('a') },
        { message: 'overloaded' },
        { message: 'a', kubernetes: {} },
        null,
        5,
      ),
    ).toStrictEqual([]);
  });

  it('reads a file of lines and records', async () => {
    const text = [
      line('stdout', 'P', 'half '),
      JSON.stringify({ log: 'docker\n', stream: 'stderr', time: TIME }),
      'plain',
      line('stdout', 'F', 'line\r'),
      '',
    ].join('\n');
    const commits = from([text]).pipe(
      parseJSONLines({ plainLines: true }),
      fromKubernetes({ connection: 'x' }),
      commitLines(),
    );
    expect(textsOf(await collect(commits))).toStrictEqual({
      'stdout x/log': 'half line\r\n',
      'stderr x/log': 'docker\n',
      'other x/lines': 'plain\n',
    });
  });
});
