import {
  type Commit,
  commitLines,
  type DeltaEvent,
  fixedPace,
  groupStreams,
  orderStreams,
  paceLines,
  resequence,
  type ResequenceOptions,
  scanLines,
} from 'deltalines';
import { splitJSON } from 'deltalines/json';
import { identity, map, mergeMap, type OperatorFunction, pipe, type SchedulerLike } from 'rxjs';

import { operatorOf } from './protocols';
import type { Connection } from './recording';
import type { Settings } from './settings';

/** What the steps of a pipeline have to know of their surroundings. */
export interface Surroundings extends Pick<ResequenceOptions<unknown>, 'onDrop' | 'onGap'> {
  readonly scheduler: SchedulerLike;
}

/** Makes delta events of the events of one connection. */
export function readDeltas(
  connection: Connection,
  isNamed: boolean,
  settings: Settings,
  { scheduler, onDrop, onGap }: Surroundings,
): OperatorFunction<unknown, DeltaEvent> {
  const parse = connection.framing === 'server-sent events' ? parseData : identity<unknown>;
  const { field, ...limits } = settings.resequence ?? { field: '' };
  const order =
    settings.resequence === undefined
      ? identity
      : resequence<unknown>({
          ...limits,
          seq: (event) => fieldOf(parse(event), field) as number | undefined,
          onDrop,
          onGap,
          scheduler,
        });
  const name = isNamed ? connection.name : undefined;
  const read =
    operatorOf(connection.protocol)?.({ connection: name }) ?? map((event) => nameDelta(parse(event), name));
  return pipe(order, read);
}

/** What is not a delta event goes through as well, because `commitLines` makes a drop of it. */
function nameDelta(event: unknown, name: string | undefined): DeltaEvent {
  const delta = event as DeltaEvent;
  return name !== undefined && typeof fieldOf(event, 'id') === 'string'
    ? { ...delta, id: `${name}/${delta.id}` }
    : delta;
}

/** The event in a server-sent event; nothing if that is not JSON. */
function parseData(message: unknown): unknown {
  try {
    return JSON.parse(String(fieldOf(message, 'data')));
  } catch {
    return undefined;
  }
}

/** Makes streams of the values in the arguments of tool calls. */
export function splitArguments({ splitJSON: options }: Settings): OperatorFunction<DeltaEvent, DeltaEvent> {
  return options === undefined ? identity : splitJSON(options);
}

/** Makes commits of the delta events of all connections. */
export function makeCommits(
  settings: Settings,
  scheduler: SchedulerLike,
): OperatorFunction<DeltaEvent, Commit> {
  const options = { ...settings.commitLines, scheduler };
  const order = settings.orderStreams === undefined ? identity : orderStreams(settings.orderStreams);
  return pipe(
    settings.form === 'commitLines'
      ? commitLines(options)
      : pipe(
          groupStreams(options),
          mergeMap((stream) => stream.pipe(scanLines(stream.ref, options))),
        ),
    order,
    paceOf(settings, scheduler),
  );
}

function paceOf(settings: Settings, scheduler: SchedulerLike): OperatorFunction<Commit, Commit> {
  if (settings.paceLines === undefined) {
    return identity;
  }
  const { interval, maxQueued, fixedPace: lines } = settings.paceLines;
  return paceLines({
    interval,
    maxQueued,
    policy: lines === undefined ? undefined : fixedPace(lines),
    scheduler,
  });
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
