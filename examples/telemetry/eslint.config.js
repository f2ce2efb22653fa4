import { defineConfig } from 'eslint/config';

import library from '../../eslint.config.js';

// The rules of the library, with its own tools; `npm ci` in its folder brings them.
export default defineConfig(library, {
  rules: {
    // It is the operators that have no other time than a scheduler's.
    'no-restricted-globals': 'off',
    // An error that nobody handles ends the program, as it should.
    'rxjs-x/no-ignored-error': 'off',
    // A source that ends too early fails the test.
    'rxjs-x/no-ignored-default-value': 'off',
  },
});
