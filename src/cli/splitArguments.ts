import {
  concat,
  connect,
  defer,
  filter,
  from,
  map,
  merge,
  mergeMap,
  type MonoTypeOperatorFunction,
  type Observable,
  tap,
} from 'rxjs';

import type { DeltaEvent, DropCommit } from '../index.js';
import { scanJSON, splitJSON } from '../json/index.js';
import { callOf } from './valueIds.js';

/** The most tool calls whose form is remembered. Beyond that, the oldest is deleted. */
const MAX_CALLS = 10_000;

/** The most events of a call that are held until its first character. */
const MAX_HELD = 100;

/**
 * Replaces the arguments of each tool call by a stream for each value in them. Plain text, which some tools take, is
 * unchanged. A call whose JSON is invalid or cut off between two values also fails, as `tool call_1#`, because
 * `splitJSON` does not report that.
 */
export function splitArguments(onDrop: (drop: DropCommit) => void): MonoTypeOperatorFunction<DeltaEvent> {
  return (source) =>
    defer(() => {
      const inputs = new ToolInputs();
      return concat(
        source.pipe(mergeMap((event) => inputs.route(event))),
        defer(() => from(inputs.rest())),
      ).pipe(
        connect((routed) => {
          const eventsOf = (form: Form) =>
            routed.pipe(
              filter((each) => each.form === form),
              map(({ event }) => event),
            );
          return merge(
            eventsOf('json').pipe(connect((events) => splitValues(events, onDrop))),
            eventsOf('text'),
          );
        }),
      );
    });
}

function splitValues(
  events: Observable<DeltaEvent>,
  onDrop: (drop: DropCommit) => void,
): Observable<DeltaEvent> {
  /** The calls whose failure `splitJSON` has reported, so that it is not reported again. */
  const failed = new Set<string>();
  const values = events.pipe(
    splitJSON({ onDrop }),
    tap((event) => {
      if (event.type === 'error') {
        failed.add(callOf(event.id));
      }
    }),
  );
  const failures = events.pipe(
    scanJSON({ pointers: [] }),
    mergeMap((commit): DeltaEvent[] => {
      if (commit.type !== 'close') {
        return [];
      }
      const { kind, id } = commit.stream;
      const isReported = failed.delete(callOf(`${id}#`));
      return commit.error === undefined || isReported
        ? []
        : [{ type: 'error', kind, id: `${id}#`, error: commit.error }];
    }),
  );
  return merge(values, failures);
}

type Form = 'json' | 'text';

interface Routed {
  readonly form: Form;
  readonly event: DeltaEvent;
}

/** The input of a tool call. Its first character determines its form. */
interface ToolInput {
  form: Form | undefined;
  isClosed: boolean;
  /** The events before the first character. */
  held: DeltaEvent[];
}

/** Distinguishes arguments in JSON from plain text, which some tools take. */
class ToolInputs {
  private readonly inputs = new Map<string, ToolInput>();

  route(event: DeltaEvent): readonly Routed[] {
    if (!isToolEvent(event)) {
      return [{ form: 'text', event }];
    }
    const released: Routed[] = [];
    let input = this.inputs.get(event.id);
    if (input === undefined || (event.type === 'start' && input.isClosed)) {
      input = { form: undefined, isClosed: false, held: [] };
      this.inputs.delete(event.id);
      this.inputs.set(event.id, input);
      released.push(...this.evictOldest());
    }
    const isLast = event.type === 'end' || event.type === 'error';
    input.held.push(event);
    input.form ??= formOf(event) ?? (isLast || input.held.length > MAX_HELD ? 'text' : undefined);
    input.isClosed ||= isLast;
    return input.form === undefined ? released : [...released, ...release(input)];
  }

  /** The events that are still held at the end of the source. */
  rest(): readonly Routed[] {
    return [...this.inputs.values()].flatMap(release);
  }

  private evictOldest(): readonly Routed[] {
    const [oldest] = this.inputs;
    if (oldest === undefined || this.inputs.size <= MAX_CALLS) {
      return [];
    }
    this.inputs.delete(oldest[0]);
    return release(oldest[1]);
  }
}

function release(input: ToolInput): readonly Routed[] {
  return input.held.splice(0).map((event) => ({ form: input.form ?? 'text', event }));
}

/** The form of the input of a call, if this event shows it. */
function formOf(event: DeltaEvent): Form | undefined {
  const text = event.type === 'delta' ? event.delta : event.type === 'end' ? event.text : undefined;
  const first = typeof text === 'string' ? /\S/.exec(text)?.[0] : undefined;
  return first === undefined ? undefined : first === '{' ? 'json' : 'text';
}

/** The input may contain values that are not events. */
function isToolEvent(event: unknown): boolean {
  if (typeof event !== 'object' || event === null) {
    return false;
  }
  const { type, kind, id } = event as Readonly<Record<string, unknown>>;
  return (
    kind === 'tool' && typeof id === 'string' && ['start', 'delta', 'end', 'error'].includes(String(type))
  );
}
