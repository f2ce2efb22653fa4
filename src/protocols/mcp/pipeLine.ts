/** A line of a log that records what went through the pipes of a server, such as `STDERR: listening`. */
export interface PipeLine {
  readonly kind: 'input' | 'stdout' | 'stderr';
  readonly text: string;
}

const PIPE_LINE = /^STD(IN|OUT|ERR):(?: ([^]*))?$/;

export function parsePipeLine(line: string): PipeLine | undefined {
  const [, pipe, text = ''] = PIPE_LINE.exec(line) ?? [];
  switch (pipe) {
    case 'IN':
      return { kind: 'input', text };
    case 'OUT':
      return { kind: 'stdout', text };
    case 'ERR':
      return { kind: 'stderr', text };
    default:
      return undefined;
  }
}
