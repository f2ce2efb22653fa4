import { readField, readName, readText } from '../connection/fields.js';

/** The first tag of the container runtime: F for a line or its last part, P for any other part. */
const TAG = /^[FP](?::|$)/;

/** The text of a record of a log shipper, and `undefined` for any other value. */
export function textOf(record: unknown): string | undefined {
  const text = readText(record, 'log') ?? readText(record, 'message');
  const isLog =
    readText(record, 'log') !== undefined ||
    streamOf(record) !== undefined ||
    tagOf(record) !== undefined ||
    podOf(record) !== undefined;
  return isLog ? text : undefined;
}

export function streamOf(record: unknown): 'stdout' | 'stderr' | undefined {
  const stream = readField(record, 'stream');
  return stream === 'stdout' || stream === 'stderr' ? stream : undefined;
}

/** The tag of the container runtime. Fluentd and parsers of Fluent Bit name it `logtag`. */
export function tagOf(record: unknown): string | undefined {
  const tag = readText(record, 'logtag');
  return tag !== undefined && TAG.test(tag) ? tag : undefined;
}

/** The tag of the container runtime. The multiline parser of Fluent Bit names it `_p`. */
export function multilineTagOf(record: unknown): string | undefined {
  const tag = readText(record, '_p');
  return tag !== undefined && TAG.test(tag) ? tag : undefined;
}

export function podOf(record: unknown): string | undefined {
  const kubernetes = readField(record, 'kubernetes');
  return readName(kubernetes, 'pod_name') ?? readName(readField(kubernetes, 'pod'), 'name');
}

/** Names the container: `<namespace>/<pod>/<container>`. No name in Kubernetes is a hyphen. */
export function idOf(record: unknown): string {
  const kubernetes = readField(record, 'kubernetes');
  const names = [
    readName(kubernetes, 'namespace_name') ??
      readName(kubernetes, 'pod_namespace') ??
      readName(kubernetes, 'namespace'),
    podOf(record),
    readName(kubernetes, 'container_name') ?? readName(readField(kubernetes, 'container'), 'name'),
  ];
  return names.some((name) => name !== undefined) ? names.map((name) => name ?? '-').join('/') : 'log';
}

/** The id of the container, which changes with a restart. */
export function containerOf(record: unknown): string | undefined {
  const kubernetes = readField(record, 'kubernetes');
  return (
    readName(kubernetes, 'docker_id') ??
    readName(kubernetes, 'container_id') ??
    readName(readField(record, 'docker'), 'container_id')
  );
}
