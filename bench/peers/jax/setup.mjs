import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { installWorker } from './workers.mjs';

// jax-js at its best in Node, which is not how it comes: JAX_JS_THREADS=1 and JAX_JS_RELAXED=0 show that.

const assignment = JSON.parse(process.argv[2]);
const threads = Number(process.env.JAX_JS_THREADS || assignment.threads);
const relaxed = process.env.JAX_JS_RELAXED !== '0';

// Both before it is loaded: it asks the engine, and looks for a global Worker, only once.
if (relaxed) setFlagsFromString('--experimental-wasm-relaxed-simd');
if (threads > 1) installWorker(threads);

const jax = await import('@jax-js/jax');
await jax.init('wasm');
jax.defaultDevice('wasm');

export const { grad, jit, lax, nn, numpy: np, valueAndGrad, blockUntilReady } = jax;

const { version } = JSON.parse(
  readFileSync(new URL('../node_modules/@jax-js/jax/package.json', import.meta.url), 'utf8'),
);

export const name = `jax-js ${version}, ${threads} threads${relaxed ? ', relaxed SIMD' : ''}`;
