import type { OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import { type GoTestKind, GoTestReader } from './goTestReader.js';
import { type ConnectionOptions, readConnection } from '../connection/readConnection.js';

/**
 * Reads the events of `go test -json`: the output of each test by itself, however many of them run at the same time.
 *
 * ```text
 * source   --run A--output A 'one\n'-----output B 'two\n'------pass A--|
 * result   ---------start A, delta 'one\n'--start B, delta 'two\n'--end A---|
 * ```
 *
 * The kind is `output`. The id is `<package>/<test>`, for the output of a package itself `<package>`, and for the output
 * of the compiler `build <import path>`. Where an import path has an element that looks like a test name, as in
 * `shop/TestPay`, the id is `package <package>` or `package <package> <test>`, so that no two streams share an id.
 *
 * - **next**: emits a `delta` for each piece of output, after a `start` where that opens a stream: a test that runs once
 *   more (`-count=2`) is the next generation of its stream. `pass`, `fail`, `skip` and `bench` end a stream, and those of
 *   a package also what is still open in it. Whatever else comes is passed over.
 * - **complete** and **error**: passed on; what is open is left to `commitLines` to close.
 * - **unsubscribe**: silence; the source is unsubscribed from.
 *
 * Throws a `TypeError` when an option is wrong.
 *
 * Holds the id of each open stream, but no text; takes constant time for each event, and for the end of a package in
 * proportion to what is open in it.
 *
 * @param options - `connection`: a name that is put before every id; none by default.
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
