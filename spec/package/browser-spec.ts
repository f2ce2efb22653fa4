import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';

import { build as buildWithEsbuild } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { build as buildWithVite, createLogger } from 'vite';

/** A page that imports the built package by its name. */
const PAGE = `
  import { commitLines, escapeControls, scanTranscript } from 'deltalines';
  import { decodeText, fromAnthropic, parseSSE } from 'deltalines/protocols';
  import { recut } from 'deltalines/testing';
  import { from, last } from 'rxjs';

  const events = [
    { type: 'message_start', message: { id: 'msg_1' } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'hel' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'lo\\nwör\\u001bld' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_stop' },
  ];
  const bytes = new TextEncoder().encode(events.map((event) => 'data: ' + JSON.stringify(event) + '\\n\\n').join(''));
  const recutEvents = recut(1, [{ type: 'delta', kind: 'answer', id: '1', delta: 'whole' }]);

  globalThis.recutText = recutEvents.map((event) => event.delta).join('');
  from([bytes.slice(0, 400), bytes.slice(400)])
    .pipe(decodeText(), parseSSE(), fromAnthropic(), commitLines(), scanTranscript(), last())
    .subscribe((cells) => {
      globalThis.lines = cells.map((cell) => cell.lines.map(escapeControls));
    });
`;

/** The globals of a page that Node.js has, too. The page has no others. */
const webGlobals = () => ({
  clearInterval,
  clearTimeout,
  setInterval,
  setTimeout,
  TextDecoder,
  TextEncoder,
});

const root = fileURLToPath(new URL('../..', import.meta.url));
mkdirSync(join(root, 'reports'), { recursive: true });
// Inside the project, where the name of the package resolves to the build.
const folder = mkdtempSync(join(root, 'reports', 'page-'));
const page = join(folder, 'page.js');
writeFileSync(page, PAGE);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Bundle {
  readonly code: string;
  readonly warnings: readonly string[];
}

async function bundleWithEsbuild(): Promise<Bundle> {
  const { outputFiles, warnings } = await buildWithEsbuild({
    entryPoints: [page],
    bundle: true,
    format: 'iife',
    platform: 'browser',
    logLevel: 'silent',
    write: false,
  });
  return {
    code: outputFiles.map(({ text }) => text).join('\n'),
    warnings: warnings.map(({ text }) => text),
  };
}

async function bundleWithVite(): Promise<Bundle> {
  const warnings: string[] = [];
  const customLogger = createLogger('silent');
  customLogger.warn = customLogger.warnOnce = (message) => warnings.push(message);
  const built = await buildWithVite({
    root: folder,
    configFile: false,
    envDir: false,
    logLevel: 'silent',
    customLogger,
    build: { write: false, lib: { entry: page, formats: ['iife'], name: 'page' } },
  });
  const outputs = [built].flat().flatMap((each) => ('output' in each ? each.output : []));
  return { code: outputs.map((each) => ('code' in each ? each.code : '')).join('\n'), warnings };
}

describe.each([
  { bundler: 'esbuild', bundle: bundleWithEsbuild },
  { bundler: 'Vite', bundle: bundleWithVite },
])('a page bundled by $bundler', ({ bundle }) => {
  it('has no warning, contains nothing of Node.js, and runs without it', async () => {
    const { code, warnings } = await bundle();
    expect(warnings).toStrictEqual([]);
    expect(code).not.toMatch(/["'`]node:|\brequire\(/);
    const context = createContext(webGlobals());
    expect(runInContext('typeof process + typeof Buffer + typeof require', context)).toBe(
      'undefined'.repeat(3),
    );
    runInContext(code, context);
    expect(runInContext('JSON.stringify({ recutText, lines })', context)).toBe(
      JSON.stringify({ recutText: 'whole', lines: [['hello', 'wör\\x1bld']] }),
    );
  });
});
