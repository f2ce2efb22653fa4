import { CodexCommandOutput } from './codexCommandOutput.js';
import { CodexItems, type CodexKind } from './codexItems.js';
import { CodexSections } from './codexSections.js';
import { readBytes, readField, readName, readText } from '../connection/fields.js';
import { NameUses } from '../connection/namedStreams.js';
import type { ConnectionReader, DeltaOutput } from '../connection/readConnection.js';

/** Reads the events of one connection, and tracks the submissions of a log. */
export class CodexReader implements ConnectionReader {
  private readonly output: DeltaOutput<CodexKind>;
  /** The submissions that have not ended, by their ids. */
  private readonly submissions = new Map<string, Submission>();
  private submissionCount = 0;
  private readonly items: CodexItems;
  /** How often the id of a call was used. */
  private readonly callCounts = new NameUses();

  constructor(output: DeltaOutput<CodexKind>) {
    this.output = output;
    this.items = new CodexItems(output);
  }

  read(event: unknown): void {
    const method = readText(event, 'method');
    if (method !== undefined) {
      this.items.readNotification(method, readField(event, 'params'));
    } else if (readText(event, 'type') !== undefined) {
      this.items.readEvent(event);
    } else {
      this.readLog(event);
    }
  }

  private readLog(event: unknown): void {
    const payload = readField(event, 'kind') === 'codex_event' ? readField(event, 'payload') : event;
    const id = readText(payload, 'id');
    const message = readField(payload, 'msg');
    if (id === undefined) {
      return;
    }
    switch (readField(message, 'type')) {
      case 'agent_message_delta':
        this.submissionAt(id).answer.append(readText(message, 'delta'));
        break;
      case 'agent_message':
        this.submissionAt(id).answer.end(readText(message, 'message'));
        break;
      case 'agent_reasoning_section_break':
        this.submissionAt(id).reasoning.break();
        break;
      case 'agent_reasoning_delta':
        this.submissionAt(id).reasoning.append(readText(message, 'delta'));
        break;
      case 'agent_reasoning':
        this.submissionAt(id).reasoning.end(readText(message, 'text'));
        break;
      case 'agent_reasoning_raw_content_delta':
        this.submissionAt(id).rawReasoning.append(readText(message, 'delta'));
        break;
      case 'agent_reasoning_raw_content':
        this.submissionAt(id).rawReasoning.end(readText(message, 'text'));
        break;
      case 'exec_command_output_delta':
        this.readOutput(this.submissionAt(id), message);
        break;
      case 'exec_command_end':
      case 'patch_apply_end':
        this.endCall(this.submissionAt(id), message);
        break;
      case 'task_complete':
      case 'turn_complete':
      case 'turn_aborted':
        this.submissions.get(id)?.endAll(readName(message, 'reason'));
        this.submissions.delete(id);
        break;
      case 'error':
        this.submissions.get(id)?.failAll(message);
        this.submissions.delete(id);
        break;
      case 'session_configured':
      case 'shutdown_complete':
        // Submission ids start again with the next session.
        for (const submission of this.submissions.values()) {
          submission.endAll();
        }
        this.submissions.clear();
        break;
    }
  }

  flush(): void {
    for (const { calls } of this.submissions.values()) {
      for (const { stdout, stderr } of calls.values()) {
        stdout.flush();
        stderr.flush();
      }
    }
  }

  private submissionAt(id: string): Submission {
    let submission = this.submissions.get(id);
    if (submission === undefined) {
      this.submissionCount++;
      submission = new Submission(this.output, `${this.output.prefix}${this.submissionCount}/`);
      this.submissions.set(id, submission);
    }
    return submission;
  }

  private readOutput({ calls }: Submission, message: unknown): void {
    const callId = readText(message, 'call_id');
    const stream = readField(message, 'stream');
    const bytes = readChunk(message, 'chunk');
    if (callId === undefined || bytes === undefined || (stream !== 'stdout' && stream !== 'stderr')) {
      return;
    }
    const call = calls.get(callId) ?? this.beginCall(callId);
    calls.set(callId, call);
    call[stream].append(bytes);
  }

  private endCall({ calls }: Submission, message: unknown): void {
    const callId = readText(message, 'call_id');
    const stdout = readText(message, 'stdout');
    const stderr = readText(message, 'stderr');
    if (callId === undefined) {
      return;
    }
    const hasText = (stdout ?? '') !== '' || (stderr ?? '') !== '';
    const call = calls.get(callId) ?? (hasText ? this.beginCall(callId) : undefined);
    call?.stdout.end(stdout);
    call?.stderr.end(stderr);
    calls.delete(callId);
  }

  private beginCall(callId: string): Call {
    const { output, callCounts } = this;
    const callCount = (callCounts.get(callId) ?? 0) + 1;
    callCounts.set(callId, callCount);
    const id = `${output.prefix}${callId}${callCount === 1 ? '' : `/${callCount}`}`;
    return {
      stdout: new CodexCommandOutput(output, 'stdout', id),
      stderr: new CodexCommandOutput(output, 'stderr', id),
    };
  }
}

/** A running command. */
interface Call {
  readonly stdout: CodexCommandOutput<CodexKind>;
  readonly stderr: CodexCommandOutput<CodexKind>;
}

/** A request of the user, and the streams that answer it. */
class Submission {
  readonly answer: CodexSections<CodexKind>;
  readonly reasoning: CodexSections<CodexKind>;
  readonly rawReasoning: CodexSections<CodexKind>;
  readonly calls = new Map<string, Call>();

  constructor(output: DeltaOutput<CodexKind>, idPrefix: string) {
    this.answer = new CodexSections(output, 'answer', idPrefix);
    this.reasoning = new CodexSections(output, 'reasoning', idPrefix);
    this.rawReasoning = new CodexSections(output, 'reasoning', `${idPrefix}raw/`);
  }

  /** @param finishReason - Why the turn was aborted. */
  endAll(finishReason?: string): void {
    this.reasoning.endAll(finishReason);
    this.rawReasoning.endAll(finishReason);
    this.answer.endAll(finishReason);
    for (const { stdout, stderr } of this.calls.values()) {
      stdout.end(undefined, finishReason);
      stderr.end(undefined, finishReason);
    }
  }

  failAll(error: unknown): void {
    this.reasoning.failAll(error);
    this.rawReasoning.failAll(error);
    this.answer.failAll(error);
    for (const { stdout, stderr } of this.calls.values()) {
      stdout.fail(error);
      stderr.fail(error);
    }
  }
}

/** Bytes are an array of numbers or, in later versions, Base64. */
function readChunk(message: unknown, name: string): Uint8Array | undefined {
  const text = readText(message, name);
  return text === undefined ? readBytes(message, name) : decodeBase64(text);
}

function decodeBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
