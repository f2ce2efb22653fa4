import { join } from 'node:path';

import ts from 'typescript';

import { type CodeBlock, root } from '../../scripts/codeBlocks.js';

/** Packages in comparisons that we do not install; `npm run guide` installs them, and runs the blocks that need them. */
const OTHER_PACKAGES = ['split2', '@ag-ui/client'];

export function needsOtherPackages({ code }: CodeBlock): boolean {
  return OTHER_PACKAGES.some((name) => code.includes(`from '${name}'`));
}

/** The compiler errors of code blocks. Each block is a separate module that imports the package by its name. */
export function compile(blocks: readonly CodeBlock[]): ReadonlyMap<CodeBlock, readonly string[]> {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.dom.asynciterable.d.ts'],
    types: ['node'],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    paths: {
      deltalines: [join(root, 'src/index.ts')],
      'deltalines/protocols': [join(root, 'src/protocols/index.ts')],
      'deltalines/json': [join(root, 'src/json/index.ts')],
      'deltalines/log': [join(root, 'src/log/index.ts')],
      'deltalines/markdown': [join(root, 'src/markdown/index.ts')],
      'deltalines/testing': [join(root, 'src/testing/index.ts')],
    },
    allowJs: true,
    checkJs: true,
    strict: true,
    skipLibCheck: true,
    noEmit: true,
  };
  const files = new Map(
    blocks.map((block, number) => [
      join(root, 'reports', `block-${String(number)}.${block.language}`),
      block,
    ]),
  );
  const host = ts.createCompilerHost(options);
  const program = ts.createProgram({
    rootNames: [...files.keys()],
    options,
    host: {
      ...host,
      fileExists: (name) => files.has(name) || host.fileExists(name),
      readFile: (name) => files.get(name)?.code ?? host.readFile(name),
      getSourceFile: (name, languageVersion, ...rest) => {
        const block = files.get(name);
        return block === undefined
          ? host.getSourceFile(name, languageVersion, ...rest)
          : ts.createSourceFile(name, block.code, languageVersion);
      },
    },
  });
  return new Map(
    [...files].map(([name, block]) => {
      const file = program.getSourceFile(name);
      const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
      return [block, found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))];
    }),
  );
}
