import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('../../examples/playground/', import.meta.url);
const main = fileURLToPath(new URL('src/main.ts', folder));
const style = fileURLToPath(new URL('src/style.css', folder));

/**
 * Builds the playground with the site, as the page `/playground/`. Both share one copy of the library, and the playground
 * needs no installation of its own.
 *
 * @returns {import('vitepress').Plugin}
 */
export function playground() {
  let isClientBuild = false;
  let base = '/';
  /** @type {string | undefined} */
  let entry;
  return {
    name: 'playground',
    configResolved(config) {
      base = config.base;
      entry = undefined;
      isClientBuild = config.command === 'build' && !config.build.ssr;
    },
    buildStart() {
      if (isClientBuild) {
        entry = this.emitFile({ type: 'chunk', id: main, name: 'playground' });
      }
    },
    generateBundle() {
      if (entry === undefined) {
        return;
      }
      const script = `${base}${this.getFileName(entry)}`;
      // As an asset, the style sheet would be taken for that of the site.
      const styles = `<style>\n${readFileSync(style, 'utf8')}</style>`;
      this.emitFile({ type: 'asset', fileName: 'playground/index.html', source: pageOf({ script, styles }) });
    },
    configureServer(server) {
      server.middlewares.use(async (request, response, next) => {
        if (request.url?.replace(/\?.*/, '') !== '/playground/') {
          next();
          return;
        }
        const styles = `<link rel="stylesheet" href="/@fs/${style}" />`;
        const page = await server.transformIndexHtml(request.url, pageOf({ script: `/@fs/${main}`, styles }));
        response.setHeader('Content-Type', 'text/html');
        response.end(page);
      });
    },
  };
}

/**
 * The page of the playground with other addresses, and with a link to the documentation.
 *
 * @param {{ readonly script: string, readonly styles: string }} parts
 */
function pageOf({ script, styles }) {
  const replacements = [
    ['<link rel="stylesheet" href="/src/style.css" />', styles],
    ['src="/src/main.ts"', `src="${script}"`],
    ['</h1>', '</h1>\n      <a href="../">Documentation</a>'],
  ];
  return replacements.reduce(
    (page, [now = '', then = '']) => {
      if (!page.includes(now)) {
        throw new Error(`index.html of the playground must contain ${now}`);
      }
      return page.replace(now, () => then);
    },
    readFileSync(new URL('index.html', folder), 'utf8'),
  );
}
