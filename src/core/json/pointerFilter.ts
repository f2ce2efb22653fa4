/** Matches the paths of values against JSON pointers (RFC 6901), in which `*` matches any single name or index. */
export class PointerFilter {
  private readonly patterns: readonly (readonly string[])[];

  constructor(pointers: readonly string[]) {
    this.patterns = pointers.map((pointer) =>
      pointer
        .split('/')
        .slice(1)
        .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~')),
    );
  }

  matches(path: readonly (string | number)[]): boolean {
    return this.patterns.some(
      (pattern) =>
        pattern.length === path.length &&
        pattern.every((key, depth) => key === '*' || key === String(path[depth])),
    );
  }
}
