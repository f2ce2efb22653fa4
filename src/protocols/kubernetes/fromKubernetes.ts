import type { OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import { type ConnectionOptions, readConnection } from '../connection/readConnection.js';
import { type KubernetesKind, KubernetesReader } from './kubernetesReader.js';

/**
 * Reads the logs of containers in Kubernetes, and joins the lines that the container runtime cuts.
 *
 * ```text
 * source   --'… stdout P half '--'… stdout F line'--|
 * result   --delta 'half '-------delta 'line\n'-----|
 * ```
 *
 * Takes the lines of a log file (CRI text, `<time> stdout F <text>`) and of `kubectl logs --prefix` as strings, and the
 * records of Fluent Bit, Fluentd and other shippers as objects; `parseJSONLines({ plainLines: true })` emits both. The
 * kinds are `stdout` and `stderr`, `output` if the source does not name its output, and `other` for any other line. The
 * id is `<namespace>/<pod>/<container>` for a record, `<pod>/<container>` for a line of `kubectl`, `log` if the
 * container is not named, as in a log file, and `lines` for other lines. Give each log file its own `connection`.
 *
 * - **next**: emits a `delta` for each line or record. The runtime and the shippers omit the LF, so it is added, except
 *   after a part that continues in the next line: one with the tag `P`, in `logtag` or `_p`. Records without a tag are
 *   whole lines; but once one of a stream had an LF, the text of those after it is emitted unchanged. Other values are
 *   ignored.
 * - **complete** and **error**: passes the notification on. No line says that a container stopped, so no stream has an
 *   `end`; `commitLines` closes the streams.
 * - **unsubscribe**: unsubscribes from the source.
 *
 * Throws a `TypeError` if an option is wrong.
 *
 * Memory: a few fields for each unfinished line and each stream with LFs, at most 10,000 of each, no text. Time: in
 * proportion to the text.
 *
 * @param options - `connection`: a prefix for every id; none by default.
 *
 * @example
 *
 * ```ts
 * import { of } from 'rxjs';
 * import { fromKubernetes, parseJSONLines } from 'deltalines/protocols';
 *
 * of('2026-01-01T00:00:00Z stdout P half a \n2026-01-01T00:00:00Z stdout F line\n')
 *   .pipe(parseJSONLines({ plainLines: true }), fromKubernetes())
 *   .subscribe(({ type, kind, id }) => console.log(type, kind, id));
 *
 * // Logs:
 * // delta stdout log
 * // delta stdout log
 * ```
 *
 * @see {@link fromDocker} for the logs of Docker.
 * @see The lines: https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md
 */
export function fromKubernetes(
  options: ConnectionOptions = {},
): OperatorFunction<unknown, DeltaEvent<KubernetesKind>> {
  return readConnection(options, (output) => new KubernetesReader(output));
}
