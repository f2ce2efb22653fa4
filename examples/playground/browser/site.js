import { fileURLToPath } from 'node:url';

import { preview } from 'vite';

/**
 * Serves the built page at a free port of this machine.
 *
 * @returns {Promise<{ readonly address: string, close(): Promise<void> }>}
 */
export async function serveSite() {
  const server = await preview({
    root: fileURLToPath(new URL('..', import.meta.url)),
    logLevel: 'silent',
    preview: { host: '127.0.0.1', port: 4600, open: false },
  });
  const [address] = server.resolvedUrls?.local ?? [];
  if (address === undefined) {
    throw new Error('The preview of the page has no address');
  }
  return { address, close: () => server.close() };
}
