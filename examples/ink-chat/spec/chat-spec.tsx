import { readFileSync } from 'node:fs';

import type { DeltaEvent } from 'deltalines';
import { cleanup, render } from 'ink-testing-library';
import { act } from 'react';
import { asapScheduler, lastValueFrom, of, Subject } from 'rxjs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { Chat } from '../src/Chat.js';
import { converse } from '../src/conversation.js';
import { type Provider, recordedProvider } from '../src/providers.js';

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
});

afterEach(() => {
  act(() => cleanup());
  vi.unstubAllGlobals();
});

/** A chat on a terminal that is none, and what the provider says by hand. */
async function startChat() {
  const questions = new Subject<string>();
  const connections = new Map<string, Subject<DeltaEvent>>();
  const asked: string[] = [];
  const provider: Provider = (question, connection) => {
    const events = new Subject<DeltaEvent>();
    asked.push(question);
    connections.set(connection, events);
    return events;
  };
  const views = converse(questions, provider);
  const ask = (question: string) => questions.next(question);
  const rendered = await act(() => Promise.resolve(render(<Chat views={views} ask={ask} />)));
  const connection = (name: string) => connections.get(name) ?? expect.fail(`Nobody asked for ${name}`);
  return {
    asked,
    ask: (question: string) => act(() => ask(question)),
    say: (name: string, delta: string) =>
      act(() => connection(name).next({ type: 'delta', kind: 'answer', id: `${name}/1`, delta })),
    finish: (name: string) => act(() => connection(name).complete()),
    fail: (name: string, error: Error) => act(() => connection(name).error(error)),
    isAsking: (name: string) => connection(name).observed,
    type: (text: string) =>
      act(() => {
        rendered.stdin.write(text);
      }),
    leave: () => act(() => rendered.unmount()),
    frames: rendered.frames,
    /** The screen, without the spaces at the end of rows. */
    screen: () => rendered.lastFrame()?.replace(/ +$/gm, '').trim().split('\n') ?? [],
  };
}

/** What stands at the bottom. */
const INPUT = ['', '> Ask something'];

describe('the chat', () => {
  test('prints three overlapping answers one after the other, and shows below how the others grow', async () => {
    const chat = await startChat();
    chat.ask('One?');
    chat.ask('Two?');
    chat.ask('Three?');
    chat.say('q2', '# second\nans');
    chat.say('q3', 'th');
    chat.say('q1', '# first\n- one\n- hal');
    expect(chat.screen()).toEqual([
      '> One?',
      '# first',
      'q1 answer 1 - one',
      '            - hal',
      'q2 question 1 Two?',
      'q2 answer 1 ans',
      'q3 question 1 Three?',
      'q3 answer 0 th',
      ...INPUT,
    ]);

    chat.say('q3', 'ird');
    chat.finish('q3');
    chat.say('q1', 'f');
    chat.finish('q1');
    chat.say('q2', 'wer');
    chat.finish('q2');
    expect(chat.screen()).toEqual([
      '> One?',
      '# first',
      '',
      '- one',
      '- half',
      '',
      '> Two?',
      '# second',
      '',
      'answer',
      '',
      '> Three?',
      'third',
      ...INPUT,
    ]);
  });

  test('never takes back a row that it has printed', async () => {
    const chat = await startChat();
    chat.ask('One?');
    chat.say('q1', 'first\n\nhal');
    const printed = chat.screen().slice(0, 2);
    chat.ask('Two?');
    chat.say('q2', 'second\n');
    chat.say('q1', 'f\n\n');

    expect(printed).toEqual(['> One?', 'first']);
    expect(chat.screen().slice(0, 4)).toEqual([...printed, '', 'half']);
  });

  test('prints a block once it is over, and only once', async () => {
    const chat = await startChat();
    chat.ask('One?');
    chat.say('q1', '```\ncode');
    expect(chat.screen()).toEqual(['> One?', 'q1 answer 0 ```', '            code', ...INPUT]);
    chat.say('q1', '\n```\nThe');
    const printed = ['> One?', '```', 'code', '```'];
    expect(chat.screen()).toEqual([...printed, 'q1 answer 1 The', ...INPUT]);
    chat.say('q1', ' end');
    chat.finish('q1');

    expect(chat.screen()).toEqual([...printed, '', 'The end', ...INPUT]);
  });

  test('shows no more than the last lines of a long draft', async () => {
    const chat = await startChat();
    chat.ask('One?');
    chat.say('q1', Array.from({ length: 100 }, (_, index) => `- ${index}`).join('\n'));

    expect(chat.screen()[1]).toBe('q1 answer 0 - 92');
    expect(chat.screen().slice(8)).toEqual(['            - 99', ...INPUT]);
  });

  test('asks what was typed', async () => {
    const chat = await startChat();
    chat.type('Why?');
    expect(chat.screen()).toEqual(['> Why?']);
    chat.type('\r');

    expect(chat.asked).toEqual(['Why?']);
    expect(chat.screen()).toEqual(['> Why?', ...INPUT]);
  });

  test('asks nothing when nothing was typed', async () => {
    const chat = await startChat();
    chat.type('  ');
    chat.type('\r');

    expect(chat.asked).toEqual([]);
  });

  test('makes visible what the terminal would obey, in lines and in tails', async () => {
    const chat = await startChat();
    chat.ask('Why?');
    chat.say('q1', '\u001b[2Jgone\n\n\u001b]0;own');
    expect(chat.screen()).toEqual(['> Why?', '\\x1b[2Jgone', 'q1 answer 1 \\x1b]0;own', ...INPUT]);
    chat.say('q1', 'ed\u0007');
    chat.finish('q1');

    expect(chat.screen()).toEqual(['> Why?', '\\x1b[2Jgone', '', '\\x1b]0;owned\\x07', ...INPUT]);
  });

  test('shows half an emoji once the other half is there', async () => {
    const chat = await startChat();
    chat.ask('Why?');
    chat.say('q1', 'so \ud83d');
    expect(chat.screen()[1]).toBe('q1 answer 0 so');
    chat.say('q1', '\ude42');

    expect(chat.screen()[1]).toBe('q1 answer 0 so 🙂');
  });

  test('says what went wrong, and goes on with the other answers', async () => {
    const chat = await startChat();
    chat.ask('One?');
    chat.ask('Two?');
    chat.say('q1', 'fir');
    chat.fail('q1', new Error('Overloaded'));
    chat.say('q2', 'second');
    chat.finish('q2');

    expect(chat.screen()).toEqual(['> One?', 'fir', '! Overloaded', '', '> Two?', 'second', ...INPUT]);
  });

  test('says where a text is corrected', async () => {
    const questions = of('Why?');
    const answer = { kind: 'answer', id: '1' } as const;
    const provider: Provider = () =>
      of<DeltaEvent[]>(
        { ...answer, type: 'delta', delta: 'one\n\ntwo\n\n' },
        { ...answer, type: 'end', text: 'one\n\nthree' },
      );
    const { rows } = await lastValueFrom(converse(questions, provider));

    expect(rows.map(({ text }) => text)).toEqual([
      'Why?',
      'one',
      'two',
      'corrected from block 2 on:',
      'three',
    ]);
  });

  test('lets go of the providers when it is left', async () => {
    const chat = await startChat();
    chat.ask('Why?');
    expect(chat.isAsking('q1')).toBe(true);
    chat.leave();

    expect(chat.isAsking('q1')).toBe(false);
  });

  test('prints the recordings whole', async () => {
    const provider = recordedProvider(0, asapScheduler);
    const { rows, growing } = await lastValueFrom(converse(of('One?', 'Two?', 'Three?'), provider));
    const texts = rows.filter(({ kind }) => kind !== 'reasoning').flatMap(({ text }) => text.split('\n'));

    expect(growing).toEqual([]);
    expect(texts.filter((line) => line !== '')).toEqual([
      'One?',
      ...recordedLines(1),
      'Two?',
      ...recordedLines(2),
      'Three?',
      ...recordedLines(3),
    ]);
  });
});

/** The lines of the answer in a recording that are not blank: blank lines between two blocks are in none. */
function recordedLines(turn: number): readonly string[] {
  const recording = readFileSync(new URL(`../../recordings/turn-${turn}.sse`, import.meta.url), 'utf8');
  return [...recording.matchAll(/^data: (.*)$/gm)]
    .map(([, data]) => JSON.parse(data ?? '') as { readonly type: string; readonly delta?: string })
    .map(({ type, delta }) => (type === 'response.output_text.delta' ? delta : ''))
    .join('')
    .split(/\r?\n/)
    .filter((line) => line !== '');
}
