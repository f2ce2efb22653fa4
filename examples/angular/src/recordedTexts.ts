import first from '../../recordings/turn-1.sse?raw';
import second from '../../recordings/turn-2.sse?raw';
import third from '../../recordings/turn-3.sse?raw';

/** What must come out: all deltas of the recordings, joined by what they belong to; the reasoning comes first. */
export function recordedTexts(): string[] {
  const texts = new Map<string, string>();
  for (const recording of [first, second, third]) {
    for (const [, data] of recording.matchAll(/^data: (.*)$/gm)) {
      const { item_id, delta } = JSON.parse(data ?? '') as { item_id?: string; delta?: string };
      if (item_id !== undefined && delta !== undefined) {
        texts.set(item_id, `${texts.get(item_id) ?? ''}${delta}`);
      }
    }
  }
  const ids = [...texts.keys()];
  return ['rs', 'msg'].flatMap((item) =>
    ids.filter((id) => id.startsWith(item)).map((id) => texts.get(id)?.replaceAll('\r\n', '\n') ?? ''),
  );
}
