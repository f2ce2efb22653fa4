import { defineConfig } from 'vitest/config';

// `ngc` has compiled src/ to dist/ before Vite and Vitest run.
export default defineConfig({
  // The compiler of Angular is part of the page.
  build: { outDir: 'dist/page', chunkSizeWarningLimit: 1200 },
  test: { include: ['dist/*-spec.js'], environment: 'jsdom' },
});
