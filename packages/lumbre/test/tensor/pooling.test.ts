import { describe, expect, test } from 'vitest';
import {
  adaptiveAvgPool2d,
  adaptiveMaxPool2d,
  avgPool2d,
  fold,
  maxPool1d,
  maxPool2d,
  type Tensor,
  tensor,
  unfold,
  zeros,
} from '../../src/index.ts';

test('the largest of integers are integers, and padding is below all of them', () => {
  const x = tensor([[-5, -3, -9, -7]], { dtype: 'int32' });
  const y = maxPool1d(x, 2, { padding: 1 });
  expect(y.dtype).toBe('int32');
  expect(y.arraySync()).toEqual([[-5, -3, -7]]);
});

test('means of integers are floats', () => {
  const y = avgPool2d(
    tensor(
      [
        [
          [1, 2],
          [3, 5],
        ],
      ],
      { dtype: 'uint8' },
    ),
    2,
  );
  expect([y.dtype, y.itemSync()]).toEqual(['float32', 2.75]);
});

test('NaN is the largest of its window', () => {
  expect(maxPool1d(tensor([[1, Number.NaN, 3, 2]]), 2).arraySync()).toEqual([[Number.NaN, 3]]);
});

test('without windows that overlap, fold undoes unfold', () => {
  const x = tensor(
    Float32Array.from({ length: 2 * 3 * 4 * 6 }, (_, i) => i),
    { shape: [2, 3, 4, 6] },
  );
  const there = unfold(x, 2, { stride: 2 });
  expect(fold(there, [4, 6], 2, { stride: 2 }).dataSync()).toEqual(x.dataSync());
});

describe('what does not fit', () => {
  const x = () => zeros([2, 3, 5, 5]);
  test.each<[message: RegExp, () => Tensor]>([
    [/maxPool2d: windows of \[6, 6\] do not fit into \[5, 5\]/, () => maxPool2d(x(), 6)],
    [
      /maxPool2d: padding \[2, 2\] is more than half of a window of \[3, 3\]/,
      () => maxPool2d(x(), 3, { padding: 2 }),
    ],
    [/maxPool2d: kernelSize is 0/, () => maxPool2d(x(), 0)],
    [/maxPool2d: expected numbers, got bool/, () => maxPool2d(x().bool(), 2)],
    [/maxPool2d: input has shape \[2, 3, 0, 5, 5\]/, () => maxPool2d(zeros([2, 3, 0, 5, 5]), 2)],
    [
      /maxPool2d: windows of \[2, 2\] do not fit into \[0, 5\]/,
      () => maxPool2d(zeros([1, 0, 5]), 2, { padding: 1 }),
    ],
    [/avgPool2d: divisorOverride is 0/, () => avgPool2d(x(), 2, { divisorOverride: 0 })],
    [/adaptiveAvgPool2d: outputSize is \[0, 2\]/, () => adaptiveAvgPool2d(x(), [0, 2])],
    [
      /adaptiveMaxPool2d: expected numbers with at least one element/,
      () => adaptiveMaxPool2d(zeros([1, 0, 3]), 1),
    ],
    [/unfold: windows of \[6, 1\] .* do not fit/, () => unfold(x(), [6, 1])],
    [/fold: input is float32\[2, 3, 5, 5\]/, () => fold(x(), 4, 2)],
    [
      /fold: input is float32\[2, 7, 9\]; expected numbers \[batch, channels · 4, 9\]/,
      () => fold(zeros([2, 7, 9]), 4, 2),
    ],
  ])('%s', (message, call) => {
    expect(call).toThrow(message);
  });
});
