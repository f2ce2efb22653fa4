import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { type CommitLog, serveCommits } from 'deltalines/log';
import { build } from 'esbuild';

import type { Answers } from './answers.js';

const MAX_QUESTION_LENGTH = 4_000;

/** What one process answers. `GET /log` is what everybody follows; all of it could be served by any other process as well. */
export async function makeHandler(
  log: CommitLog,
  answers: Answers,
): Promise<(request: Request) => Promise<Response>> {
  const html = await readFile(new URL('../page/index.html', import.meta.url), 'utf8');
  const script = await bundle(fileURLToPath(new URL('../page/page.ts', import.meta.url)));

  const route = async (request: Request): Promise<Response> => {
    const { pathname, searchParams } = new URL(request.url);
    switch (`${request.method} ${pathname}`) {
      case 'GET /':
        return new Response(html, { headers: { 'content-type': 'text/html; charset=utf-8' } });
      case 'GET /page.js':
        return new Response(script, { headers: { 'content-type': 'text/javascript; charset=utf-8' } });
      case 'GET /log':
        return serveCommits(log, request, { onError: (error) => console.error(error) });
      case 'POST /answers':
        return ask(answers, searchParams.get('question')?.trim() ?? '');
      case 'POST /stop':
        answers.stop(searchParams.get('connection') ?? '');
        return new Response(null, { status: 202 });
      default:
        return Response.json({ error: 'There is nothing here' }, { status: 404 });
    }
  };
  return async (request) => {
    const response = await route(request);
    // So that the page can show who serves it.
    response.headers.set('x-process', String(process.pid));
    return response;
  };
}

function ask(answers: Answers, question: string): Response {
  if (question === '' || question.length > MAX_QUESTION_LENGTH) {
    const error = `A question has 1 to ${MAX_QUESTION_LENGTH} characters`;
    return Response.json({ error }, { status: 400 });
  }
  const connection = answers.ask(question);
  return connection === undefined
    ? Response.json({ error: 'Too many questions at a time' }, { status: 503 })
    : Response.json({ connection }, { status: 202 });
}

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: 'esm', write: false });
  return outputFiles[0]?.text ?? '';
}
