import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { Comment, Converter, ReflectionKind } from 'typedoc';

/** The entries of the package: the name that a program imports each under, its file, and what is in it. */
const entries = [
  {
    name: 'deltalines',
    file: '../../src/index.ts',
    summary: 'The operators, and the types of events and commits.',
  },
  {
    name: 'deltalines/protocols',
    file: '../../src/protocols/index.ts',
    summary: "Operators that turn a producer's own events into delta events, framings and sources.",
  },
  {
    name: 'deltalines/testing',
    file: '../../src/testing/index.ts',
    summary:
      'What tests of pipelines need: events from marble diagrams, and sources that go wrong on purpose.',
  },
].filter(({ file }) => existsSync(fileURLToPath(new URL(file, import.meta.url))));

/**
 * TypeDoc names a module after its file; readers know it by what they import.
 *
 * @param {import('typedoc').Application} app
 */
function nameModulesLikeTheirImports(app) {
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (_context, reflection) => {
    if (reflection.kindOf(ReflectionKind.Module)) {
      const name = reflection.name === 'index' ? 'deltalines' : `deltalines/${reflection.name}`;
      const entry = entries.find((each) => each.name === name);
      reflection.name = name;
      reflection.comment = new Comment([{ kind: 'text', text: entry?.summary ?? '' }]);
    }
  });
}

/** @type {import('typedoc').TypeDocOptions & Record<string, unknown>} */
export default {
  entryPoints: entries.map(({ file }) => file),
  tsconfig: '../../tsconfig.lib.json',
  plugin: ['typedoc-plugin-markdown', 'typedoc-vitepress-theme', nameModulesLikeTheirImports],
  out: '../reference',
  docsRoot: '..',
  readme: 'none',
  name: 'Reference',
  disableSources: true,
  // What DeltaStream inherits from Observable is documented with RxJS.
  excludeExternals: true,
  excludePrivate: true,
  // Types that only spell out a signature stay inside.
  validation: { notExported: false, invalidLink: true, invalidPath: true, rewrittenLink: true },
  treatWarningsAsErrors: true,
  hidePageHeader: true,
  hideBreadcrumbs: true,
  indexFormat: 'table',
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  entryFileName: 'index',
  sidebar: { pretty: true },
};
