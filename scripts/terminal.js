import { spawn } from '@lydell/node-pty';
import unicode from '@xterm/addon-unicode11';
import headless from '@xterm/headless';

/** The variables by which Node.js tells how many colors a terminal has: on a CI server, another number. */
const COLOR_SETTINGS = new Set([
  'CI',
  'COLORTERM',
  'FORCE_COLOR',
  'NO_COLOR',
  'NODE_DISABLE_COLORS',
  'TEAMCITY_VERSION',
  'TF_BUILD',
  'TMUX',
]);

/**
 * @typedef {object} TerminalOptions
 * @property {number} columns
 * @property {number} rows
 * @property {string} [directory]
 * @property {Readonly<Record<string, string>>} [environment]
 */

/** Runs a command in a pseudo-terminal, and shows on a screen what it writes there. */
export class Terminal {
  /** All that was written, with the escape sequences. */
  output = '';
  /** The title that was written to the terminal. */
  title = '';
  /** @type {() => void} */
  #onChange = () => undefined;
  #screen;
  #process;

  /**
   * @param {readonly string[]} command
   * @param {TerminalOptions} options
   */
  constructor([file = '', ...args], { columns, rows, directory, environment }) {
    this.#screen = new headless.Terminal({ cols: columns, rows, allowProposedApi: true });
    this.#screen.loadAddon(new unicode.Unicode11Addon());
    this.#screen.unicode.activeVersion = '11';
    this.#screen.onTitleChange((title) => {
      this.title = title;
    });
    this.#process = spawn(file, args, {
      name: environment?.['TERM'] ?? 'xterm-256color',
      cols: columns,
      rows,
      cwd: directory ?? process.cwd(),
      env: { ...withoutColorSettings(process.env), ...environment },
    });
    this.#process.onData((text) => {
      this.output += text;
      this.#screen.write(text, () => {
        this.#onChange();
      });
    });
    /**
     * The code with which the command ends.
     *
     * @type {Promise<number>}
     */
    this.exitCode = new Promise((resolve) => {
      this.#process.onExit(({ exitCode }) => {
        // What it wrote last may still be on its way to the screen.
        this.#screen.write('', () => {
          resolve(exitCode);
        });
      });
    });
  }

  kill() {
    this.#process.kill('SIGKILL');
  }

  get processId() {
    return this.#process.pid;
  }

  /** The visible rows, with their cells. */
  get lines() {
    const { active } = this.#screen.buffer;
    return Array.from({ length: this.#screen.rows }, (_, row) => active.getLine(active.baseY + row));
  }

  /** The text of the visible rows, without the empty ones at the end. */
  get text() {
    return this.lines
      .map((line) => line?.translateToString(true) ?? '')
      .join('\n')
      .trimEnd();
  }

  /** All text, with what has scrolled out of sight, and with rows joined that were one before they were wrapped. */
  get history() {
    const { active } = this.#screen.buffer;
    let history = '';
    for (let row = 0; row < active.length; row++) {
      const line = active.getLine(row);
      history += `${line?.isWrapped === true ? '' : '\n'}${line?.translateToString(true) ?? ''}`;
    }
    return history.trim();
  }

  /** Whether the cursor can be seen. */
  get hasCursor() {
    return this.output.lastIndexOf('\u001b[?25h') >= this.output.lastIndexOf('\u001b[?25l');
  }

  /** @param {string} text */
  type(text) {
    this.#process.write(text);
  }

  /**
   * @param {number} columns
   * @param {number} rows
   */
  resize(columns, rows) {
    this.#screen.resize(columns, rows);
    this.#process.resize(columns, rows);
  }

  /**
   * Waits until the screen is like this.
   *
   * @param {(terminal: Terminal) => boolean} condition
   * @returns {Promise<void>}
   */
  async until(condition) {
    while (!condition(this)) {
      await /** @type {Promise<void>} */ (
        new Promise((resolve) => {
          this.#onChange = resolve;
        })
      );
    }
  }
}

/**
 * The colors are those of the terminal, whatever the machine wants elsewhere.
 *
 * @param {NodeJS.ProcessEnv} environment
 */
function withoutColorSettings(environment) {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !COLOR_SETTINGS.has(name)));
}
