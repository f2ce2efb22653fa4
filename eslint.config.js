import { defineConfig, globalIgnores } from 'eslint/config';
import rxjs from 'eslint-plugin-rxjs-x';
import tseslint from 'typescript-eslint';

/**
 * @param {string} regex
 * @param {string} message
 * @returns {import('eslint').Linter.RulesRecord}
 */
const noImport = (regex, message) => ({
  'no-restricted-imports': ['error', { patterns: [{ regex, message }] }],
});

export default defineConfig(
  globalIgnores(['dist', 'coverage', 'reports', 'docs/.vitepress', 'docs/browser', 'examples/*']),
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  rxjs.configs.strict,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      eqeqeq: 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: ['src/{events,commits}.ts', 'src/core/**'],
    rules: noImport(
      '^(?!\\./[\\w-]+\\.js$|\\.\\./(\\w+/[\\w-]+|commitSink)\\.js$|(\\.\\./)+(events|commits)\\.js$)|/(operators|rx|pace|protocols|cli|markdown|json|log|testing)/index',
      'core/ imports nothing outside core/, events.ts and commits.ts.',
    ),
  },
  {
    files: ['src/index.ts', 'src/{operators,rx,pace,json,markdown}/**'],
    rules: noImport(
      '^(?!rxjs$|\\.)|/(protocols|cli)/',
      'The operators import rxjs and nothing of protocols/, cli/ or other packages.',
    ),
  },
  {
    files: ['src/testing/**'],
    rules: {
      ...noImport(
        '^(?!rxjs$|\\./[\\w-]+\\.js$|\\.\\./(events|commits|core/log/commitLog|rx/[\\w-]+)\\.js$)',
        'What tests need is for every test framework, and knows of the library only its interfaces and rx/.',
      ),
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'The seed decides everything.' },
      ],
    },
  },
  {
    files: ['src/protocols/**'],
    rules: noImport(
      '^node:|^commander$|/cli/',
      'The protocols run in browsers and know nothing of the command.',
    ),
  },
  {
    files: ['src/log/**'],
    rules: noImport(
      '^(?!rxjs$|redis$|@nats-io/|\\.)|/(cli|json|markdown|testing)/|/protocols/(?!framing/|sources/)',
      'The log imports rxjs, the clients of its stores, and of protocols/ what frames and reads a response.',
    ),
  },
  {
    files: ['src/**'],
    ignores: ['src/cli/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['Date', 'performance', 'setTimeout', 'setInterval', 'queueMicrotask'].map((name) => ({
          name,
          message: 'The scheduler that the operator was given is the only source of time.',
        })),
      ],
    },
  },
  {
    files: ['spec/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'MemberExpression[property.name=/^(only|skip|todo|fails|skipIf|runIf)$/]',
          message: 'Every spec runs, always.',
        },
        {
          selector: 'CallExpression[callee.name="marbles"] > :function[async=true]',
          message: 'marbles() flushes before the first await: what follows is never checked.',
        },
      ],
      // An error that nobody handles is thrown outside the spec and fails the run.
      'rxjs-x/no-ignored-error': 'off',
      // A DeltaStream is handed to an observer, which subscribes to it.
      'rxjs-x/no-nested-subscribe': 'off',
    },
  },
  {
    files: ['spec/**'],
    ignores: ['spec/support/marbles.ts'],
    rules: noImport(
      '^rxjs-marbles',
      'Take marbles from spec/support/marbles.ts; observe() passes silently whatever happens.',
    ),
  },
);
