import { readField } from '../connection/fields.js';
import { MAX_STREAMS, setRecent } from '../connection/leastRecent.js';
import type { ConnectionReader, DeltaOutput } from '../connection/readConnection.js';
import { parseCRILine, parseKubectlLine } from './logLine.js';
import { containerOf, idOf, multilineTagOf, streamOf, tagOf, textOf } from './logRecord.js';

/** The kinds of streams that `fromKubernetes` emits. */
export type KubernetesKind = 'stdout' | 'stderr' | 'output' | 'other';

/** The most bytes that containerd and CRI-O write as one part of a line. */
const MAX_PART = 16_384;

/** Reads the lines and records of one connection, and tracks unfinished lines. */
export class KubernetesReader implements ConnectionReader {
  private readonly output: DeltaOutput<KubernetesKind>;
  /** The container of each unfinished line, by the kind and the id of its stream. */
  private readonly unfinishedLines = new Map<string, string | undefined>();
  /**
   * The streams whose records without a tag have line ends, so that a text without one continues in the next record. By
   * the kind and the id.
   */
  private readonly withLineEnds = new Map<string, true>();

  constructor(output: DeltaOutput<KubernetesKind>) {
    this.output = output;
  }

  read(event: unknown): void {
    if (typeof event === 'string') {
      this.readLine(event);
    } else {
      this.readRecord(event);
    }
  }

  private readLine(line: string): void {
    const criLine = parseCRILine(line);
    const kubectlLine = parseKubectlLine(line);
    if (criLine !== undefined) {
      this.append(criLine.stream, 'log', criLine.text, criLine.isPartial);
    } else if (kubectlLine !== undefined) {
      this.append('output', kubectlLine.id, kubectlLine.text, false);
    } else {
      this.append('other', 'lines', line, false);
    }
  }

  private readRecord(record: unknown): void {
    const text = textOf(record);
    if (text !== undefined) {
      const kind = streamOf(record) ?? 'output';
      const id = idOf(record);
      const isPartial = this.isPartial(record, text, `${kind} ${id}`);
      this.append(kind, id, text, isPartial, containerOf(record));
    }
  }

  private isPartial(record: unknown, text: string, key: string): boolean {
    const tag = tagOf(record);
    if (tag !== undefined) {
      return tag.startsWith('P');
    }
    const multilineTag = multilineTagOf(record);
    if (multilineTag !== undefined) {
      // Fluent Bit joins the parts of a line and keeps the tag of the first.
      return multilineTag.startsWith('P') && !hasBytes(text, MAX_PART + 1);
    }
    if (readField(record, '_partial') === true) {
      return true;
    }
    if (text.endsWith('\n')) {
      setRecent(this.withLineEnds, key, true, MAX_STREAMS);
    }
    // The first record of a stream tells nothing yet, but other streams do.
    return this.withLineEnds.has(key) || (this.withLineEnds.size > 0 && hasBytes(text, MAX_PART));
  }

  private append(
    kind: KubernetesKind,
    id: string,
    text: string,
    isPartial: boolean,
    container?: string,
  ): void {
    const key = `${kind} ${id}`;
    if (this.unfinishedLines.has(key) && this.unfinishedLines.get(key) !== container) {
      // A container that stops inside a line does not finish it.
      this.emit(kind, id, '\n');
    }
    const isEnded = text.endsWith('\n');
    this.emit(kind, id, isPartial || isEnded ? text : `${text}\n`);
    if (!isPartial || isEnded) {
      this.unfinishedLines.delete(key);
    } else if (text !== '') {
      setRecent(this.unfinishedLines, key, container, MAX_STREAMS);
    }
  }

  private emit(kind: KubernetesKind, id: string, text: string): void {
    if (text !== '') {
      this.output.delta(kind, `${this.output.prefix}${id}`, text);
    }
  }
}

/** Whether a text has at least `least` bytes. */
function hasBytes(text: string, least: number): boolean {
  // A code unit takes 1 to 3 bytes.
  return text.length >= least || (text.length * 3 >= least && new TextEncoder().encode(text).length >= least);
}
