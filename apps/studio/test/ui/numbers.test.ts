import { describe, expect, it } from 'vitest';
import { addPoint, firstPoint, lastPoint, noPoints } from '../../src/ui/charts/points.ts';
import { readableNumber, togetherWriter } from '../../src/ui/readableNumber.ts';

describe('numbers to be read', () => {
  it('says no zeros that say nothing', () => {
    expect(readableNumber('es', 0.49123)).toBe('0,4912');
    expect(readableNumber('es', 0.5)).toBe('0,5');
    expect(readableNumber('en', 1240)).toBe('1,240');
    expect(readableNumber('es', -3)).toBe('−3');
    expect(readableNumber('en', 100.04, 3)).toBe('100');
    expect(readableNumber('es', 0.0000032, 3)).toBe('3,2·10⁻⁶');
    expect(readableNumber('es', NaN)).toBe('NaN');
    expect(readableNumber('es', -Infinity)).toBe('−∞');
  });

  it('writes numbers that stand together with the same decimals', () => {
    const write = (values: number[]) => values.map(togetherWriter('es', values));
    expect(write([1, 0.5, 0])).toEqual(['1,0', '0,5', '0,0']);
    expect(write([3, -2, 10])).toEqual(['3', '−2', '10']);
    expect(write([0.123456, 2.5])).toEqual(['0,12', '2,50']);
    expect(write([0.0123, 0.04])).toEqual(['0,012', '0,040']);
    expect(write([NaN, Infinity, 1.25])).toEqual(['NaN', '∞', '1,25']);
    // 0.1 as 32 bits hold it is still 0.1 to a reader.
    expect(write([Math.fround(0.1), Math.fround(0.7)])).toEqual(['0,1', '0,7']);
  });
});

describe('points of curves', () => {
  it('are kept in the order of x, whenever they come', () => {
    const points = noPoints(2);
    for (const [curve, x, y] of [
      [0, 1, 5],
      [0, 3, 4],
      [1, 2, 9],
      [0, 4, NaN],
      [1, 3, 8],
      [0, 3, 4.5],
    ] as const)
      addPoint(points, curve, x, y);
    expect(points).toEqual({
      x: [1, 2, 3, 4],
      y: [
        [5, null, 4.5, null],
        [null, 9, 8, null],
      ],
    });
    expect(firstPoint(points, 1)).toEqual([2, 9]);
    expect(lastPoint(points, 0)).toEqual([3, 4.5]);
    expect(lastPoint(noPoints(1), 0)).toBeNull();
  });

  it('takes a hundred thousand of them without going over all of them each time', () => {
    const points = noPoints(2);
    const start = performance.now();
    for (let i = 0; i < 100_000; i++) addPoint(points, i % 2, i, i);
    expect(performance.now() - start).toBeLessThan(5000);
    expect(points.x).toHaveLength(100_000);
  });
});
