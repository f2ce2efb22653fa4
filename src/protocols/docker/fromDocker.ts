import type { OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import { type DockerKind, DockerReader } from './dockerReader.js';
import { type ConnectionOptions, readConnection } from '../connection/readConnection.js';

/**
 * Reads the log records of Docker containers, and joins the lines that Docker cuts at 16 KiB.
 *
 * ```text
 * source   --{ log: 'Single ' }--{ log: 'line\n' }--|
 * result   --delta 'Single '-----delta 'line\n'-----|
 * ```
 *
 * Takes the records of the drivers `json-file`, `fluentd` and `journald` (as `journalctl -o json` prints them). The
 * kinds are `stdout` and `stderr`, or `output` if a record does not name its output. The id is that of the container,
 * or `log` if a record does not name it, as in a `json-file`. Give each such file its own `connection`.
 *
 * - **next**: emits a `delta` for each record. In a `json-file`, a text without LF continues in the next record. The
 *   other drivers omit the LF, so it is added, except after a partial message that is not the last of its line. A part
 *   whose ordinal is not higher than the previous one is a repeat and is ignored. A line whose last part is missing
 *   ends where the next line begins. Messages of the journal may be arrays of bytes or of texts. A message that cannot
 *   be read, such as `null`, is emitted unchanged, and `commitLines` emits a `drop`. Other records are ignored.
 * - **complete** and **error**: passes the notification on. No record says that a container stopped, so no stream has
 *   an `end`; `commitLines` closes the streams.
 * - **unsubscribe**: unsubscribes from the source.
 *
 * Throws a `TypeError` if an option is wrong.
 *
 * Memory: a few fields for each unfinished line, at most 10,000, no text. Time: constant for each record.
 *
 * @param options - `connection`: a prefix for every id; none by default.
 *
 * @example
 *
 * ```ts
 * import { from } from 'rxjs';
 * import { fromDocker } from 'deltalines/protocols';
 *
 * from([
 *   { log: 'half a ', stream: 'stdout', time: '2026-01-01T00:00:00Z' },
 *   { log: 'line\n', stream: 'stdout', time: '2026-01-01T00:00:01Z' },
 * ])
 *   .pipe(fromDocker())
 *   .subscribe(({ type, kind, id }) => console.log(type, kind, id));
 *
 * // Logs:
 * // delta stdout log
 * // delta stdout log
 * ```
 *
 * @see {@link fromGoTest} for the output of tests.
 * @see The drivers: https://docs.docker.com/engine/logging/configure/
 */
export function fromDocker(
  options: ConnectionOptions = {},
): OperatorFunction<unknown, DeltaEvent<DockerKind>> {
  return readConnection(options, (output) => new DockerReader(output));
}
