/** A response with a local body that gives one chunk whenever it is asked for the next. */
export function responseOf(chunks: readonly Uint8Array[]): Response {
  let next = 0;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const chunk = chunks[next++];
      if (chunk === undefined) {
        controller.close();
      } else {
        controller.enqueue(chunk);
      }
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}
