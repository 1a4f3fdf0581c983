import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arange, type SliceIndex, tensor } from '../../src/index.ts';

const grid = () => arange(24).reshape(2, 3, 4);

describe('slice()', () => {
  test.each<[SliceIndex[], number[], number[]]>([
    [[0], [3, 4], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
    [[-1, -1, -1], [], [23]],
    [
      [':', 1],
      [2, 4],
      [4, 5, 6, 7, 16, 17, 18, 19],
    ],
    [
      ['...', 0],
      [2, 3],
      [0, 4, 8, 12, 16, 20],
    ],
    [
      [1, '...', [1, 3]],
      [3, 2],
      [13, 14, 17, 18, 21, 22],
    ],
    [[0, 0, [null, null, 2]], [2], [0, 2]],
    [[0, 0, [null, null, -1]], [4], [3, 2, 1, 0]],
    [[0, 0, [-1, null, -2]], [2], [3, 1]],
    [[0, 0, [2, 0, -1]], [2], [2, 1]],
    [[0, 0, [null, -1]], [3], [0, 1, 2]],
    [[0, 0, [2, 100]], [2], [2, 3]],
    [[0, 0, [-100, 1]], [1], [0]],
    [[0, 0, [3, 1]], [0], []],
    [[null, 0, 0, 0], [1], [0]],
    [
      [0, null, 0, null, [0, 2]],
      [1, 1, 2],
      [0, 1],
    ],
    [
      ['...', null, 0],
      [2, 3, 1],
      [0, 4, 8, 12, 16, 20],
    ],
    [[0, 1, 2, '...'], [], [6]],
  ])('%j', (indices, shape, values) => {
    const part = grid().slice(...indices);
    expect([part.shape, Array.from(part.dataSync())]).toEqual([shape, values]);
  });

  test('agrees with Array.prototype.slice', () => {
    const end = fc.option(fc.integer({ min: -8, max: 8 }), { nil: null });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6 }), end, end, (size, start, stop) => {
        const part = arange(size).slice([start, stop]);
        const expected = Array.from({ length: size }, (_, i) => i).slice(start ?? 0, stop ?? size);
        expect(part.arraySync()).toEqual(expected);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test('with steps agrees with walking the range', () => {
    const end = fc.integer({ min: -8, max: 8 });
    const step = fc.integer({ min: -3, max: 3 }).filter((n) => n !== 0);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6 }), end, end, step, (size, start, stop, by) => {
        const limit = (n: number) =>
          Math.min(Math.max(n < 0 ? n + size : n, by < 0 ? -1 : 0), by < 0 ? size - 1 : size);
        const expected: number[] = [];
        for (let i = limit(start); by > 0 ? i < limit(stop) : i > limit(stop); i += by) expected.push(i);
        expect(arange(size).slice([start, stop, by]).arraySync()).toEqual(expected);
      }),
      { seed: 2, numRuns: 300 },
    );
  });

  test('passes gradients to where it took from', () => {
    const x = tensor([1, 2, 3, 4, 5], { requiresGrad: true });
    x.slice([null, null, -2])
      .mul(tensor([1, 10, 100]))
      .sum()
      .backward();
    expect(x.grad?.arraySync()).toEqual([100, 0, 10, 0, 1]);
  });

  test.each<[SliceIndex[], RegExp]>([
    [[2], /slice: index 2 is out of range for dimension 0 of \[2, 3, 4\]; expected an integer from -2 to 1/],
    [[0, -4], /slice: index -4 is out of range for dimension 1/],
    [[0.5], /index 0.5 is out of range/],
    [[0, 0, 0, 0], /4 indices for the 3 dimensions/],
    [['...', '...'], /'...' may stand once only/],
    [[[0, 1, 0]], /\[0, 1, 0\] for dimension 0 is no range/],
    [[[0, 1.5]], /is no range/],
    [[[0] as unknown as SliceIndex], /is no range/],
  ])('refuses %j', (indices, message) => {
    expect(() => grid().slice(...indices)).toThrow(RangeError);
    expect(() => grid().slice(...indices)).toThrow(message);
  });
});

describe('at()', () => {
  test.each<[string, SliceIndex[]]>([
    ['1', [1]],
    ['-1, 2', [-1, 2]],
    [':, 1', [':', 1]],
    ['..., 0', ['...', 0]],
    ['0, 1:3', [0, [1, 3]]],
    ['0, :2, ::2', [0, [null, 2], [null, null, 2]]],
    ['...,::-1', ['...', [null, null, -1]]],
    ['0, null, -2:', [0, null, [-2, null]]],
    [' 0 , 1 : 3 : 1 ', [0, [1, 3, 1]]],
  ])('%s', (text, indices) => {
    const [a, b] = [grid().at(text), grid().slice(...indices)];
    expect([a.shape, a.arraySync()]).toEqual([b.shape, b.arraySync()]);
  });

  test.each(['', 'a', '1;2', '1:2:3:4', '1,', '1.5', '1-2'])('refuses %j', (text) => {
    expect(() => grid().at(text)).toThrow(
      /^at: '.*' in '.*' is no index; expected a number, start:stop:step/,
    );
  });

  test('names what is out of range', () => {
    expect(() => grid().at('7')).toThrow(/index 7 is out of range/);
  });
});
