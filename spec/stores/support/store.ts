import type { CommitLog } from '../../../src/core/log/commitLog.js';
import type { ServerProcess } from './serverProcess.js';

/** A store for the specs and the fault runs. */
export interface Store {
  readonly name: string;
  /** Starts a new server. */
  start(): Promise<ServerProcess>;
  /** Connects to a server, or to a proxy in front of it. The client reconnects automatically. */
  open(address: string, log: string): Promise<OpenLog>;
  /** The size of a log in bytes. */
  size?(address: string, log: string): Promise<number>;
}

export interface OpenLog {
  readonly log: CommitLog;
  readonly close: () => Promise<void>;
}
