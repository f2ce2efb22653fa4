import type { OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import { type DockerKind, DockerReader } from './dockerReader.js';
import { type ConnectionOptions, readConnection } from '../connection/readConnection.js';

/**
 * Reads the log records of Docker containers, and puts together the lines that Docker cuts at 16 KiB.
 *
 * ```text
 * source   --{ log: 'Single ' }--{ log: 'line\n' }--|
 * result   --delta 'Single '-----delta 'line\n'-----|
 * ```
 *
 * Takes the records of the drivers `json-file`, `fluentd` and `journald` (as `journalctl -o json` prints them). The kinds
 * are `stdout` and `stderr`, or `output` where a record does not tell. The id is that of the container, or `log` where a
 * record does not tell, as in a `json-file`: give each such file its own `connection`.
 *
 * - **next**: emits a `delta` for each record. In a `json-file`, a text without LF goes on in the next record. The other
 *   drivers leave the LF out: it is put back, except after a partial message that is not the last of its line. A part
 *   whose ordinal is not higher than the one before is a repeat and passed over, as is whatever else comes. A line whose
 *   last part is missing ends where the next line begins. Messages of the journal may be arrays of bytes or of texts; one
 *   that cannot be read, such as `null`, is passed on as it is, and `commitLines` makes a `drop` of it.
 * - **complete** and **error**: passed on. Nothing in a log says that a container is over, so no stream has an `end`: what
 *   is open is left to `commitLines` to close.
 * - **unsubscribe**: silence; the source is unsubscribed from.
 *
 * Throws a `TypeError` when an option is wrong.
 *
 * Holds an entry for each line that came in parts and is not complete, but no text; takes constant time for each record.
 *
 * @param options - `connection`: a name that is put before every id; none by default.
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
