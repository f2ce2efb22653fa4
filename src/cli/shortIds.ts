import type { StreamRef } from '../index.js';

/** The most ids that are compared. Beyond that, ids are shown in full, which bounds the memory. */
const MAX_IDS = 10_000;

/** The most parts of an id that are compared individually. */
const MAX_PARTS = 16;

/** Determines the shown part of ids. */
export interface ShownIds {
  /** Changes whenever the shown part of an id may have changed. */
  readonly version: number;
  /** Must be called when a stream opens. */
  add(stream: StreamRef): void;
  of(stream: StreamRef): string;
}

/** Shows ids in full. */
export const fullIds: ShownIds = {
  version: 0,
  add: () => undefined,
  of: ({ id }) => id,
};

/** A node of the tree of ids: the parts up to a slash, or a whole id. */
interface Part {
  /** The number of ids that begin with this part. */
  ids: number;
  /** Whether an id ends here. */
  isEnd: boolean;
  readonly next: Map<string, Part>;
}

/** Shows the shortest sequence of leading parts that no other id of the same kind so far begins with. */
export class ShortIds implements ShownIds {
  version = 0;
  private readonly maxIds: number;
  private readonly kinds = new Map<string, Part>();
  private count = 0;

  constructor(maxIds = MAX_IDS) {
    this.maxIds = maxIds;
  }

  add({ kind, id }: StreamRef): void {
    if (this.count > this.maxIds) {
      return;
    }
    let part = partAt(this.kinds, kind);
    const path = partEnds(id).map((end) => (part = partAt(part.next, id.slice(0, end))));
    if (part.isEnd) {
      return;
    }
    part.isEnd = true;
    path.forEach((each) => each.ids++);
    this.version++;
    this.count++;
    if (this.count > this.maxIds) {
      this.kinds.clear();
    }
  }

  of({ kind, id }: StreamRef): string {
    let part = this.kinds.get(kind);
    for (const end of partEnds(id)) {
      const name = id.slice(0, end);
      part = part?.next.get(name);
      if (part === undefined) {
        break;
      }
      if (part.ids === 1 && /[^/.]/.test(name)) {
        return name;
      }
    }
    return id;
  }
}

function partAt(parts: Map<string, Part>, name: string): Part {
  const part = parts.get(name) ?? { ids: 0, isEnd: false, next: new Map<string, Part>() };
  parts.set(name, part);
  return part;
}

/** The end offsets of the parts of an id. The last part is the rest. */
function partEnds(id: string): readonly number[] {
  const ends: number[] = [];
  let end = id.indexOf('/');
  while (end !== -1 && ends.length < MAX_PARTS - 1) {
    ends.push(end);
    end = id.indexOf('/', end + 1);
  }
  return [...ends, id.length];
}
