import { describe, expect, test } from 'vitest';
import { deviceNames } from '../../src/runtime/devices.ts';
import { fuzz } from '../support/fuzz/fuzz.ts';

const chunk = 25;

describe('random programs give the same on every device, fused, step by step and compiled', () => {
  test.each(Array.from({ length: 8 }, (_, i) => i * chunk))('seeds from %i', (first) => {
    for (let seed = first; seed < first + chunk; seed++) {
      expect(fuzz(seed, deviceNames()).failures.join('\n'), `seed ${seed}`).toBe('');
    }
  });
});
