import { describe, expect, test } from 'vitest';
import { sampleToken } from '../../src/models/index.ts';

const logits = [1, 3, 2, -1].map((x) => Math.log(2) * x);
// Probabilities 2/14.5, 8/14.5, 4/14.5, 0.5/14.5.

/** How often each token comes of a thousand evenly spaced random numbers. */
function counts(options: Parameters<typeof sampleToken>[1]): number[] {
  const result = [0, 0, 0, 0];
  for (let i = 0; i < 1000; i++) {
    const token = sampleToken(logits, options, (i + 0.5) / 1000);
    result[token] = (result[token] as number) + 1;
  }
  return result;
}

describe('sampleToken', () => {
  test('draws by probability', () => {
    expect(counts({})).toEqual([138, 552, 276, 34]);
  });

  test('is sharper at a low temperature, flatter at a high one, and takes the likeliest at 0', () => {
    // Squared: 4, 64, 16, 0.25 of 84.25.
    expect(counts({ temperature: 0.5 })).toEqual([47, 760, 190, 3]);
    expect(Math.min(...counts({ temperature: 100 }))).toBeGreaterThan(240);
    expect(counts({ temperature: 0 })).toEqual([0, 1000, 0, 0]);
  });

  test('draws from the topK likeliest only', () => {
    expect(counts({ topK: 1 })).toEqual([0, 1000, 0, 0]);
    expect(counts({ topK: 2 })).toEqual([0, 667, 333, 0]);
    expect(counts({ topK: 99 })).toEqual(counts({ topK: 4 }));
  });

  test('draws from the fewest that reach topP', () => {
    expect(counts({ topP: 0.5 })).toEqual([0, 1000, 0, 0]);
    expect(counts({ topP: 0.6 })).toEqual([0, 667, 333, 0]);
    expect(counts({ topP: 0.9 })[3]).toBe(0);
    expect(counts({ topP: 1 }).every((count) => count > 0)).toBe(true);
    // Of what topK leaves: 8 of 12 is less than 70 %.
    expect(counts({ topK: 2, topP: 0.7 })).toEqual([0, 667, 333, 0]);
  });

  test('takes the first of equals, and never more than there is', () => {
    expect(sampleToken([1, 1, 1], { temperature: 0 }, 0.9)).toBe(0);
    expect(sampleToken([1, 1, 1], { topK: 1 }, 0.9)).toBe(0);
    expect(sampleToken([1, 1, 1], {}, 1 - 2 ** -53)).toBe(2);
    expect(sampleToken([0, Number.NEGATIVE_INFINITY], {}, 0.999)).toBe(0);
  });

  test('says which option is wrong', () => {
    expect(() => sampleToken(logits, { temperature: -1 }, 0)).toThrow('temperature');
    expect(() => sampleToken(logits, { temperature: Number.NaN }, 0)).toThrow('temperature');
    expect(() => sampleToken(logits, { topK: 0 }, 0)).toThrow('topK');
    expect(() => sampleToken(logits, { topP: 0 }, 0)).toThrow('topP');
    expect(() => sampleToken([Number.NaN, 1], {}, 0)).toThrow('diverged');
  });
});
