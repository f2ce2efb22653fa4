import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it, vi } from 'vitest';

import packageJson from '../../package.json' with { type: 'json' };
import { deltalines } from './command.js';

vi.setConfig({ testTimeout: 60_000 });

const project = new URL('../../', import.meta.url);
const files = [1, 2, 3].map((turn) => `examples/recordings/turn-${turn}.sse`);

function deltasOf(file: string): readonly string[] {
  return readFileSync(new URL(file, project), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice('data: '.length)) as { delta?: string })
    .flatMap(({ delta }) => delta ?? []);
}

describe('the demo', () => {
  it('is what npm start runs', () => {
    expect(packageJson.scripts.start.endsWith(`node dist/cli.js ${files.join(' ')}`)).toBe(true);
  });

  it('cuts a CR LF and an emoji in two', () => {
    const deltas = files.flatMap(deltasOf);
    const pairs = deltas.map((delta, index) => [delta, deltas[index + 1] ?? ''] as const);
    expect(pairs.some(([before, after]) => before.endsWith('\r') && after.startsWith('\n'))).toBe(true);
    expect(pairs).toContainEqual(['\ud83d', '\ude42']);
  });

  it('prints three turns interleaved, each line complete', async () => {
    const result = await deltalines(files, { directory: fileURLToPath(project) });
    expect(result).toMatchObject({ stderr: '', code: 0 });
    expect(result.stdout.split('\n')).toStrictEqual([
      'reasoning turn-1.sse │ **Finding the buffer that merges answers**',
      'reasoning turn-1.sse │ ',
      'reasoning turn-3.sse │ **Asking what becomes of a silent stream**',
      'reasoning turn-3.sse │ ',
      'reasoning turn-2.sse │ **Following a CR LF that was cut in two**',
      'reasoning turn-2.sse │ ',
      'reasoning turn-3.sse │ A lost connection never says that it is over.',
      'reasoning turn-1.sse │ Two answers on one connection alternate piece by piece.',
      'reasoning turn-2.sse │ The CR ends one delta and the LF begins the next.',
      'reasoning turn-3.sse │ Its last line waits, and its memory with it.',
      'reasoning turn-2.sse │ Whoever decides too early sees two line ends.',
      'reasoning turn-1.sse │ A buffer knows where text goes, but not whose it is.',
      'answer turn-3.sse │ Such a stream is closed by somebody else:',
      'answer turn-3.sse │ ',
      'answer turn-2.sse │ A CR at the end of a delta has to wait:',
      'answer turn-1.sse │ One buffer keeps the text and forgets the speaker:',
      'answer turn-1.sse │ ',
      'answer turn-2.sse │ ',
      'answer turn-1.sse │ ```text',
      'answer turn-3.sse │ - the source completes, and all that is open is flushed;',
      'answer turn-1.sse │ The sky Water boils is blue at 100',
      'answer turn-2.sse │ 1. An LF follows: together they end one line.',
      'answer turn-1.sse │  degrees.',
      'answer turn-1.sse │ ```',
      'answer turn-1.sse │ ',
      'answer turn-2.sse │ 2. Anything else follows: the CR was text.',
      'answer turn-3.sse │ - nothing came for too long, and it counts as idle.',
      'answer turn-3.sse │ ',
      'answer turn-1.sse │ Every word arrived, and no sentence did.',
      'answer turn-2.sse │ 3. Nothing follows: the stream closes, and it was text as well.',
      'answer turn-2.sse │ ',
      'answer turn-1.sse │ Give each stream a buffer of its own and both are whole.',
      'answer turn-2.sse │ Half an emoji waits in the same way 🙂 and comes out whole.',
      'answer turn-3.sse │ Either way its last line is printed, even if it breaks off in the mid',
      '',
    ]);
  });

  const streamsOf = (stdout: string) => {
    const streams = stdout
      .trimEnd()
      .split('\n')
      .map((row) => row.split(' │')[0] ?? '');
    return streams.filter((stream, index) => stream !== streams[index - 1]);
  };

  it('prints one turn after another with --order sequential', async () => {
    const { stdout } = await deltalines([...files, '--order', 'sequential'], {
      directory: fileURLToPath(project),
    });
    expect(streamsOf(stdout)).toStrictEqual([
      'reasoning turn-1.sse',
      'answer turn-1.sse',
      'reasoning turn-2.sse',
      'answer turn-2.sse',
      'reasoning turn-3.sse',
      'answer turn-3.sse',
    ]);
  });

  it('prints complete streams with --order grouped, in the order of closing', async () => {
    const { stdout } = await deltalines([...files, '--order', 'grouped'], {
      directory: fileURLToPath(project),
    });
    expect(streamsOf(stdout)).toStrictEqual([
      'reasoning turn-3.sse',
      'reasoning turn-2.sse',
      'reasoning turn-1.sse',
      'answer turn-1.sse',
      'answer turn-2.sse',
      'answer turn-3.sse',
    ]);
  });
});
