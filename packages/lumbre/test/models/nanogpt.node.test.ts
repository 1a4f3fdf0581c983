import { expect, test } from 'vitest';
import { lossDistances, readShakespeare } from './nanogptLosses.ts';

const text = readShakespeare();

test.skipIf(text === null)(
  "nanoGPT's first 100 losses on Shakespeare are PyTorch's",
  { timeout: 120_000 },
  () => {
    const distances = lossDistances(text as string, 100);
    // At first rounding alone; later the two paths part a little.
    expect(Math.max(...distances.slice(0, 15))).toBeLessThan(5e-4);
    expect(Math.max(...distances)).toBeLessThan(0.02);
  },
);
