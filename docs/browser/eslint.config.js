import { defineConfig } from 'eslint/config';

import library from '../../eslint.config.js';

// The rules of the library, with its own tools; `npm ci` in its folder brings them.
export default defineConfig(library);
