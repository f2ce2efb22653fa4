import { readBytes, readField, readIndex, readList, readText } from '../connection/fields.js';
import { MAX_STREAMS, setRecent } from '../connection/leastRecent.js';
import type { ConnectionReader, DeltaOutput } from '../connection/readConnection.js';

/** The kinds of streams that `fromDocker` emits. */
export type DockerKind = 'stdout' | 'stderr' | 'output';

/** The field names of a log driver. */
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

/** Reads the records of one connection, and tracks unfinished lines. */
export class DockerReader implements ConnectionReader {
  private readonly output: DeltaOutput<DockerKind>;
  /** By the kind and the id of their stream. */
  private readonly unfinishedLines = new Map<string, UnfinishedLine>();

  constructor(output: DeltaOutput<DockerKind>) {
    this.output = output;
  }

  read(record: unknown): void {
    const format = readField(record, JOURNALD.text) === undefined ? FLUENTD : JOURNALD;
    const containerId = readText(record, format.containerId);
    const texts = textsOf(record, format.text);
    if (texts !== undefined) {
      for (const text of texts) {
        this.readMessage(record, format, containerId, text);
      }
    } else if (format === JOURNALD && containerId !== undefined) {
      // The journal exports too long a message as null.
      this.output.malformed(record);
    }
  }

  private readMessage(
    record: unknown,
    format: Format,
    containerId: string | undefined,
    message: string | Uint8Array,
  ): void {
    const kind = kindOf(record);
    const id = `${this.output.prefix}${containerId ?? 'log'}`;
    if (isTrue(readField(record, format.isPartial))) {
      this.readPart(kind, id, message, partOf(record, format));
    } else {
      // Drivers that name the container omit line ends. In a json-file, a text without a line end continues in the next
      // record.
      this.breakLine(kind, id);
      const text = typeof message === 'string' ? message : createDecoder().decode(message);
      const isWholeLine = containerId !== undefined && !text.endsWith('\n');
      this.append(kind, id, isWholeLine ? `${text}\n` : text);
    }
  }

  private readPart(kind: DockerKind, id: string, message: string | Uint8Array, part: Part): void {
    const key = `${kind}/${id}`;
    const line = this.unfinishedLines.get(key);
    if (line !== undefined && line.id !== part.id) {
      this.breakLine(kind, id);
    } else if (line !== undefined && part.ordinal !== undefined && part.ordinal <= line.ordinal) {
      return;
    }
    const decoder = this.unfinishedLines.get(key)?.decoder ?? createDecoder();
    const text = decodePart(decoder, message, part.isLast);
    if (part.isLast) {
      this.unfinishedLines.delete(key);
      this.append(kind, id, text.endsWith('\n') ? text : `${text}\n`);
    } else {
      const unfinished = { id: part.id, ordinal: part.ordinal ?? 0, decoder };
      setRecent(this.unfinishedLines, key, unfinished, MAX_STREAMS);
      this.append(kind, id, text);
    }
  }

  /** A line whose last part is missing ends before the next record. */
  private breakLine(kind: DockerKind, id: string): void {
    const line = this.unfinishedLines.get(`${kind}/${id}`);
    if (line !== undefined) {
      this.unfinishedLines.delete(`${kind}/${id}`);
      this.append(kind, id, `${line.decoder.decode()}\n`);
    }
  }

  private append(kind: DockerKind, id: string, text: string): void {
    if (text !== '') {
      this.output.delta(kind, id, text);
    }
  }
}

/** A line whose last part has not arrived. */
interface UnfinishedLine {
  readonly id: string | undefined;
  /** The ordinal of the latest part. A part with this or a lower ordinal is a repeat. */
  readonly ordinal: number;
  /** Docker may cut a line inside a character; the journal then has the parts as bytes. */
  readonly decoder: TextDecoder;
}

interface Part {
  readonly id: string | undefined;
  readonly ordinal: number | undefined;
  readonly isLast: boolean;
}

/**
 * In the journal, a message that is not plain text, such as one with an escape sequence, is an array of bytes, and a
 * field that occurs several times is an array of its values.
 */
function textsOf(record: unknown, field: string): readonly (string | Uint8Array)[] | undefined {
  const text = textOf(record, field);
  if (text !== undefined) {
    return [text];
  }
  const values = readList(record, field);
  const texts = values
    .map((_, index) => textOf(values, String(index)))
    .filter((value) => value !== undefined);
  return texts.length > 0 && texts.length === values.length ? texts : undefined;
}

function textOf(holder: unknown, field: string): string | Uint8Array | undefined {
  const bytes = readBytes(holder, field);
  return bytes !== undefined && bytes.length > 0 ? bytes : readText(holder, field);
}

function createDecoder(): TextDecoder {
  // A byte order mark is part of the output.
  return new TextDecoder('utf-8', { ignoreBOM: true });
}

function decodePart(decoder: TextDecoder, message: string | Uint8Array, isLast: boolean): string {
  return typeof message === 'string'
    ? decoder.decode() + message
    : decoder.decode(message, { stream: !isLast });
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
  // The journal does not name the output: stdout has the priority of information, and stderr that of errors.
  const priority = readField(record, 'PRIORITY');
  if (source === 'stdout' || priority === '6') {
    return 'stdout';
  }
  return source === 'stderr' || priority === '3' ? 'stderr' : 'output';
}

/** Some log drivers write all values as strings. */
function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}
