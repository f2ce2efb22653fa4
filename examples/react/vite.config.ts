import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  base: './',
  plugins: [react()],
  // The recordings are read where they are, beside this folder.
  server: { fs: { allow: ['..'] } },
  test: {
    include: ['spec/**/*-spec.{ts,tsx}'],
    environment: 'jsdom',
    allowOnly: false,
  },
});
