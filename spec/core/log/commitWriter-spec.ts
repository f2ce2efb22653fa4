import { describe, expect, it } from 'vitest';

import type { AppendResult, StoredCommit, StoredEntry } from '../../../src/core/log/commitLog.js';
import { type Appended, CommitWriter, type WriterStep } from '../../../src/core/log/commitWriter.js';
import type { Commit, TailCommit } from '../../../src/index.js';
import { close, line, open, revise, streamOf, tail } from '../../support/commits.js';
import { show } from '../../support/show.js';

const a = streamOf('a');
const b = streamOf('b');

/** Entry 0 is the open; the positions are p0, p1 and so on. */
const entry = (number: number, commit: StoredCommit): StoredEntry => ({
  position: `p${number}`,
  commit,
  number,
});

/** A step in words, for example `append line a 0 x$, line a 1 y$`. */
function showStep(step: WriterStep<string> | undefined): string | undefined {
  switch (step?.type) {
    case 'claim':
      return `claim ${step.requests.map(({ stream, token }) => `${stream.id} ${token}`).join(', ')}`;
    case 'append':
      return `append ${step.requests.map(({ commit }) => show(commit)).join(', ')}`;
    case 'read':
      return `read ${step.stream.id} after ${step.after ?? 'nothing'}`;
    case undefined:
      return undefined;
  }
}

/** A writer, and what it emits and publishes, in words. */
function writing({ entries = 1 } = {}) {
  const emitted: string[] = [];
  const commits: Commit[] = [];
  const published: string[] = [];
  let step: WriterStep<string> | undefined;
  const writer = new CommitWriter<string>(
    { existing: entries === 1 ? 'restart' : 'continue', lease: 1000, name: 'w' },
    {
      emit: (appended: Appended) => {
        if (appended.type === 'entry') {
          commits.push(appended.commit);
        }
        emitted.push(
          appended.type === 'entry'
            ? `${appended.position ?? '-'} ${show(appended.commit)}`
            : `fenced ${appended.stream.id}`,
        );
      },
      publish: ({ commit, number }) => published.push(`${show(commit)} after ${number}`),
    },
  );
  const take = () => {
    step = writer.take();
    return showStep(step);
  };
  const add = (...some: readonly (StoredCommit | TailCommit)[]) => {
    some.forEach((commit) => {
      writer.add(commit);
    });
  };
  /** Answers the latest step as a log would that stores everything. */
  const store = ({ duration = 0, position = (number: number): string | undefined => `p${number}` } = {}) => {
    if (step?.type === 'claim') {
      writer.answerClaims(
        step.requests.map(({ stream, token }) => ({ stream, token, position: 'p0', entries })),
      );
    } else if (step?.type === 'append') {
      writer.answerAppends(
        step.requests.map(({ number }): AppendResult => ({ type: 'stored', position: position(number) })),
        duration,
      );
    }
  };
  /** Takes and answers the step that claims the streams. */
  const claim = () => {
    take();
    store();
    emitted.length = 0;
  };
  return { writer, emitted, commits, published, add, take, store, claim, step: () => step };
}

const isAppend = (step: WriterStep<string> | undefined) => (step?.type === 'append' ? step.requests : []);

describe('CommitWriter', () => {
  it('claims streams, appends their commits, and emits them with their positions', () => {
    const { writer, emitted, add, take, store } = writing();
    add(open(a), line(a, 0, 'x'), close(a, 1));
    expect(take()).toBe('claim a w-0');
    store();
    expect([...writer.held]).toHaveLength(1);
    expect(writer.claimed).toMatchObject([{ token: 'w-0' }]);
    expect(take()).toBe('append line a 0 x$, close a end 1');
    store();
    expect(emitted).toStrictEqual(['p0 open a', 'p1 line a 0 x$', 'p2 close a end 1']);
    expect(take()).toBeUndefined();
    expect(writer.waiting).toBe(0);
    expect(writer.held.size).toBe(0);
  });

  it('claims at most 500 streams in one step, each with a token of its own', () => {
    const { writer, add, take, step } = writing();
    add(...Array.from({ length: 501 }, (_, index) => open(streamOf(String(index)))));
    take();
    const requests = ((current) => (current?.type === 'claim' ? current.requests : []))(step());
    expect(requests).toHaveLength(500);
    expect(requests.slice(0, 3).map(({ token }) => token)).toStrictEqual(['w-0', 'w-1', 'w-2']);
    writer.answerClaims(requests.map((request) => ({ ...request, position: 'p0', entries: 1 })));
    expect(take()).toBe('claim 500 w-500');
  });

  it('sends the number of each entry, and of the lines after it', () => {
    const { add, take, claim, step } = writing();
    add(open(a), line(a, 0, 'x'), line(a, 1, 'y'), revise(a, 1), close(a, 1));
    claim();
    take();
    expect(isAppend(step()).map(({ number, lines }) => [number, lines])).toStrictEqual([
      [1, 1],
      [2, 2],
      [3, 1],
      [4, 1],
    ]);
  });

  it('emits the same object if the log did not change the stream', () => {
    const { commits, add, take, store } = writing();
    const one = line(a, 0, 'x');
    add(open(a), one);
    take();
    store();
    take();
    store();
    expect(commits[1]).toBe(one);
  });

  describe('the size of an append step', () => {
    /** The sizes of the first steps for many lines, when each takes this long. */
    function sizesFor(duration: number, text = 'x', count = 5): readonly number[] {
      const { add, take, store, claim, step } = writing();
      add(open(a), ...Array.from({ length: 600 }, (_, index) => line(a, index, text)));
      claim();
      return Array.from({ length: count }, () => {
        take();
        store({ duration });
        return isAppend(step()).length;
      });
    }

    it.each([
      { duration: 999, sizes: [32, 64, 128] },
      { duration: 1_000, sizes: [32, 32, 32] },
      { duration: 5_000, sizes: [32, 32, 32] },
      { duration: 5_001, sizes: [32, 16, 8] },
    ])('is $sizes when a step takes $duration ms', ({ duration, sizes }) => {
      expect(sizesFor(duration, 'x', 3)).toStrictEqual(sizes);
    });

    it('is limited by 2,000 code units for each commit, and grows as well', () => {
      expect(sizesFor(0, 'x'.repeat(64_000), 3)).toStrictEqual([1, 2, 4]);
    });

    it('does not grow after a step that was not full', () => {
      const { add, take, store, claim, step } = writing();
      add(open(a), line(a, 0, 'x'));
      claim();
      take();
      store();
      add(...Array.from({ length: 100 }, (_, index) => line(a, index + 1, 'x')));
      take();
      expect(isAppend(step())).toHaveLength(32);
    });
  });

  describe('after the last commit of a stream', () => {
    it.each([
      { title: 'the same object', again: a },
      { title: 'an equal object', again: { ...a } },
    ])('opens another stream for $title', ({ again }) => {
      const { add, take, store, claim } = writing();
      add(open(a), close(a, 0));
      claim();
      take();
      store();
      add(line(again, 0, 'x'));
      expect(take()).toBe('claim a w-1');
    });

    it('opens another stream also if that one was fenced', () => {
      const { writer, emitted, add, take, claim } = writing();
      add(open(a), line(a, 0, 'x'));
      claim();
      take();
      writer.answerAppends([{ type: 'fenced' }], 0);
      expect(emitted).toStrictEqual(['fenced a']);
      add(line(a, 1, 'y'), tail(a, 2, 'z'), close(a, 2));
      expect(take()).toBeUndefined();
      expect(writer.waiting).toBe(0);
      expect(emitted).toStrictEqual(['fenced a']);
      add(line(a, 0, 'x'));
      expect(take()).toBe('claim a w-1');
    });

    it('continues a later stream with the same object', () => {
      const { add, take, store, claim } = writing();
      add(open(a), close(a, 0), open(a));
      claim();
      take();
      store();
      take();
      store();
      add(line(a, 0, 'x'));
      expect(take()).toBe('append line a 0 x$');
    });

    it('continues a later stream with the same object, and not the latest one with the same names', () => {
      const { add, take, store, claim, step } = writing();
      add(open(a), close(a, 0), open(a), open({ ...a }));
      claim();
      take();
      store();
      expect(take()).toBe('claim a w-1');
      store();
      expect(take()).toBe('claim a w-2');
      store();
      add(line(a, 0, 'x'));
      take();
      expect(isAppend(step())).toMatchObject([{ token: 'w-1' }]);
    });

    it('continues a later stream with the same names', () => {
      const { add, take, store, claim } = writing();
      const later = { ...a };
      add(open(a));
      claim();
      add(open(later));
      claim();
      add(close(a, 0));
      take();
      store();
      add(line({ ...a }, 0, 'x'));
      expect(take()).toBe('append line a 0 x$');
    });
  });

  describe('tails', () => {
    it('are emitted and published without a step', () => {
      const { emitted, published, add, take, claim } = writing();
      add(open(a));
      claim();
      add(tail(a, 0, 'x'));
      expect(take()).toBeUndefined();
      add(tail(a, 0, 'xy'));
      expect(take()).toBeUndefined();
      expect(emitted).toStrictEqual(['- tail a 0 x', '- tail a 0 xy']);
      expect(published).toStrictEqual(['tail a 0 x after 1', 'tail a 0 xy after 1']);
    });

    it('are replaced while they wait behind a step', () => {
      const { emitted, add, take, store, claim } = writing();
      add(open(a), ...Array.from({ length: 33 }, (_, index) => line(a, index, 'x')), tail(a, 33, 'y'));
      claim();
      take();
      add(tail(a, 33, 'yz'));
      store();
      take();
      store();
      expect(emitted.slice(-2)).toStrictEqual(['p33 line a 32 x$', '- tail a 33 yz']);
    });

    it('are emitted and not published if an entry of the same step follows', () => {
      const { emitted, published, add, take, store, claim } = writing();
      add(open(a), line(a, 0, 'x'), tail(a, 1, 'y'), line(a, 1, 'yz'));
      claim();
      take();
      store();
      expect(emitted).toStrictEqual(['p1 line a 0 x$', '- tail a 1 y', 'p2 line a 1 yz$']);
      expect(published).toStrictEqual([]);
    });

    it('are emitted and not published if the log has more entries already', () => {
      const { emitted, published, add, take, claim } = writing({ entries: 3 });
      add(open(a));
      claim();
      add(tail(a, 0, 'x'));
      expect(take()).toBeUndefined();
      expect(emitted).toStrictEqual(['- tail a 0 x']);
      expect(published).toStrictEqual([]);
    });

    it('are dropped if the commit before them is fenced', () => {
      const { writer, emitted, published, add, take, claim } = writing();
      add(open(a), line(a, 0, 'x'), tail(a, 1, 'y'));
      claim();
      take();
      writer.answerAppends([{ type: 'fenced' }], 0);
      expect(emitted).toStrictEqual(['fenced a']);
      expect(published).toStrictEqual([]);
    });
  });

  describe('a stream that the log has already', () => {
    it('is compared page by page, and continued', () => {
      const { writer, emitted, add, take, store, claim } = writing({ entries: 3 });
      add(open(a), line(a, 0, 'x'), line(a, 1, 'y'), line(a, 2, 'z'));
      claim();
      expect(take()).toBe('read a after nothing');
      writer.answerRead([entry(0, open(a)), entry(1, line(a, 0, 'x'))]);
      expect(take()).toBe('read a after p1');
      expect(emitted).toStrictEqual(['p1 line a 0 x$']);
      writer.answerRead([entry(2, line(a, 1, 'y'))]);
      expect(take()).toBe('append line a 2 z$');
      store();
      expect(emitted).toStrictEqual(['p1 line a 0 x$', 'p2 line a 1 y$', 'p3 line a 2 z$']);
      expect(writer.waiting).toBe(0);
    });

    it('is continued without positions where the log has removed entries', () => {
      const { writer, emitted, add, take, store, claim } = writing({ entries: 3 });
      add(open(a), line(a, 0, 'x'), line(a, 1, 'y'), line(a, 2, 'z'));
      claim();
      expect(take()).toBe('read a after nothing');
      writer.answerRead([]);
      expect(take()).toBe('append line a 2 z$');
      store();
      expect(emitted).toStrictEqual(['- line a 0 x$', '- line a 1 y$', 'p3 line a 2 z$']);
    });

    it('is closed with its lines in the log if it differs, before the commits of others', () => {
      const { writer, emitted, add, take, store, claim, step } = writing({ entries: 3 });
      add(open(a), revise(a, 0), open(b));
      claim();
      expect(take()).toBe('read a after nothing');
      writer.answerRead([entry(1, line(a, 0, 'x'))]);
      expect(take()).toBe('read a after p1');
      writer.answerRead([entry(2, line(a, 1, 'y'))]);
      expect(take()).toBe('read a after p2');
      writer.answerRead([]);
      expect(take()).toBe('append close a error 2');
      expect(isAppend(step())).toMatchObject([
        {
          number: 3,
          lines: 2,
          commit: { error: new Error('Entry 1 of this stream in the log differs from the source') },
        },
      ]);
      store();
      expect(emitted).toStrictEqual(['p3 close a error 2']);
      expect(take()).toBe('claim b w-1');
      expect(writer.waiting).toBe(1);
    });

    it('is closed before the commits that follow, and ignores its own', () => {
      const { writer, emitted, add, take, store, claim } = writing({ entries: 2 });
      add(open(a), open(b));
      claim();
      add(revise(a, 0), line(b, 0, 'y'), line(a, 0, 'x'));
      expect(take()).toBe('read a after nothing');
      writer.answerRead([entry(1, line(a, 0, 'x'))]);
      expect(take()).toBe('read a after p1');
      writer.answerRead([]);
      expect(take()).toBe('append close a error 1');
      store();
      expect(take()).toBe('read b after nothing');
      writer.answerRead([entry(1, line(b, 0, 'y'))]);
      expect(take()).toBeUndefined();
      expect(emitted).toStrictEqual(['p2 close a error 1', 'p1 line b 0 y$']);
      expect(writer.waiting).toBe(0);
    });
  });

  describe('positions that the log does not know', () => {
    const unknown = { position: () => undefined };

    it('are read once for all entries of a step', () => {
      const { writer, emitted, add, take, store, claim } = writing();
      add(open(a), line(a, 0, 'x'), line(a, 1, 'y'));
      claim();
      take();
      store(unknown);
      expect(emitted).toStrictEqual([]);
      expect(take()).toBe('read a after nothing');
      writer.answerRead([entry(0, open(a)), entry(1, line(a, 0, 'x')), entry(2, line(a, 1, 'y'))]);
      expect(take()).toBeUndefined();
      expect(emitted).toStrictEqual(['p1 line a 0 x$', 'p2 line a 1 y$']);
    });

    it('are read from the beginning in each step', () => {
      const { writer, emitted, add, take, store, claim } = writing();
      add(open(a), line(a, 0, 'x'));
      claim();
      take();
      store(unknown);
      take();
      writer.answerRead([entry(1, line(a, 0, 'x'))]);
      take();
      add(line(a, 1, 'y'));
      take();
      store(unknown);
      expect(take()).toBe('read a after nothing');
      writer.answerRead([entry(2, line(a, 1, 'y'))]);
      take();
      expect(emitted).toStrictEqual(['p1 line a 0 x$', 'p2 line a 1 y$']);
    });

    it('remain unknown if the log has removed the entry', () => {
      const { writer, emitted, add, take, store, claim } = writing();
      add(open(a), line(a, 0, 'x'));
      claim();
      take();
      store(unknown);
      take();
      writer.answerRead([]);
      expect(take()).toBeUndefined();
      expect(emitted).toStrictEqual(['- line a 0 x$']);
    });
  });

  describe('after clear', () => {
    it('takes no step, and holds no stream', () => {
      const { writer, add, take, claim } = writing();
      add(open(a), line(a, 0, 'x'));
      claim();
      add(open(b));
      writer.clear();
      expect(take()).toBeUndefined();
      expect(writer.held.size).toBe(0);
      expect(writer.claimed).toStrictEqual([]);
      add(line(a, 0, 'x'));
      expect(take()).toBe('claim a w-1');
    });

    it('ignores the answer to the step before', () => {
      const { writer, emitted, add, take, store, claim } = writing();
      add(open(a), line(a, 0, 'x'));
      claim();
      take();
      writer.clear();
      store();
      expect(take()).toBeUndefined();
      expect(emitted).toStrictEqual([]);
    });

    it('looks up no position', () => {
      const { writer, add, take, store, claim } = writing();
      add(open(a), line(a, 0, 'x'));
      claim();
      take();
      store({ position: () => undefined });
      writer.clear();
      expect(take()).toBeUndefined();
    });
  });
});
