import { expect, test } from 'vitest';
import { cosineSchedule } from '../../src/optim/index.ts';

test('rises in a line, falls along a cosine, and stays', () => {
  const rate = cosineSchedule({ lr: 1e-3, minLr: 1e-4, warmupSteps: 100, decaySteps: 2000 });
  expect(rate(0)).toBeCloseTo(1e-3 / 101, 12);
  expect(rate(50)).toBeCloseTo((1e-3 * 51) / 101, 12);
  expect(rate(100)).toBe(1e-3);
  expect(rate(1050)).toBeCloseTo(5.5e-4, 12);
  expect(rate(2000)).toBe(1e-4);
  expect(rate(1e6)).toBe(1e-4);
});

test('starts at the top without a warm-up and ends at a tenth unless told', () => {
  const rate = cosineSchedule({ lr: 0.5, decaySteps: 10 });
  expect(rate(0)).toBe(0.5);
  expect(rate(10)).toBe(0.05);
});

test('refuses a warm-up that is longer than the whole', () => {
  expect(() => cosineSchedule({ lr: 1, warmupSteps: 11, decaySteps: 10 })).toThrow('warm-up of 11');
});
