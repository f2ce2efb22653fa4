import { defineConfig } from 'vitest/config';

// `ngc` has compiled src/ to dist/ before Vite and Vitest come.
export default defineConfig({
  base: './',
  // The compiler of Angular is part of the page.
  build: { outDir: 'dist/page', chunkSizeWarningLimit: 1200 },
  // The recordings are read where they are, beside this folder.
  server: { fs: { allow: ['..'] } },
  test: {
    include: ['dist/**/*-spec.js'],
    environment: 'jsdom',
    allowOnly: false,
  },
});
