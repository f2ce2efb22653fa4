import { take } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { fromResponse, ResponseError } from '../../../src/protocols/index.js';
import { collect } from '../../support/collect.js';

const headers = (contentType: string) => ({ headers: { 'content-type': contentType } });

/** A body that returns one character per chunk, and the calls that it received. */
function bodyOf(text: string, ending: 'close' | 'silence' | Error = 'close') {
  const bytes = new TextEncoder().encode(text);
  const calls: string[] = [];
  let position = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (position < bytes.length) {
        controller.enqueue(bytes.subarray(position, position + 1));
        position++;
      } else if (ending === 'close') {
        controller.close();
      } else if (ending !== 'silence') {
        controller.error(ending);
      }
    },
    cancel() {
      calls.push('cancel');
    },
  });
  return { body, calls };
}

async function failureOf(response: Response): Promise<ResponseError> {
  const error: unknown = await collect(fromResponse(response)).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ResponseError);
  return error as ResponseError;
}

describe('fromResponse', () => {
  describe('the content type', () => {
    it.each([
      { type: 'text/event-stream', text: 'event: a\ndata: é\n\n', events: [{ event: 'a', data: 'é' }] },
      { type: 'Text/Event-Stream; charset=utf-8', text: 'data: a\n\n', events: [{ data: 'a' }] },
      { type: 'application/x-ndjson', text: '1\n2\n', events: [1, 2] },
      { type: 'application/ndjson', text: '1\n2', events: [1, 2] },
      { type: 'application/jsonl', text: '1\n2', events: [1, 2] },
      { type: 'application/json-seq', text: '\u001e1\n\u001e2\n', events: [1, 2] },
      { type: 'application/json-lines', text: '1\n2', events: [1, 2] },
      { type: 'application/json', text: '[{"a":"é"},\n2]', events: [{ a: 'é' }, 2] },
      { type: 'application/json; charset=utf-8', text: '{"a":[1]}', events: [{ a: [1] }] },
      { type: 'application/vnd.example+json', text: '{"a":1}', events: [{ a: 1 }] },
    ])('$type determines how the body is read', async ({ type, text, events }) => {
      expect(await collect(fromResponse(new Response(bodyOf(text).body, headers(type))))).toStrictEqual(
        events,
      );
    });

    it.each(['text/html', 'application/octet-stream', 'application/jsonp', ''])(
      '"%s" is an error, and cancels the body',
      async (type) => {
        const { body, calls } = bodyOf('x'.repeat(5_000), 'silence');
        const error = await failureOf(new Response(body, headers(type)));
        expect(error).toMatchObject({ name: 'ResponseError', status: 200, body: 'x'.repeat(1_000) });
        expect(error.message).toBe(
          `The response has the content type "${type}", which has no events: ${'x'.repeat(1_000)}`,
        );
        expect(calls).toStrictEqual(['cancel']);
      },
    );
  });

  describe('a status other than success', () => {
    it('is an error with the beginning of the body', async () => {
      const response = new Response(bodyOf('{"error":"é"}').body, {
        status: 429,
        statusText: 'Too Many Requests',
        ...headers('application/json'),
      });
      expect(await failureOf(response)).toMatchObject({
        message: 'The response has the status 429 Too Many Requests: {"error":"é"}',
        status: 429,
        body: '{"error":"é"}',
      });
    });

    it('may have no body', async () => {
      expect(await failureOf(new Response(null, { status: 500 }))).toMatchObject({
        message: 'The response has the status 500',
        body: '',
      });
    });

    it('takes precedence over an interrupted body', async () => {
      const { body } = bodyOf('oops', new Error('boom'));
      expect(await failureOf(new Response(body, { status: 502 }))).toMatchObject({
        status: 502,
        body: 'oops',
      });
    });
  });

  it('completes without a body', async () => {
    expect(await collect(fromResponse(new Response(null, { status: 204 })))).toStrictEqual([]);
  });

  it('emits the error of an interrupted body, after the events before it', async () => {
    const boom = new Error('boom');
    const { body } = bodyOf('data: a\n\n', boom);
    const seen: unknown[] = [];
    await new Promise<void>((resolve) => {
      fromResponse(new Response(body, headers('text/event-stream'))).subscribe({
        next: (event) => seen.push(event),
        error: (error: unknown) => {
          seen.push(error);
          resolve();
        },
      });
    });
    expect(seen).toStrictEqual([{ data: 'a' }, boom]);
  });

  it('emits the error of the parser, and cancels the body', async () => {
    const { body, calls } = bodyOf('{"a":1}\noops\n', 'silence');
    const response = new Response(body, headers('application/x-ndjson'));
    await expect(collect(fromResponse(response))).rejects.toThrow('Line 2 is not valid JSON');
    expect(calls).toStrictEqual(['cancel']);
  });

  it('emits an event as soon as it is complete, and cancels the body on unsubscribe', async () => {
    const { body, calls } = bodyOf('data: a\n\n', 'silence');
    const response = new Response(body, headers('text/event-stream'));
    expect(await collect(fromResponse(response).pipe(take(1)))).toStrictEqual([{ data: 'a' }]);
    expect(calls).toStrictEqual(['cancel']);
  });

  it('does not read the body before it is subscribed', () => {
    const response = new Response('data: a\n\n', headers('text/event-stream'));
    void fromResponse(response);
    expect(response.body?.locked).toBe(false);
  });

  it('fails if the body was already read', async () => {
    const response = new Response('data: a\n\n', headers('text/event-stream'));
    await response.text();
    await expect(collect(fromResponse(response))).rejects.toThrow(TypeError);
  });
});
