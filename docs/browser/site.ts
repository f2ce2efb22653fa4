import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const dist = fileURLToPath(new URL('../.vitepress/dist', import.meta.url));

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** Formats that are compressed already. */
const COMPRESSED = new Set(['.png', '.woff2']);

export interface Site {
  readonly origin: string;
  close(): Promise<void>;
}

/** Serves the built site at a free port of this machine, compressed, as a host of static files does. */
export async function serveSite(): Promise<Site> {
  const server = createServer((request, response) => {
    const file = fileOf(new URL(request.url ?? '/', 'http://localhost').pathname);
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    const ending = extname(file);
    const content = readFileSync(file);
    response.setHeader('content-type', contentTypes[ending] ?? 'application/octet-stream');
    if (COMPRESSED.has(ending)) {
      response.end(content);
    } else {
      response.setHeader('content-encoding', 'gzip');
      response.end(gzipSync(content));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The file that is served at a path. */
export function fileOf(path: string): string | undefined {
  const decoded = decodeURIComponent(path);
  const candidates = decoded.endsWith('/') ? [`${decoded}index.html`] : [decoded, `${decoded}.html`];
  return candidates.map((each) => join(dist, each)).find((file) => existsSync(file) && extname(file) !== '');
}

/** A built page. */
export interface BuiltPage {
  readonly path: string;
  readonly html: string;
}

/** All built pages, except the one for addresses that do not exist. */
export function builtPages(): readonly BuiltPage[] {
  return readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.html') && file !== '404.html')
    .map((file) => ({
      path: `/${file.replace(/(?:^|(?<=\/))index\.html$|\.html$/, '')}`,
      html: readFileSync(join(dist, file), 'utf8'),
    }));
}
