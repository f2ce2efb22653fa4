import type { Commit, DeltaEvent, StreamRef, Transcript } from '../../src/index.js';
import type { JSONCommit } from '../../src/json/index.js';
import type { BlockCommit, BlockTranscript } from '../../src/markdown/index.js';

/** One row of the output: what it is, which stream it belongs to, and what it says. */
export interface Result {
  readonly type: string;
  readonly stream: string;
  readonly value: string;
}

export function commitResult(commit: Commit): Result {
  if (commit.type === 'drop') {
    // The input of an example has no other events.
    const { type, stream, value } = eventResult(commit.event as DeltaEvent);
    return { type: 'drop', stream, value: `${commit.reason}: ${type} ${value}`.trim() };
  }
  const row = { type: commit.type, stream: nameOf(commit.stream) };
  switch (commit.type) {
    case 'open':
      return { ...row, value: '' };
    case 'line':
      return { ...row, value: `${commit.index}  ${JSON.stringify(commit.text + commit.eol)}` };
    case 'tail':
      return { ...row, value: `${commit.index}  ${JSON.stringify(commit.text)}` };
    case 'revise':
      return { ...row, value: `from ${commit.index}` };
    case 'close':
      return { ...row, value: `${endOf(commit)}, ${count(commit.lines, 'line')}` };
  }
}

export function blockResult(commit: BlockCommit): Result {
  switch (commit.type) {
    case 'block':
    case 'draft':
      return {
        type: commit.type,
        stream: nameOf(commit.stream),
        value: `${commit.index}  ${commit.block}  ${JSON.stringify(commit.text)}`,
      };
    case 'close':
      return {
        type: 'close',
        stream: nameOf(commit.stream),
        value: `${endOf(commit)}, ${count(commit.blocks, 'block')}`,
      };
    default:
      return commitResult(commit);
  }
}

export function jsonResult(commit: JSONCommit): Result {
  switch (commit.type) {
    case 'value':
      return {
        type: 'value',
        stream: nameOf(commit.stream),
        value: `${commit.pointer === '' ? 'root' : commit.pointer}  ${JSON.stringify(commit.value)}`,
      };
    case 'partial':
      return { type: 'partial', stream: nameOf(commit.stream), value: JSON.stringify(commit.value) };
    case 'close':
      return {
        type: 'close',
        stream: nameOf(commit.stream),
        value: `${endOf(commit)}${'value' in commit ? `, ${JSON.stringify(commit.value)}` : ''}`,
      };
    default:
      return commitResult(commit);
  }
}

export function eventResult(event: DeltaEvent): Result {
  const row = { type: event.type, stream: keyName(event) };
  switch (event.type) {
    case 'delta':
      return { ...row, value: JSON.stringify(event.delta) };
    case 'error':
      return { ...row, value: messageOf(event.error) };
    default:
      return { ...row, value: '' };
  }
}

export function transcriptResult(transcript: Transcript): Result {
  const cells = transcript.map(({ stream, lines, tail, status }) => {
    const texts = lines.map((line) => JSON.stringify(line));
    const all = tail === '' ? texts : [...texts, `tail ${JSON.stringify(tail)}`];
    return `${nameOf(stream)} ${status} [${all.join(', ')}]`;
  });
  return { type: 'transcript', stream: '', value: cells.join('\n') };
}

export function blockTranscriptResult(transcript: BlockTranscript): Result {
  const cells = transcript.map(({ stream, blocks, draft, status }) => {
    const texts = blocks.map(({ block, text }) => `${block} ${JSON.stringify(text)}`);
    const all =
      draft === undefined ? texts : [...texts, `draft ${draft.block} ${JSON.stringify(draft.text)}`];
    return `${nameOf(stream)} ${status} [${all.join(', ')}]`;
  });
  return { type: 'transcript', stream: '', value: cells.join('\n') };
}

/** The name of a stream: its id, after its kind if that is not `answer`. */
function nameOf(stream: StreamRef): string {
  return `${keyName(stream)}${stream.generation > 0 ? `, generation ${stream.generation}` : ''}`;
}

function keyName({ kind, id }: { readonly kind: string; readonly id: string }): string {
  return kind === 'answer' ? id : `${kind} ${id}`;
}

function endOf({ reason, error }: { readonly reason: string; readonly error?: unknown }): string {
  return error === undefined ? reason : `${reason}: ${messageOf(error)}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
