import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
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

/** The Studio as an app that works without a connection: all of it is kept at the first visit. */
const offline = VitePWA({
  registerType: 'prompt',
  injectRegister: false,
  manifest: {
    name: 'Lumbre Studio',
    short_name: 'Lumbre',
    description: 'Aprende a construir y entrenar modelos generativos, en tu navegador.',
    lang: 'es',
    start_url: '/',
    display: 'standalone',
    background_color: '#fcfaf6',
    theme_color: '#b93a10',
    icons: [
      { src: '/icon-192.png', sizes: '192x192', type: 'image/png', purpose: 'any' },
      { src: '/icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'any' },
      { src: '/icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
      { src: '/icon.svg', sizes: 'any', type: 'image/svg+xml' },
    ],
  },
  workbox: {
    globPatterns: ['**/*.{html,js,css,json,svg,png,woff2,safetensors,webmanifest}'],
    // Formulas are drawn with fonts of their own, of which browsers take the first kind.
    globIgnores: ['assets/KaTeX_*.{ttf,woff}'],
    // The frame of the cells is asked for by what is in it. Browsers that let no worker stand before it have kept it themselves.
    ignoreURLParametersMatching: [/^[0-9a-f]{8}$/],
    maximumFileSizeToCacheInBytes: 12 * 1024 * 1024,
    navigateFallback: '/index.html',
    navigateFallbackDenylist: [/^\/(?:zoo|data|assets)\//, /^\/runner\.html/],
    // What is named by its content needs no second look.
    dontCacheBustURLsMatching: /^assets\//,
    cleanupOutdatedCaches: true,
    sourcemap: false,
  },
});

export default defineConfig({
  root: here,
  resolve: { conditions: ['lumbre-source', 'module', 'browser', 'development|production'] },
  plugins: [
    lessons(`${here}lessons`),
    editorTypes(here),
    zoo(`${here}../../packages/lumbre/zoo`),
    cells,
    react(),
    offline,
  ],
  worker: { format: 'es', plugins: () => [lessons(`${here}lessons`), editorTypes(here)] },
  build: {
    outDir: 'dist/web',
    target: 'es2023',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  server: { headers: isolation, host: '127.0.0.1' },
  preview: { headers: isolation, host: '127.0.0.1' },
});
