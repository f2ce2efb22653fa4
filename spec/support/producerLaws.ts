import { from, type OperatorFunction } from 'rxjs';
import { expect, it } from 'vitest';

import { type Commit, commitLines, type DeltaEvent } from '../../src/index.js';
import type { ConnectionOptions } from '../../src/protocols/index.js';
import { byStream, textOf } from './arbitraries.js';
import { collect } from './collect.js';

/** The events of one producer, and the expected texts. */
export interface Producer {
  readonly name: string;
  readonly operator: (options?: ConnectionOptions) => OperatorFunction<unknown, DeltaEvent>;
  /** Events of all types that the producer sends, with this id wherever it has one. */
  readonly events: (id: string) => readonly unknown[];
  readonly texts: (id: string) => Readonly<Record<string, string>>;
  /** A delta of a text. */
  readonly delta: (text: string) => unknown;
}

/** The text of each stream, by kind and id. */
export function textsOf(commits: readonly Commit[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...byStream(commits)].map(([{ kind, id }, ofStream]) => [`${kind} ${id}`, textOf(ofStream)]),
  );
}

/** The laws of every operator that reads the events of a producer. */
export function keepsTheLawsOfProducers({ operator, events, texts }: Producer): void {
  const read = (values: readonly unknown[], options?: ConnectionOptions) =>
    collect(from(values).pipe(operator(options)));
  const commit = (values: readonly unknown[]) => collect(from(values).pipe(operator(), commitLines()));

  it.each(['x1', '__proto__', 'constructor', 'toString', 'a/2', ' '])(
    'emits each text of the producer with the id %j',
    async (id) => {
      expect(textsOf(await commit(events(id)))).toStrictEqual(texts(id));
    },
  );

  it('accepts messages as well as events', async () => {
    const messages = events('x1').map((event) => ({ data: JSON.stringify(event) }));
    expect(await read([...messages, { data: '[DONE]' }])).toStrictEqual(await read(events('x1')));
  });

  it('emits a drop for a broken message, and continues', async () => {
    const broken = { data: '{"type":' };
    const commits = await commit([broken, ...events('x1')]);
    expect(commits[0]).toStrictEqual({ type: 'drop', reason: 'malformed', event: broken });
    expect(textsOf(commits)).toStrictEqual(texts('x1'));
  });

  it('emits the text so far and closes each stream once, wherever the source ends', async () => {
    for (let length = 1; length < events('x1').length; length++) {
      const commits = await commit(events('x1').slice(0, length));
      for (const [stream, text] of Object.entries(textsOf(commits))) {
        expect([stream, texts('x1')[stream]?.startsWith(text)]).toStrictEqual([stream, true]);
      }
      expect(commits.filter(({ type }) => type === 'close')).toHaveLength(byStream(commits).size);
    }
  });

  it('accepts an id of a megabyte', async () => {
    const id = 'x'.repeat(1_000_000);
    expect(textsOf(await commit(events(id)))).toStrictEqual(texts(id));
  });

  it('puts the name of the connection before every id', async () => {
    const named = await read(events('x1'), { connection: 'a' });
    const plain = await read(events('x1'));
    expect(named).toStrictEqual(plain.map((event) => ({ ...event, id: `a/${event.id}` })));
  });

  it('ignores ten thousand unknown events', async () => {
    const unknown = Array.from({ length: 10_000 }, (_, index) => ({
      type: `unknown-${index}`,
      id: `id-${index}`,
      delta: 'x',
      text: 'x',
      data: index,
    }));
    const [first, ...rest] = events('x1');
    expect(await read([first, ...unknown, ...rest])).toStrictEqual(await read(events('x1')));
  });
}
