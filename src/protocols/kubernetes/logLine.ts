/** A line of a container log, as the container runtime writes it. */
export interface CRILine {
  readonly stream: 'stdout' | 'stderr';
  /** Whether the next line of the same stream continues this one. */
  readonly isPartial: boolean;
  readonly text: string;
}

/** A line of `kubectl logs --prefix`. */
export interface KubectlLine {
  readonly id: string;
  readonly text: string;
}

/** The time, the stream, tags of which the first is F or P, and the text. Editors remove the space before an empty text. */
const CRI_LINE = /^\d{4}-\d\d-\d\dT\S+ (stdout|stderr) ([FP])(?::\S*)?(?: ([^]*))?$/;

const KUBECTL_LINE = /^\[pod\/([^\s/\]]+\/[^\s/\]]+)\] ([^]*)$/;

export function parseCRILine(line: string): CRILine | undefined {
  const [, stream, tag, text = ''] = CRI_LINE.exec(line) ?? [];
  return stream === 'stdout' || stream === 'stderr' ? { stream, isPartial: tag === 'P', text } : undefined;
}

export function parseKubectlLine(line: string): KubectlLine | undefined {
  const [, id, text] = KUBECTL_LINE.exec(line) ?? [];
  return id === undefined || text === undefined ? undefined : { id, text };
}
