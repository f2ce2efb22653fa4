import type { OperatorFunction } from 'rxjs';

import type { DeltaEvent } from '../../events.js';
import { type ConnectionOptions, readConnection } from '../connection/readConnection.js';
import { type KubernetesKind, KubernetesReader } from './kubernetesReader.js';

/**
 * Reads the logs of containers in Kubernetes, and joins the parts of the lines that the container runtime cut.
 *
 * ```text
 * source   --'… stdout P half '--'… stdout F line'--|
 * result   --delta 'half '-------delta 'line\n'-----|
 * ```
 *
 * Takes the lines of a log file (CRI text, `<time> stdout F <text>`) and of `kubectl logs --prefix` as strings, and the
 * records of Fluent Bit, Fluentd and other shippers as objects; `parseJSONLines({ plainLines: true })` gives both. The
 * kinds are `stdout` and `stderr`, `output` where the source does not tell which, and `other` for any other line. The id
 * is `<namespace>/<pod>/<container>` for a record, `<pod>/<container>` for a line of `kubectl`, `log` where nothing names
 * the container, as in a log file, and `lines` for other lines. Give each log file its own `connection`.
 *
 * - **next**: emits a `delta` for each line or record. The LF that runtime and shippers leave out is put back, except after
 *   a part that the next line goes on from: one with the tag `P`, in `logtag` or `_p`. Records without a tag are whole
 *   lines, or, once one of them had an LF, text as it is. Other values are ignored.
 * - **complete** and **error**: passed on. No log says that its container stopped, so no stream has an `end`;
 *   `commitLines` closes the streams.
 * - **unsubscribe**: unsubscribes from the source.
 *
 * Throws a `TypeError` when an option is wrong.
 *
 * Memory: an entry for each unfinished line, no text. Time: in proportion to the text.
 *
 * @param options - `connection`: a prefix of every id; none by default.
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
