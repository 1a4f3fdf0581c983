import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { cellWorker } from './build/cellWorker.ts';
import { lessons } from './build/lessons/plugin.ts';
import { editorTypes } from './build/types.ts';
import { zoo } from './build/zoo.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

/** Shared memory, and with it threads, needs a page that is isolated from other origins. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

const cells = cellWorker({ root: here, entry: `${here}src/cell/worker.ts`, plugins: () => [] });

export default defineConfig({
  root: here,
  resolve: { conditions: ['lumbre-source', 'module', 'browser', 'development|production'] },
  plugins: [
    lessons(`${here}lessons`),
    editorTypes(here),
    zoo(`${here}../../packages/lumbre/zoo`),
    cells,
    react(),
  ],
  worker: { format: 'es', plugins: () => [lessons(`${here}lessons`), editorTypes(here)] },
  build: { outDir: 'dist/web', target: 'es2023', emptyOutDir: true, assetsInlineLimit: 0 },
  server: { headers: isolation, host: '127.0.0.1' },
  preview: { headers: isolation, host: '127.0.0.1' },
});
