import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

import ts from 'typescript';
import { describe, expect, it } from 'vitest';

import { anchorOf, sections, titleOf } from '../docs/.vitepress/navigation.js';
import { codeBlocksOf, documents, filesIn, root } from '../scripts/codeBlocks.js';
import * as operators from '../src/index.js';
import * as protocols from '../src/protocols/index.js';
import * as testing from '../src/testing/index.js';
import { compile, needsOtherPackages } from './support/codeBlocks.js';

/** The pages of the site, from the folder `docs`. */
const pages = filesIn('docs', '.md').map((file) => relative('docs', file).replaceAll('\\', '/'));
const navigation = sections.flatMap((section) => section.pages);

describe('the navigation', () => {
  it('has every page once, and no other', () => {
    expect([...navigation].sort()).toStrictEqual([...pages].sort());
  });

  it.each(navigation)('calls %s like its first heading', (page) => {
    expect(readFileSync(join(root, 'docs', page), 'utf8').replaceAll('`', '')).toContain(
      `# ${titleOf(page)}\n`,
    );
  });
});

describe('the links', () => {
  it.each(documents())('of %s lead somewhere', (file) => {
    const text = withoutCode(read(file));
    const links = [...text.matchAll(/\]\((?!\w+:)([^)\s]*)\)/g)].map(([, link = '']) => link);
    const dead = links.filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? file : normalize(join(dirname(file), path));
      return !existsSync(join(root, target)) || (anchor !== undefined && !anchorsOf(target).has(anchor));
    });
    expect(dead).toStrictEqual([]);
  });
});

describe('what is public', () => {
  const text = pages.map((page) => read(join('docs', page))).join('\n');
  const paces = ['adaptivePace', 'fixedPace'];

  it.each(functionsOf({ ...operators, ...protocols, ...testing }))('is on a page: %s', (name) => {
    expect(text).toMatch(new RegExp(`\\b${name}\\b`));
  });

  it.each(functionsOf(operators).filter((name) => isOperator(name) && !paces.includes(name)))(
    'has a page of its own, being an operator: %s',
    (name) => {
      expect(pages).toContain(`operators/${name}.md`);
    },
  );

  it.each(
    ['operators', 'protocols', 'testing'].flatMap((folder) =>
      filesIn(`src/${folder}`, '.ts').flatMap(optionsIn),
    ),
  )('is an option on the page $page: $option of $name', ({ option, page }) => {
    expect(wordsInCode(page)).toContain(option);
  });
});

const blocks = [...documents(), ...filesIn('src', '.ts')]
  .flatMap(codeBlocksOf)
  .filter((block) => !needsOtherPackages(block));
const compiled = compile(blocks);

describe('the code blocks in the documentation', () => {
  it.each(blocks)('$file, number $number, compiles', (block) => {
    expect(compiled.get(block)).toStrictEqual([]);
  });
});

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

function withoutCode(text: string): string {
  return text.replaceAll(/^```.*?^```/gms, '').replaceAll(/`[^`\n]*`/g, '`');
}

/** The words that stand in back quotes on a page. */
function wordsInCode(file: string): ReadonlySet<string> {
  const text = read(file).replaceAll(/^```.*?^```/gms, '');
  return new Set([...text.matchAll(/`([^`]+)`/g)].flatMap(([, code = '']) => code.split(/\W+/)));
}

/** The names that headings have as targets of links. */
function anchorsOf(file: string): ReadonlySet<string> {
  return new Set([...read(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading)));
}

function functionsOf(module: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(module).filter((name) => typeof module[name] === 'function');
}

function isOperator(name: string): boolean {
  return existsSync(join(root, 'src/operators', `${name}.ts`));
}

/** The options in a source that others may set, with the page that is about them. */
function optionsIn(file: string): readonly { name: string; option: string; page: string }[] {
  const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.ES2022);
  return source.statements
    .filter(ts.isInterfaceDeclaration)
    .filter(({ name }) => /^(?!Resolved).+Options$/.test(name.text))
    .filter(({ modifiers }) => modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword))
    .flatMap(({ name, members }) =>
      members
        .filter(ts.isPropertySignature)
        .map((member) => member.name.getText(source))
        .map((option) => ({ name: name.text, option, page: pageOf(file, name.text) })),
    );
}

function pageOf(file: string, name: string): string {
  const [, folder = ''] = /^src\/(\w+)/.exec(file) ?? [];
  if (folder === 'testing') {
    return 'docs/testing.md';
  }
  if (folder === 'protocols') {
    const pages: Readonly<Record<string, string>> = {
      ACPOptions: 'fromACP',
      ConnectionOptions: 'README',
      SeparateReasoningOptions: 'separateReasoning',
    };
    return `docs/protocols/${pages[name] ?? 'sources'}.md`;
  }
  const operator = { SoftCommitOptions: 'commitLines', AdaptivePaceOptions: 'paceLines' }[name];
  return `docs/operators/${operator ?? name.charAt(0).toLowerCase() + name.slice(1, -'Options'.length)}.md`;
}
