import { describe, expect, it } from 'vitest';

import { arrivalOf } from '../src/arrival';
import { readConnection } from '../src/readConnection';
import type { Connection } from '../src/recording';
import { fileNameOf, saveConnection } from '../src/saveConnection';
import { bundled, readText, settingsOf } from './recordings';

const { arrival } = settingsOf();

function read(text: string): Connection {
  const { connection, problems } = readConnection('name', text);
  if (connection === undefined) {
    throw new Error(problems.join('\n'));
  }
  return connection;
}

function valuesOf({ events }: Connection): readonly unknown[] {
  return events.map(({ value }) => value);
}

describe('saveConnection', () => {
  it.each(bundled.flat())('saves what is read again as the same events: %s', (file) => {
    const connection = read(readText(file));
    const saved = saveConnection(connection, 0, arrival);
    const again = read(saved);
    expect(valuesOf(again)).toStrictEqual(valuesOf(connection));
    expect(again).toMatchObject({ framing: connection.framing, protocol: connection.protocol });
  });

  it('saves lines of text that are events', () => {
    const connection = read('2026-01-01T00:00:00Z stdout F one\n2026-01-01T00:00:00Z stderr F two\n');
    expect(connection.events).toHaveLength(2);
    expect(valuesOf(read(saveConnection(connection, 0, arrival)))).toStrictEqual(valuesOf(connection));
  });

  it('saves when each event arrives', () => {
    const connection = read(readText('turn-2.sse'));
    const times = arrivalOf(connection, 1, arrival).map(({ time }) => time);
    const again = read(saveConnection(connection, 1, arrival));
    expect(again.events.map(({ recordedAt }) => recordedAt)).toStrictEqual(
      times.map((time) => time - (times[0] ?? NaN)),
    );
  });

  it('saves the order in which events arrive', () => {
    const connection = read(readText('turn-2.sse'));
    const disorder = { ...arrival, disorder: 9 };
    const order = arrivalOf(connection, 0, disorder).map(({ value }) => value);
    expect(order).not.toStrictEqual(valuesOf(connection));
    expect(valuesOf(read(saveConnection(connection, 0, disorder)))).toStrictEqual(order);
  });

  it('saves a recording of chunks as it was, to the byte', () => {
    const recording = [
      '{"time":0,"text":"[{\\"type\\":\\"delta\\",\\"kind\\":\\"answer\\",\\"id\\":\\"1\\",\\"delta\\":\\"caf","bytes":true}',
      '{"time":12,"base64":"ww=="}',
      '{"time":31,"base64":"qSJ9"}',
      '{"time":40.25,"text":"]"}',
      '',
    ].join('\n');
    expect(saveConnection(read(recording), 3, arrival)).toBe(recording);
  });

  it('keeps line ends of all kinds in the data of an event', () => {
    const data = '{"type":"delta",\n"kind":"answer","id":"1","delta":"a\u2028b"}';
    const connection = read(
      `event: x\nid: 7\n${data.replace(/^/gm, 'data: ').replace('\u2028data: ', '\u2028')}\n\n`,
    );
    expect(valuesOf(connection)).toMatchObject([{ event: 'x', data }]);
    expect(valuesOf(read(saveConnection(connection, 0, arrival)))).toStrictEqual(valuesOf(connection));
  });
});

describe('fileNameOf', () => {
  it.each([
    ['turn-1', 'turn-1.jsonl'],
    ['two <b>', 'two-b-.jsonl'],
    ['../../etc/passwd', 'etc-passwd.jsonl'],
    ['.hidden', 'hidden.jsonl'],
    ['\u202egnp', 'gnp.jsonl'],
    ['日本', '日本.jsonl'],
    ['', 'recording.jsonl'],
  ])('makes of %j %s', (name, file) => {
    expect(fileNameOf({ ...read('{"type":"end","kind":"answer","id":"1"}'), name })).toBe(file);
  });
});
