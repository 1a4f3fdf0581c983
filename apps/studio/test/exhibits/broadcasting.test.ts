import * as fc from 'fast-check';
import { tensor } from 'lumbre';
import { describe, expect, test } from 'vitest';
import { combine, faces } from '../../src/exhibits/broadcasting/compute.ts';
import {
  align,
  fixesOf,
  flatOf,
  isCopy,
  positionOf,
  resultShape,
  type Shape,
  sizeOf,
  sourceOf,
} from '../../src/exhibits/broadcasting/shapes.ts';
import { valuesOf } from '../../src/exhibits/broadcasting/values.ts';

const shape = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 3 });
const apply = { add: (x: number, y: number) => x + y, mul: (x: number, y: number) => x * y };

describe('broadcasting: the picture follows the engine', () => {
  test('shapes fit where the engine says so, and the result is made of the elements that the picture points to', async () => {
    let clashes = 0;
    await fc.assert(
      fc.asyncProperty(shape, shape, fc.constantFrom('add', 'mul'), async (a, b, operation) => {
        const combined = await combine(a, b, operation);
        const result = resultShape(a, b);
        if ('error' in combined) {
          clashes++;
          expect(result).toBeNull();
          expect(combined.error).toContain('do not broadcast');
          return;
        }
        const [x, y] = [valuesOf('a', a), valuesOf('b', b)];
        const into = result as Shape;
        expect(combined.values).toEqual(
          Array.from({ length: sizeOf(into) }, (_, i) => {
            const position = positionOf(i, into);
            const [from, with_] = [flatOf(sourceOf(position, a), a), flatOf(sourceOf(position, b), b)];
            return apply[operation](x[from] as number, y[with_] as number);
          }),
        );
      }),
      { seed: 5, numRuns: 120 },
    );
    expect(clashes).toBeGreaterThan(10);
  });

  test('each element of an array is really there once; all else are copies', () => {
    fc.assert(
      fc.property(shape, shape, (a, b) => {
        const into = resultShape(a, b);
        fc.pre(into !== null);
        const all = Array.from({ length: sizeOf(into as Shape) }, (_, i) => positionOf(i, into as Shape));
        for (const one of [a, b])
          expect(all.filter((position) => !isCopy(position, one))).toHaveLength(sizeOf(one));
      }),
      { seed: 6 },
    );
  });

  test('aligned from the right', () => {
    expect(align([4, 3], [3])).toEqual([
      { a: 4, b: null, size: 4 },
      { a: 3, b: 3, size: 3 },
    ]);
    expect(align([3, 4], [3]).at(-1)).toEqual({ a: 4, b: 3, size: null });
    expect(align([], [])).toEqual([]);
  });
});

describe('broadcasting: what would help', () => {
  test('every fix fits, and its code gives the shape that it names', () => {
    fc.assert(
      fc.property(shape, shape, (a, b) => {
        fc.pre(resultShape(a, b) === null);
        const fixes = fixesOf(a, b);
        // Other data always fit: there is a way out of every clash.
        expect(fixes.some(({ kind }) => kind === 'resize')).toBe(true);
        for (const { of, shape: fixed, code } of fixes) {
          expect(resultShape(of === 'a' ? fixed : a, of === 'b' ? fixed : b)).not.toBeNull();
          if (code === null) continue;
          const before = of === 'a' ? a : b;
          const array = tensor(valuesOf(of, before), { shape: before });
          expect(sizeOf(fixed)).toBe(sizeOf(before));
          const axis = /unsqueeze\((\d)\)/.exec(code)?.[1];
          const after = axis === undefined ? array.T : array.unsqueeze(Number(axis));
          expect(after.shape).toEqual(fixed);
        }
      }),
      { seed: 7 },
    );
  });

  test('a row that should be a column gets an axis', () => {
    expect(fixesOf([3, 4], [3])[0]).toEqual({
      of: 'b',
      kind: 'axis',
      shape: [3, 1],
      code: 'b.unsqueeze(1)',
    });
  });
});

test('broadcasting: a number opens its faces', async () => {
  const { value, formula, checks } = await faces([3, 1], [2], 'mul', 5);
  expect(value).toBe(30 * 2);
  expect(formula.numbers).toContain('30');
  expect(checks.every(({ passed }) => passed)).toBe(true);
  expect(checks.length).toBeGreaterThan(0);
});
