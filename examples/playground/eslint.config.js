import { defineConfig, globalIgnores } from 'eslint/config';

import library from '../../eslint.config.js';

// The rules of the library, with its own tools; `npm ci` in its folder brings them.
export default defineConfig(globalIgnores(['dist', 'screenshots']), library, {
  rules: {
    // The page reads the times of recordings. It is the operators that have no other time than a scheduler's.
    'no-restricted-globals': 'off',
    // Clicks do not fail.
    'rxjs-x/no-ignored-error': 'off',
  },
});
