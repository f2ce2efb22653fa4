import { readField, readText } from '../connection/fields.js';
import type { ConnectionReader, DeltaOutput } from '../connection/readConnection.js';

/** The kind of all streams of `fromGoTest`. */
export type GoTestKind = 'output';

/** What a build is called: a package, a package as built for its tests, or the tests of a package from outside it. */
const IMPORT_PATH = /^(\S+)(?: \[(\S+)\.test\])?$/;

/** An element of an import path that could be the name of a top-level test: those begin so. */
const TEST_LIKE_ELEMENT = /(?:^|\/)(?:Test|Benchmark|Fuzz|Example)/;

/** Reads the events of one connection and tracks the open streams of each package. */
export class GoTestReader implements ConnectionReader {
  private readonly output: DeltaOutput<GoTestKind>;
  /** The ids of the open streams of each package. */
  private readonly packages = new Map<string, Set<string>>();

  constructor(output: DeltaOutput<GoTestKind>) {
    this.output = output;
  }

  read(event: unknown): void {
    const importPath = readText(event, 'ImportPath');
    const packageName = readText(event, 'Package');
    const action = readField(event, 'Action');
    if (importPath !== undefined) {
      this.readBuild(action, importPath, readText(event, 'Output'));
    } else if (packageName !== undefined) {
      this.readTest(action, packageName, readText(event, 'Test') ?? '', readText(event, 'Output'));
    }
  }

  private readBuild(action: unknown, importPath: string, text: string | undefined): void {
    const [, path = importPath, tested = path] = IMPORT_PATH.exec(importPath) ?? [];
    // No import path has a space in it, so this is the id of no package.
    const id = `build ${importPath}`;
    switch (action) {
      case 'build-output':
        this.append(tested, id, text);
        break;
      case 'build-fail':
        this.end(tested, id);
        break;
    }
  }

  private readTest(action: unknown, packageName: string, test: string, text: string | undefined): void {
    const id = idOf(packageName, test);
    switch (action) {
      case 'output':
        this.append(packageName, id, text);
        break;
      // A run that begins ends the one before it, should that have no end of its own.
      case 'start':
      case 'run':
      case 'pass':
      case 'fail':
      case 'skip':
      case 'bench':
        if (test === '') {
          this.endPackage(packageName);
        } else {
          this.end(packageName, id);
        }
        break;
    }
  }

  private append(packageName: string, id: string, text: string | undefined): void {
    if (text === undefined || text === '') {
      return;
    }
    let ids = this.packages.get(packageName);
    if (ids === undefined) {
      ids = new Set();
      this.packages.set(packageName, ids);
    }
    if (!ids.has(id)) {
      ids.add(id);
      // A delta alone would not open a stream again that was closed before.
      this.output.start('output', `${this.output.prefix}${id}`);
    }
    this.output.delta('output', `${this.output.prefix}${id}`, text);
  }

  private end(packageName: string, id: string): void {
    const ids = this.packages.get(packageName);
    if (ids?.delete(id) === true) {
      this.output.end('output', `${this.output.prefix}${id}`);
      if (ids.size === 0) {
        this.packages.delete(packageName);
      }
    }
  }

  /** A test that was running when its package crashed has no end of its own. */
  private endPackage(packageName: string): void {
    for (const id of this.packages.get(packageName) ?? []) {
      this.output.end('output', `${this.output.prefix}${id}`);
    }
    this.packages.delete(packageName);
  }
}

/**
 * Returns `<package>` or `<package>/<test>`. Where that could be the id of another stream, as package `a/TestX` could be
 * test `TestX` of package `a`, returns `package <package>` or `package <package> <test>`: neither name contains a space.
 */
function idOf(packageName: string, test: string): string {
  if (!TEST_LIKE_ELEMENT.test(packageName)) {
    return test === '' ? packageName : `${packageName}/${test}`;
  }
  return test === '' ? `package ${packageName}` : `package ${packageName} ${test}`;
}
