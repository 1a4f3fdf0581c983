import { expect, test } from 'vitest';
import { wasmFeatures } from '../../src/render/wasm/features.ts';

test('Node and current browsers have everything', () => {
  expect(wasmFeatures()).toEqual({ simd: true, relaxedSimd: true, threads: true });
});

test('the engine is asked once', () => {
  expect(wasmFeatures()).toBe(wasmFeatures());
});
