import { describe, expect, test } from 'vitest';
import {
  compile,
  interpolate,
  pixelShuffle,
  pixelUnshuffle,
  randn,
  type Tensor,
  tensor,
  zeros,
} from '../../src/index.ts';

test('a compiled function keeps its tables of neighbours', () => {
  const resize = (x: Tensor) => interpolate(x, { size: [5, 7], mode: 'bilinear' });
  const compiled = compile(resize);
  for (const factor of [1, 2, 3]) {
    const x = randn([1, 2, 3, 4]).mul(factor).realize();
    expect(compiled(x).dataSync()).toEqual(resize(x).dataSync());
  }
  compiled.dispose();
});

test('integers keep their dtype by nearest and are floats by linear', () => {
  const x = tensor([[[1, 4]]], { dtype: 'uint8' });
  expect(interpolate(x, { scaleFactor: 2 }).dtype).toBe('uint8');
  expect(interpolate(x, { size: 3, mode: 'linear' }).arraySync()).toEqual([[[1, 2.5, 4]]]);
});

describe('what does not fit', () => {
  const x = () => zeros([1, 4, 3, 3]);
  test.each<[message: RegExp, () => Tensor]>([
    [/interpolate: give either size or scaleFactor/, () => interpolate(x(), {})],
    [/interpolate: give either size or scaleFactor/, () => interpolate(x(), { size: 2, scaleFactor: 2 })],
    [/interpolate: input has shape \[4, 3\]/, () => interpolate(zeros([4, 3]), { size: 2 })],
    [
      /mode 'linear' does not go with \[1, 4, 3, 3\]; use 'nearest' or 'bilinear'/,
      () => interpolate(x(), { size: 2, mode: 'linear' }),
    ],
    [/alignCorners is for 'bilinear'/, () => interpolate(x(), { size: 2, alignCorners: true })],
    [/interpolate: size is 0/, () => interpolate(x(), { size: 0 })],
    [/scaleFactor is -1; expected a positive number, or 2/, () => interpolate(x(), { scaleFactor: -1 })],
    [/\[1, 4, 3, 3\] to size \[0, 0\]; neither may be empty/, () => interpolate(x(), { scaleFactor: 0.2 })],
    [/pixelShuffle: input has shape \[1, 4, 3, 3\]; .* divisible by 9/, () => pixelShuffle(x(), 3)],
    [/pixelUnshuffle: input has shape \[1, 4, 3, 3\]; .* divisible by 2/, () => pixelUnshuffle(x(), 2)],
    [/pixelShuffle: upscaleFactor is 0/, () => pixelShuffle(x(), 0)],
  ])('%s', (message, call) => {
    expect(call).toThrow(message);
  });
});
