import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import { interval, type Observable, share } from 'rxjs';

import { Answers, type AnswersOptions } from './answers.js';
import { CommitLog, type CommitLogOptions } from './commitLog.js';
import { sendFeed } from './feed.js';

export interface AnswerServerOptions extends AnswersOptions, CommitLogOptions {
  /** When each client is due a sign of life. */
  readonly heartbeat?: Observable<unknown>;
}

const MAX_QUESTION_LENGTH = 4_000;

/**
 * `POST /answers?question=…` asks, `GET /answers` is the feed of all answers. When the server is closed, the providers are
 * unsubscribed from.
 */
export function createAnswerServer({
  heartbeat = interval(15_000).pipe(share()),
  ...options
}: AnswerServerOptions): Server {
  const answers = new Answers(options);
  const log = new CommitLog(options);
  const commits = answers.commits.subscribe((commit) => log.append(commit));

  const handle = (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    if (pathname !== '/answers') {
      reply(response, 404, { error: 'There is only /answers' });
    } else if (request.method === 'GET') {
      sendFeed(response, { log, lastEventId: lastEventIdOf(request), heartbeat });
    } else if (request.method === 'POST') {
      const question = searchParams.get('question')?.trim() ?? '';
      if (question === '' || question.length > MAX_QUESTION_LENGTH) {
        reply(response, 400, { error: `A question has 1 to ${MAX_QUESTION_LENGTH} characters` });
        return;
      }
      const connection = answers.ask(question);
      if (connection === undefined) {
        reply(response, 503, { error: 'Too many questions at a time' });
      } else {
        reply(response, 202, { connection });
      }
    } else {
      response.setHeader('allow', 'GET, POST');
      reply(response, 405, { error: 'Only GET and POST' });
    }
  };
  return createServer(handle).on('close', () => commits.unsubscribe());
}

function lastEventIdOf({ headers }: IncomingMessage): number | undefined {
  const id = headers['last-event-id'];
  return typeof id === 'string' && /^\d{1,15}$|^\d{16}$/.test(id) ? Number(id) : undefined;
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(body)}\n`);
}
