import type { CommitLog } from '../../../src/log/commitLog.js';
import type { ServerProcess } from './serverProcess.js';

/** A store as the specs and the fault runs use it. */
export interface Store {
  readonly name: string;
  /** Starts a server of its own. */
  start(): Promise<ServerProcess>;
  /** Connects to a server, or to a proxy before it. The client reconnects by itself. */
  open(address: string, log: string): Promise<OpenLog>;
  /** How many bytes a log takes. */
  size?(address: string, log: string): Promise<number>;
}

export interface OpenLog {
  readonly log: CommitLog;
  readonly close: () => Promise<void>;
}
