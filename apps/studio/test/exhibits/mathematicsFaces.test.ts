import { afterEach, describe, expect, it } from 'vitest';
import { faces as dotFaces } from '../../src/exhibits/dot-product/compute.ts';
import { determinantFaces } from '../../src/exhibits/matrix-warp/compute.ts';
import { pointFaces } from '../../src/exhibits/slope/compute.ts';
import { readCurve, tangentAt } from '../../src/exhibits/slope/curves.ts';
import { collectGarbage } from '../support/collect.ts';

// What is recorded is kept until it is collected.
afterEach(collectGarbage);

describe('the numbers of the exhibits of mathematics open their faces', () => {
  it('a determinant', async () => {
    const faces = await determinantFaces([1.5, 0.5, 2, 1]);
    expect(faces.value).toBeCloseTo(0.5, 6);
    expect(faces.checks.length).toBeGreaterThan(0);
    expect(faces.checks.every(({ passed }) => passed)).toBe(true);
  });

  it('a dot product and a cosine', async () => {
    expect((await dotFaces('dot', [2, -1, 1], [1, -2, 2])).value).toBe(6);
    const cosine = await dotFaces('cosine', [2, -1, 1], [1, -2, 2]);
    expect(cosine.value).toBeCloseTo(0.8165, 4);
    expect(cosine.checks.every(({ passed }) => passed)).toBe(true);
  });

  it('the slope of a tangent is the gradient of the engine', async () => {
    for (const text of ['x**2 / 2', 'exp(-x**2)', 'sin(2*x)']) {
      const faces = await pointFaces(text, -0.7);
      expect(faces.gradient?.value).toBeCloseTo(tangentAt(readCurve(text), -0.7)[1], 4);
      expect(faces.checks.some(({ by, passed }) => by === 'difference' && passed)).toBe(true);
    }
    expect((await pointFaces('3', 1)).gradient).toBeNull();
  });
});
