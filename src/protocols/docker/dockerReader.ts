import { readField, readIndex, readText } from '../connection/fields.js';
import type { ConnectionReader, DeltaOutput } from '../connection/readConnection.js';

/** The kinds of streams that `fromDocker` tells apart. */
export type DockerKind = 'stdout' | 'stderr' | 'output';

/** What the records of one log driver call their fields. */
interface Format {
  readonly text: string;
  readonly containerId: string;
  readonly isPartial: string;
  readonly partialId: string;
  readonly ordinal: string;
  readonly isLast: string;
}

const FLUENTD: Format = {
  text: 'log',
  containerId: 'container_id',
  isPartial: 'partial_message',
  partialId: 'partial_id',
  ordinal: 'partial_ordinal',
  isLast: 'partial_last',
};

const JOURNALD: Format = {
  text: 'MESSAGE',
  containerId: 'CONTAINER_ID',
  isPartial: 'CONTAINER_PARTIAL_MESSAGE',
  partialId: 'CONTAINER_PARTIAL_ID',
  ordinal: 'CONTAINER_PARTIAL_ORDINAL',
  isLast: 'CONTAINER_PARTIAL_LAST',
};

/** Knows the lines of one connection that came in parts and are not complete. */
export class DockerReader implements ConnectionReader {
  private readonly output: DeltaOutput<DockerKind>;
  /** By the kind and the id of their stream. */
  private readonly unfinishedLines = new Map<string, UnfinishedLine>();

  constructor(output: DeltaOutput<DockerKind>) {
    this.output = output;
  }

  read(record: unknown): void {
    const format = readText(record, JOURNALD.text) === undefined ? FLUENTD : JOURNALD;
    const text = readText(record, format.text);
    if (text === undefined) {
      return;
    }
    const containerId = readText(record, format.containerId);
    const kind = kindOf(record);
    const id = `${this.output.prefix}${containerId ?? 'log'}`;
    if (isTrue(readField(record, format.isPartial))) {
      this.readPart(kind, id, text, partOf(record, format));
    } else {
      // Drivers that name the container give each line without its end. In a json-file it stands there, or the line
      // goes on in the next record.
      const isWholeLine = containerId !== undefined && !text.endsWith('\n');
      this.breakLine(kind, id);
      this.append(kind, id, isWholeLine ? `${text}\n` : text);
    }
  }

  private readPart(kind: DockerKind, id: string, text: string, part: Part): void {
    const key = `${kind}/${id}`;
    const line = this.unfinishedLines.get(key);
    if (line !== undefined && line.id !== part.id) {
      this.breakLine(kind, id);
    } else if (line !== undefined && part.ordinal !== undefined && part.ordinal <= line.ordinal) {
      return;
    }
    if (part.isLast) {
      this.unfinishedLines.delete(key);
      this.append(kind, id, text.endsWith('\n') ? text : `${text}\n`);
    } else {
      this.unfinishedLines.set(key, { id: part.id, ordinal: part.ordinal ?? 0 });
      this.append(kind, id, text);
    }
  }

  /** The last part of a line may be missing: what comes next is a line of its own all the same. */
  private breakLine(kind: DockerKind, id: string): void {
    if (this.unfinishedLines.delete(`${kind}/${id}`)) {
      this.append(kind, id, '\n');
    }
  }

  private append(kind: DockerKind, id: string, text: string): void {
    if (text !== '') {
      this.output.delta(kind, id, text);
    }
  }
}

/** A line of which parts have come. */
interface UnfinishedLine {
  readonly id: string | undefined;
  /** The number of the part that came last; those up to it are repeats. */
  readonly ordinal: number;
}

interface Part {
  readonly id: string | undefined;
  readonly ordinal: number | undefined;
  readonly isLast: boolean;
}

function partOf(record: unknown, format: Format): Part {
  const ordinal = readText(record, format.ordinal);
  return {
    id: readText(record, format.partialId),
    ordinal:
      ordinal !== undefined && /^\d+$/.test(ordinal) ? Number(ordinal) : readIndex(record, format.ordinal),
    isLast: isTrue(readField(record, format.isLast)),
  };
}

function kindOf(record: unknown): DockerKind {
  const source = readField(record, 'stream') ?? readField(record, 'source');
  // The journal has no name for it: what goes to stdout has the priority of information, to stderr that of errors.
  const priority = readField(record, 'PRIORITY');
  if (source === 'stdout' || priority === '6') {
    return 'stdout';
  }
  return source === 'stderr' || priority === '3' ? 'stderr' : 'output';
}

/** Log drivers write all values as text. */
function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}
