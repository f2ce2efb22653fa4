import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

import { afterAll } from 'vitest';

/** The command as it is shipped. */
export const commandPath = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

export interface Result {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

export interface Invocation {
  readonly input?: string | Uint8Array;
  readonly directory?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs the command to its end. */
export function deltalines(args: readonly string[], invocation: Invocation = {}): Promise<Result> {
  const child = start(args, invocation);
  child.stdin.end(invocation.input);
  return finish(child);
}

/** Runs the command, and leaves its standard input open. */
export function start(
  args: readonly string[],
  { directory, environment }: Invocation = {},
): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [commandPath, ...args], {
    cwd: directory,
    env: { ...process.env, ...environment },
  });
}

export async function finish(child: ChildProcessWithoutNullStreams): Promise<Result> {
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const code = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code: await code, stdout: stdout.text, stderr: stderr.text };
}

/** Collects what a stream gives. */
export function collect(stream: Readable): Collected {
  const collected = new Collected();
  stream.setEncoding('utf8').on('data', (text: string) => {
    collected.add(text);
  });
  return collected;
}

class Collected {
  text = '';
  private onText: () => void = () => undefined;

  add(text: string): void {
    this.text += text;
    this.onText();
  }

  /** Waits for this text; only the timeout of the spec says that it will not come. */
  async until(text: string): Promise<void> {
    while (this.text !== text) {
      await new Promise<void>((resolve) => {
        this.onText = resolve;
      });
    }
  }
}

/** A folder that is removed after the specs. */
export function temporaryFolder(): {
  readonly path: string;
  write: (name: string, content: string) => string;
} {
  const path = mkdtempSync(join(tmpdir(), 'deltalines-'));
  afterAll(() => rmSync(path, { recursive: true }));
  return {
    path,
    write(name, content) {
      const file = join(path, name);
      writeFileSync(file, content);
      return file;
    },
  };
}
