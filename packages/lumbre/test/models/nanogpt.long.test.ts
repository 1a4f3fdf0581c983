import { expect, test } from 'vitest';
import { lossDistances, readShakespeare } from './nanogptLosses.ts';

const text = readShakespeare();

test.skipIf(text === null)("nanoGPT's first 100 losses on Shakespeare stay within 0.02 of PyTorch's", () => {
  const distances = lossDistances(text as string, 100);
  expect(distances).toHaveLength(100);
  expect(Math.max(...distances)).toBeLessThan(0.02);
});
