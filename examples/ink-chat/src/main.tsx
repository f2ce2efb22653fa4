import { render } from 'ink';
import { concat, Subject } from 'rxjs';

import { Chat } from './Chat.js';
import { converse } from './conversation.js';
import { recordedProvider } from './providers.js';

/** Three questions at once, so that their answers overlap. */
const QUESTIONS = [
  'Why did two answers run into each other?',
  'What about line ends?',
  'And when a stream never ends?',
];

const typed = new Subject<string>();
if (!process.stdin.isTTY) {
  // Nobody can ask more, so the program ends with the answers.
  typed.complete();
}
const questions = concat(QUESTIONS, typed);
const views = converse(questions, recordedProvider());
render(<Chat views={views} ask={(question) => typed.next(question)} />);
