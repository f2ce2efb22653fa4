import { describe, expect, it } from 'vitest';

import { startsRecording } from '../../src/cli/recordingInput.js';

const isRecording = (text: string) => startsRecording(Buffer.from(text));

describe('startsRecording', () => {
  it.each([
    '{"time":0,"text":"',
    '{"time":12.5,"base64":',
    '{ "time" : 1e-7 ,\t"text" : 5',
    '{"time":0,"text":"\u00e9\n',
  ])('accepts %j as the start of a recording', (text) => {
    expect(isRecording(text)).toBe(true);
  });

  it.each([
    'data: x',
    '\n{"time":0,"text":""}',
    '{"time":"2024-01-01T00:00:00Z","text":"a"}',
    '{"time":-1,"text":"a"}',
    '{"time":0,"level":"info","text":"a"}',
    '{"time":0,"textual":"a"}',
    '{"time":0}',
    '{\n"time":0,"text":"a"}',
    '{"text":"a","time":0}',
    '[{"time":0,"text":"a"}]',
    `{"time":${' '.repeat(200)}`,
  ])('does not accept %j', (text) => {
    expect(isRecording(text)).toBe(false);
  });

  it('needs only the names of the first two fields to decide', () => {
    const start = '{ "time": 12.5, "base64":';
    for (let length = 0; length < start.length; length++) {
      expect(isRecording(start.slice(0, length)), start.slice(0, length)).toBe(undefined);
    }
    expect(isRecording(start)).toBe(true);
  });
});
