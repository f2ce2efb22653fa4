import type { OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import { type GoTestKind, GoTestReader } from './goTestReader.js';
import { type ConnectionOptions, readConnection } from '../connection/readConnection.js';

/**
 * Reads the events of `go test -json`. Each test is a stream, however many tests run in parallel.
 *
 * ```text
 * source   --run A--output A 'one\n'-----output B 'two\n'------pass A--|
 * result   ---------start A, delta 'one\n'--start B, delta 'two\n'--end A---|
 * ```
 *
 * The kind is `output`. The id is `<package>/<test>`; for the output of a package itself, `<package>`; and for the
 * output of the compiler, `build <import path>`. Events of `go tool test2json` may have no package: the id is then
 * `<test>`, or `test binary`. If an import path has an element that looks like the name of a test,
 * as in `shop/TestPay`, the id is `package <package>` or `package <package> <test>`, so that no two streams share an
 * id.
 *
 * - **next**: emits a `delta` for each piece of output, after a `start` when it opens a stream: a test that runs again
 *   (`-count=2`) is the next generation of its stream. `pass`, `fail`, `skip` and `bench` end a stream; those of a
 *   package also end the streams of its tests that are still open. Other events are ignored.
 * - **complete** and **error**: passes the notification on; `commitLines` closes the streams that are still open.
 * - **unsubscribe**: unsubscribes from the source.
 *
 * Throws a `TypeError` if an option is wrong.
 *
 * Memory: the id of each open stream, no text. Time: constant for each event; the end of a package takes time for each
 * of its open streams.
 *
 * @param options - `connection`: a prefix for every id; none by default.
 *
 * @example
 *
 * ```ts
 * import { from } from 'rxjs';
 * import { fromGoTest } from 'deltalines/protocols';
 *
 * from([
 *   { Action: 'run', Package: 'shop', Test: 'TestPay' },
 *   { Action: 'output', Package: 'shop', Test: 'TestPay', Output: 'paid\n' },
 *   { Action: 'pass', Package: 'shop', Test: 'TestPay' },
 * ])
 *   .pipe(fromGoTest())
 *   .subscribe(({ type, kind, id }) => console.log(type, kind, id));
 *
 * // Logs:
 * // start output shop/TestPay
 * // delta output shop/TestPay
 * // end output shop/TestPay
 * ```
 *
 * @see {@link fromDocker} for the output of containers.
 * @see The events: https://pkg.go.dev/cmd/test2json
 */
export function fromGoTest(
  options: ConnectionOptions = {},
): OperatorFunction<unknown, DeltaEvent<GoTestKind>> {
  return readConnection(options, (output) => new GoTestReader(output));
}
