import { describe, expect, test } from 'vitest';
import {
  arange,
  type DType,
  eye,
  full,
  fullLike,
  linspace,
  ones,
  onesLike,
  setDefaultDtype,
  type Tensor,
  type TensorData,
  tensor,
  zeros,
  zerosLike,
} from '../../src/index.ts';

const facts = (t: Tensor) => [t.dtype, t.shape, Array.from(t.dataSync())];

/** Runs `check` with another default dtype. */
function withDefaultDtype(dtype: DType, check: () => void): void {
  setDefaultDtype(dtype);
  try {
    check();
  } finally {
    setDefaultDtype('float32');
  }
}

describe('tensor()', () => {
  test.each<[TensorData, DType, number[], number[]]>([
    [3, 'float32', [], [3]],
    [true, 'bool', [], [1]],
    [[1, 2, 3], 'float32', [3], [1, 2, 3]],
    [
      [
        [1, 2],
        [3, 4],
      ],
      'float32',
      [2, 2],
      [1, 2, 3, 4],
    ],
    [[[true], [false]], 'bool', [2, 1], [1, 0]],
    [[true, 2.5], 'float32', [2], [1, 2.5]],
    [[], 'float32', [0], []],
    [[[], []], 'float32', [2, 0], []],
    [Float32Array.of(1.5), 'float32', [1], [1.5]],
    [Float64Array.of(1.5), 'float32', [1], [1.5]],
    [Int32Array.of(-7), 'int32', [1], [-7]],
    [Int16Array.of(-7), 'int32', [1], [-7]],
    [Uint8Array.of(200), 'uint8', [1], [200]],
    [BigInt64Array.of(-5n, 2n ** 31n - 1n), 'int32', [2], [-5, 2 ** 31 - 1]],
    [[Float32Array.of(1, 2), Float32Array.of(3, 4)], 'float32', [2, 2], [1, 2, 3, 4]],
  ])('of %s', (data, dtype, shape, values) => {
    expect(facts(tensor(data))).toEqual([dtype, shape, values]);
  });

  test('takes dtype and shape from the options', () => {
    expect(facts(tensor([1.9, -1.9], { dtype: 'int32' }))).toEqual(['int32', [2], [1, -1]]);
    expect(facts(tensor([0.5, 0, -3], { dtype: 'bool' }))).toEqual(['bool', [3], [1, 0, 1]]);
    expect(facts(tensor(Float32Array.of(1, 2, 3, 4), { shape: [2, 2] }))).toEqual([
      'float32',
      [2, 2],
      [1, 2, 3, 4],
    ]);
    expect(facts(tensor(Float64Array.of(0.1), { dtype: 'float64', device: 'js' }))).toEqual([
      'float64',
      [1],
      [0.1],
    ]);
  });

  test('copies: changing the data afterwards changes nothing', () => {
    const data = Float32Array.of(1, 2);
    const t = tensor(data);
    data[0] = 9;
    expect(Array.from(t.dataSync())).toEqual([1, 2]);
  });

  test('numbers have the default dtype', () => {
    withDefaultDtype('float64', () => {
      const t = tensor([0.1], { device: 'js' });
      expect(facts(t)).toEqual(['float64', [1], [0.1]]);
      expect(tensor(Float32Array.of(1)).dtype).toBe('float32');
    });
  });

  test.each<[unknown, RegExp]>([
    [[[1, 2], [3]], /ragged data: element \[1\] is an array of length 1, expected an array of length 2/],
    [[[1, 2], 3], /ragged data: element \[1\] is a number, expected an array of length 2/],
    [[1, [2]], /ragged data: element \[1\] is an array of length 1, expected a number/],
    [
      [
        [[1], [2]],
        [[3], [4, 5]],
      ],
      /element \[1, 1\] is an array of length 2/,
    ],
    [[1, 'two'], /element \[1\] is a string; expected numbers or booleans/],
    [[1, null], /element \[1\] is null/],
    ['12', /got a string/],
    [undefined, /got undefined/],
    [BigInt64Array.of(2n ** 40n), /1099511627776 at position 0 does not fit int32/],
  ])('refuses %s', (data, message) => {
    expect(() => tensor(data as TensorData)).toThrow(message);
  });

  test('refuses numbers that an integer dtype cannot hold', () => {
    expect(() => tensor([1, 300], { dtype: 'uint8' })).toThrow(/300 at position 1 does not fit uint8/);
    expect(() => tensor([2 ** 31], { dtype: 'int32' })).toThrow(/does not fit int32/);
    expect(() => tensor([Number.NaN], { dtype: 'int32' })).toThrow(/NaN at position 0 does not fit int32/);
  });

  test('refuses a shape of another size, and options that do not exist', () => {
    expect(() => tensor([1, 2, 3], { shape: [2, 2] })).toThrow(/3 values do not fill shape \[2, 2\]/);
    expect(() => tensor([1], { shape: [-1] })).toThrow(/not a shape/);
    expect(() => tensor([1], { dtype: 'float128' as DType })).toThrow(/no dtype 'float128'/);
    expect(() => tensor([1], { device: 'abacus' })).toThrow(/no device 'abacus'/);
    expect(() => tensor([1], { dtype: 'int32', requiresGrad: true })).toThrow(
      /only float tensors have gradients/,
    );
    expect(() => setDefaultDtype('int32')).toThrow(/float32.*float64/);
  });
});

describe('other makers', () => {
  test('constants', () => {
    expect(facts(zeros([2, 2]))).toEqual(['float32', [2, 2], [0, 0, 0, 0]]);
    expect(facts(ones([2], { dtype: 'int32' }))).toEqual(['int32', [2], [1, 1]]);
    expect(facts(full([], 0.5))).toEqual(['float32', [], [0.5]]);
    expect(facts(full([2], true))).toEqual(['bool', [2], [1, 1]]);
    expect(() => full([2], 256, { dtype: 'uint8' })).toThrow(/does not fit uint8/);
  });

  test('the like of another tensor', () => {
    const t = tensor([[1, 2]], { dtype: 'int32' });
    expect(facts(zerosLike(t))).toEqual(['int32', [1, 2], [0, 0]]);
    expect(facts(onesLike(t, { dtype: 'float32' }))).toEqual(['float32', [1, 2], [1, 1]]);
    expect(facts(fullLike(t, 7))).toEqual(['int32', [1, 2], [7, 7]]);
  });

  test('eye', () => {
    expect(eye(2).arraySync()).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(eye(2, 3, { dtype: 'bool' }).arraySync()).toEqual([
      [1, 0, 0],
      [0, 1, 0],
    ]);
  });

  test('arange counts in int32, and in floats where a number is not whole', () => {
    expect(facts(arange(4))).toEqual(['int32', [4], [0, 1, 2, 3]]);
    expect(facts(arange(2, 5))).toEqual(['int32', [3], [2, 3, 4]]);
    expect(facts(arange(5, 0, -2))).toEqual(['int32', [3], [5, 3, 1]]);
    expect(facts(arange(0, 1, 0.25))).toEqual(['float32', [4], [0, 0.25, 0.5, 0.75]]);
    expect(facts(arange(3, { dtype: 'float32' }))).toEqual(['float32', [3], [0, 1, 2]]);
    expect(facts(arange(3, 0))).toEqual(['int32', [0], []]);
    expect(() => arange(0, 5, 0)).toThrow(/step must not be 0/);
  });

  test('linspace hits both ends exactly', () => {
    expect(linspace(0, 1, 5).arraySync()).toEqual([0, 0.25, 0.5, 0.75, 1]);
    const thirds = linspace(0.1, 0.7, 4).dataSync();
    expect([thirds[0], thirds[3]]).toEqual([Math.fround(0.1), Math.fround(0.7)]);
    expect(linspace(3, 9, 1).arraySync()).toEqual([3]);
    expect(linspace(3, 9, 0).shape).toEqual([0]);
  });
});
