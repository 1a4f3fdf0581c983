import { linalg, tensor } from 'lumbre';
import { describe, expect, it } from 'vitest';
import {
  alongWhich,
  apply,
  between,
  determinant,
  eigen,
  identity,
  inverse,
  lineAngle,
  type Matrix,
  multiply,
  presetNames,
  presets,
  transpose,
} from '../../src/exhibits/matrix-warp/geometry.ts';
import { randomFrom } from '../../src/exhibits/support/random.ts';

const random = randomFrom(3);
const some = (): Matrix => [random.normal(), random.normal(), random.normal(), random.normal()];
const square = (matrix: Matrix) => tensor([...matrix], { shape: [2, 2], dtype: 'float64', device: 'js' });
const near = (found: readonly number[], expected: ArrayLike<number>) => {
  expect(found).toHaveLength(expected.length);
  found.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i] as number, 6);
  });
};

describe('matrix-warp: what the picture computes is what the engine computes', () => {
  it('products, transposes, determinants, inverses, vectors', async () => {
    for (let i = 0; i < 20; i++) {
      const [a, b] = [some(), some()];
      near(multiply(b, a), await square(b).matmul(square(a)).data());
      near(transpose(a), await square(a).T.data());
      near([determinant(a)], await linalg.det(square(a)).data());
      near(inverse(a) as Matrix, await linalg.inv(square(a)).data());
      const point = [random.normal(), random.normal()] as const;
      near(
        apply(a, point),
        await square(a)
          .matmul(tensor([...point], { dtype: 'float64', device: 'js' }))
          .data(),
      );
    }
  });

  it('a flat plane cannot be undone', () => {
    expect(inverse(presets.flatten)).toBeNull();
    expect(inverse([1, 2, 2, 4])).toBeNull();
  });
});

describe('matrix-warp: directions that do not turn', () => {
  it('are stretched by their value, whatever the matrix', () => {
    let seen = 0;
    for (let i = 0; i < 60; i++) {
      const matrix = some();
      const directions = eigen(matrix);
      if (directions === 'all') continue;
      for (const { value, direction } of directions) {
        seen++;
        near(apply(matrix, direction), [value * direction[0], value * direction[1]]);
        expect(Math.hypot(...direction)).toBeCloseTo(1, 9);
        expect(alongWhich(matrix, direction)).toBeGreaterThanOrEqual(0);
      }
    }
    expect(seen).toBeGreaterThan(20);
  });

  it('a turn has none, a shear one, a symmetric matrix two at right angles, the identity all', () => {
    expect(eigen(presets.quarter)).toEqual([]);
    expect(eigen(presets.shear)).toEqual([{ value: 1, direction: [1, 0] }]);
    const both = eigen(presets.symmetric);
    if (both === 'all' || !both[0] || !both[1]) throw new Error('two directions were expected');
    expect(both.map(({ value }) => value)).toEqual([2, 1]);
    expect(lineAngle(both[0].direction, both[1].direction)).toBeCloseTo(90, 6);
    expect(eigen(identity)).toBe('all');
    expect(alongWhich(presets.symmetric, [1, 0.5])).toBe(-1);
  });

  it('a movement begins and ends where it says', () => {
    for (const name of presetNames) {
      expect(between(identity, presets[name], 0)).toEqual(identity);
      near(between(identity, presets[name], 1), presets[name]);
    }
  });
});
