import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** A port that no process listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export interface ServerCommand {
  readonly command: string;
  readonly args: (port: number, directory: string) => readonly string[];
  /** What the server prints once it accepts connections. */
  readonly ready: string;
}

/** Whether each thread of a process is stopped: Linux shows the state after the name of the program. */
function isPaused(pid: number): boolean {
  const threads = `/proc/${pid}/task`;
  return readdirSync(threads).every((thread) =>
    / [Tt] /.test(
      readFileSync(join(threads, thread, 'stat'), 'utf8')
        .replace(/^.*\)/su, '')
        .slice(0, 3),
    ),
  );
}

/** A server process for specs, on a free port, with its data in a temporary directory. */
export class ServerProcess {
  readonly port: number;
  readonly address: string;
  readonly #command: ServerCommand;
  readonly #directory: string;
  #process: ChildProcess | undefined;
  /** Ensures that no server outlives a failed run. */
  readonly #onExit = (): void => {
    this.#process?.kill('SIGKILL');
  };

  static async start(command: ServerCommand): Promise<ServerProcess> {
    const server = new ServerProcess(command, await freePort());
    await server.restart();
    return server;
  }

  private constructor(command: ServerCommand, port: number) {
    this.#command = command;
    this.port = port;
    this.address = `127.0.0.1:${port}`;
    this.#directory = mkdtempSync(join(tmpdir(), `deltalines-${command.command}-`));
    process.once('exit', this.#onExit);
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Starts the server again, on the same port and with its data. */
  async restart(): Promise<void> {
    const { command, args, ready } = this.#command;
    const child = spawn(command, args(this.port, this.#directory), { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    let printed = '';
    await new Promise<void>((resolve, reject) => {
      const read = (chunk: Buffer): void => {
        printed += chunk.toString();
        if (printed.includes(ready)) {
          resolve();
        }
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        reject(new Error(`${command} ended with ${String(code ?? signal)}: ${printed}`));
      });
    });
  }

  /** Sends SIGKILL: the server loses what it has not written. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child?.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }

  /** Suspends the process. Resolves once all of its threads are stopped, because signals arrive with a delay. */
  async pause(): Promise<void> {
    const child = this.#process;
    child?.kill('SIGSTOP');
    while (child?.exitCode === null && !isPaused(child.pid ?? 0)) {
      await setTimeout(1);
    }
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.kill();
    process.off('exit', this.#onExit);
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
