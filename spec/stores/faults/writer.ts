// A process of a fault run. It claims streams and appends until it is killed, fenced or done, and writes down what it is
// about to say and what the log answered. A write to a file outlives SIGKILL.
import { openSync, writeSync } from 'node:fs';

import type { AppendRequest, Claim } from '../../../src/log/commitLog.js';
import { RandomNumbers } from '../../../src/testing/randomNumbers.js';
import { storeOf } from '../support/stores.js';
import { persist } from '../support/until.js';
import type { WriterLine, WriterOptions } from './writerFile.js';

const options = JSON.parse(process.argv[2] ?? '') as WriterOptions;
const file = openSync(options.file, 'a');
const tell = (line: WriterLine): void => {
  writeSync(file, `${JSON.stringify(line)}\n`);
};

// The clocks of two machines differ.
const now = Date.now.bind(Date);
Date.now = () => now() + options.skew;

const random = new RandomNumbers(options.seed, options.writer);
class Writer {
  readonly claim: Claim;
  number = 1;
  #lines = 0;
  #isPart = false;

  constructor(claim: Claim) {
    this.claim = claim;
  }

  next(): AppendRequest {
    const { stream, token } = this.claim;
    const number = this.number++;
    const commit = this.#commit(number);
    return { stream, token, number, lines: this.#lines, commit };
  }

  #commit(number: number): AppendRequest['commit'] {
    const { stream } = this.claim;
    if (number > options.commits) {
      return { type: 'close', stream, reason: 'end', lines: this.#lines };
    }
    if (this.#lines > 1 && random.below(20) === 0) {
      this.#lines -= 1;
      this.#isPart = false;
      return { type: 'revise', stream, index: this.#lines };
    }
    const index = this.#isPart ? this.#lines - 1 : this.#lines;
    this.#lines = index + 1;
    this.#isPart = random.below(10) === 0;
    const text = `${options.writer} ${stream.id} ${number} ${'x'.repeat(random.below(100))}`;
    return { type: 'line', stream, index, text, eol: this.#isPart ? '' : '\n' };
  }
}

async function write(): Promise<void> {
  const { log, close } = await persist(() => storeOf(options.store).open(options.address, options.log));

  const claims = await persist(() =>
    log.claim(
      options.streams.map((id) => ({
        stream: { kind: 'answer', id, generation: 0 },
        token: `${options.writer} ${id}`,
        lease: options.lease,
        existing: 'restart',
      })),
    ),
  );
  tell({ claimed: claims.map(({ stream, position }) => [stream.id, stream.generation, position]) });

  const writers = new Map(claims.map((claim) => [claim.stream.id, new Writer(claim)]));
  const renewal = setInterval(() => {
    const held = [...writers.values()].map(({ claim }) => claim);
    Promise.resolve(log.renew(held, options.lease)).catch(() => undefined);
  }, options.lease / 5);

  while (writers.size > 0) {
    const batch: AppendRequest[] = [];
    for (let count = 1 + random.below(20); count > 0; count--) {
      const writer = [...writers.values()][random.below(writers.size)];
      if (writer !== undefined && writer.number <= options.commits + 1) {
        batch.push(writer.next());
      }
    }
    tell({
      said: batch.map(({ stream, number, commit }) => [stream.id, number, { ...commit, stream: undefined }]),
    });
    const answers = await persist(() => log.append(batch));
    tell({
      heard: batch.map(({ stream, number }, index) => {
        const answer = answers[index];
        return [stream.id, number, answer?.type === 'stored' ? answer.position : 'fenced'];
      }),
    });
    batch.forEach(({ stream, commit }, index) => {
      if (commit.type === 'close' || answers[index]?.type !== 'stored') {
        writers.delete(stream.id);
      }
    });
  }

  clearInterval(renewal);
  tell({ done: true });
  await close();
}

void write();
