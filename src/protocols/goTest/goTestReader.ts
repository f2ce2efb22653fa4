import { readField, readText } from '../connection/fields.js';
import type { ConnectionReader, DeltaOutput } from '../connection/readConnection.js';

/** The kind of all streams of `fromGoTest`. */
export type GoTestKind = 'output';

/** The name of a build: a package, a package built for its tests, or the external tests of a package. */
const IMPORT_PATH = /^(\S+)(?: \[(\S+)\.test\])?$/;

/** An element of an import path that begins like the name of a top-level test. */
const TEST_LIKE_ELEMENT = /(?:^|\/)(?:Test|Benchmark|Fuzz|Example)/;

/** `test2json` converts the output of one test binary, and names its package only with the flag `-p`. */
const NO_PACKAGE = '';

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
    const action = readField(event, 'Action');
    if (importPath !== undefined) {
      this.readBuild(action, importPath, readText(event, 'Output'));
    } else {
      const packageName = readText(event, 'Package') ?? NO_PACKAGE;
      this.readTest(action, packageName, readText(event, 'Test') ?? '', readText(event, 'Output'));
    }
  }

  private readBuild(action: unknown, importPath: string, text: string | undefined): void {
    const [, path = importPath, tested = path] = IMPORT_PATH.exec(importPath) ?? [];
    // Import paths contain no spaces, so no package has this id.
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
      // The start of a run ends a previous run that has no end.
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
      // A delta without a `start` would not reopen a closed stream.
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

  /** Ends the package and its open tests: a test that runs when its package crashes has no end. */
  private endPackage(packageName: string): void {
    for (const id of this.packages.get(packageName) ?? []) {
      this.output.end('output', `${this.output.prefix}${id}`);
    }
    this.packages.delete(packageName);
  }
}

/**
 * Returns `<package>` or `<package>/<test>`; without a package, `test binary` or `<test>`. If that is ambiguous, as `a/TestX` may be a package or the test `TestX` of
 * package `a`, returns `package <package>` or `package <package> <test>`: neither name contains a space.
 */
function idOf(packageName: string, test: string): string {
  if (packageName === NO_PACKAGE) {
    return test === '' ? 'test binary' : test;
  }
  if (!TEST_LIKE_ELEMENT.test(packageName)) {
    return test === '' ? packageName : `${packageName}/${test}`;
  }
  return test === '' ? `package ${packageName}` : `package ${packageName} ${test}`;
}
