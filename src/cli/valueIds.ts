import type { StreamRef } from '../index.js';
import type { ShownIds } from './shortIds.js';

/** The id of the tool call that a value belongs to. */
export function callOf(id: string): string {
  const [call = id] = id.split(/#(?:\/|$)/, 1);
  return call;
}

/** Shows the id of a value in the arguments of a tool call: the shown id of the call, and the full pointer. */
export class ValueIds implements ShownIds {
  private readonly ids: ShownIds;

  constructor(ids: ShownIds) {
    this.ids = ids;
  }

  get version(): number {
    return this.ids.version;
  }

  add(stream: StreamRef): void {
    this.ids.add(callRef(stream));
  }

  of(stream: StreamRef): string {
    const call = callRef(stream);
    return this.ids.of(call) + stream.id.slice(call.id.length);
  }
}

function callRef(stream: StreamRef): StreamRef {
  return stream.kind === 'tool' ? { ...stream, id: callOf(stream.id) } : stream;
}
