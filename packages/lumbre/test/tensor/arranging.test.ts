import { describe, expect, test } from 'vitest';
import {
  arange,
  bucketize,
  columnStack,
  fromFunction,
  logspace,
  meshgrid,
  searchsorted,
  tensor,
  vstack,
  zeros,
} from '../../src/index.ts';

const x = () => tensor(new Float32Array(6), { shape: [2, 3] });

test.each<[string, () => unknown, RegExp]>([
  ['roll without a dimension for each', () => x().roll([1, 2], 0), /roll: 2 shifts for 1 dimensions/],
  ['roll of several without dimensions', () => x().roll([1, 2]), /2 shifts and no dimensions/],
  ['roll by a fraction', () => x().roll(0.5, 0), /a shift must be an integer, not 0.5/],
  ['rot90 in one dimension', () => x().rot90(1, [0, 0]), /two different dimensions/],
  ['rot90 of a vector', () => zeros([3]).rot90(), /at least 2 dimensions, got shape \[3\]/],
  ['fliplr of a vector', () => zeros([3]).fliplr(), /fliplr: expected at least 2 dimensions/],
  ['flipud of a scalar', () => tensor(1).flipud(), /flipud: expected at least 1 dimension,/],
  ['repeatInterleave by too few', () => x().repeatInterleave([1], 0), /1 counts for the 2 elements/],
  [
    'repeatInterleave by less than nothing',
    () => x().repeatInterleave(-1),
    /repeats must be an integer of at least 0/,
  ],
  ['movedim of one to two', () => x().movedim(0, [0, 1]), /1 dimensions cannot go to 2 positions/],
  ['movedim twice', () => x().movedim([0, 0], [0, 1]), /names a dimension twice/],
  ['unflatten into nothing', () => x().unflatten(1, []), /expected at least one size/],
  ['unflatten into what does not fit', () => x().unflatten(1, [2, 2]), /does not fit \[2, 2\]/],
  ['diagonal in one dimension', () => x().diagonal(0, 0, -2), /dimensions 0 and -2 are the same/],
  ['diag of three dimensions', () => zeros([1, 1, 1]).diag(), /diag: expected a vector or a matrix/],
  ['diagEmbed of a scalar', () => tensor(1).diagEmbed(), /got a scalar/],
  ['reflecting more than there is', () => x().pad([[0, 0], [0, 3]], { mode: 'reflect' }), /at most 2 on each side/], // biome-ignore format: one case
  ['going round twice', () => x().pad([[3, 0], [0, 0]], { mode: 'circular' }), /at most 2 on each side/], // biome-ignore format: one case
  ['repeating nothing', () => zeros([0]).pad([[1, 0]], { mode: 'replicate' }), /at most 0 on each side/],
  ['another mode', () => x().pad([[0, 0], [0, 0]], { mode: 'mirror' as 'reflect' }), /no mode 'mirror'/], // biome-ignore format: one case
  ['a window that is too long', () => x().unfold(0, 3, 1), /a window of 3 does not fit/],
  ['windows that do not move', () => x().unfold(0, 1, 0), /step must be an integer of at least 1/],
  ['no parts', () => x().tensorSplit(0), /the number of parts must be/],
  ['a negative part', () => x().split([3, -1]), /a size must be an integer of at least 0/],
  ['a scatter of another dtype', () => x().scatter(0, zeros([1, 3], { dtype: 'int32' }), arange(3).reshape(1, 3)), /cannot write int32 to float32/], // biome-ignore format: one case
  ['a scatter that is too large', () => x().scatter(0, zeros([1, 4], { dtype: 'int32' }), 1), /index \[1, 4\] and source \[1, 4\] do not fit/], // biome-ignore format: one case
  [
    'indexAdd by a matrix',
    () => x().indexAdd(0, zeros([1, 1], { dtype: 'int32' }), x()),
    /expected a vector of indices/,
  ],
  [
    'indexAdd of another size',
    () => x().indexAdd(0, arange(1), x()),
    /source \[2, 3\] does not fit; expected \[1, 3\]/,
  ],
  ['indexAdd to bool', () => x().bool().indexAdd(0, arange(2), x().bool()), /cannot add to bool/],
  ['takeAlongDim of fewer dimensions', () => x().takeAlongDim(arange(2), 0), /needs as many dimensions/],
  ['maskedScatter by numbers', () => x().maskedScatter(x(), x()), /the mask must be bool/],
  [
    'maskedScatter of too little',
    () => x().maskedScatter(x().eq(0), arange(2).float()).dataSync(),
    /maskedScatter: index/,
  ],
  [
    'maskedScatter of nothing',
    () =>
      x()
        .maskedScatter(x().eq(0), zeros([0]))
        .dataSync(),
    /maskedScatter/,
  ],
  ['oneHot of too many', () => arange(4).oneHot(3).dataSync(), /oneHot: index 3 .*\[0, 3\)/],
  ['oneHot of floats', () => x().oneHot(3), /indices must be int32 or uint8/],
  ['oneHot of no classes', () => arange(1).oneHot(0), /number of classes must be/],
  ['searching a scalar', () => searchsorted(tensor(1), 1), /got a scalar/],
  ['searching rows for others', () => searchsorted(x(), zeros([3, 1])), /do not fit/],
  ['buckets in a matrix', () => bucketize(x(), x()), /boundaries must be a vector/],
  ['a grid of matrices', () => meshgrid([x()]), /tensor 0 has shape \[2, 3\]; expected vectors/],
  ['a grid of nothing', () => meshgrid([]), /at least one vector/],
  ['a grid another way', () => meshgrid([arange(1)], { indexing: 'yx' as 'xy' }), /'ij' or 'xy'/],
  ['stacking nothing', () => vstack([]), /vstack: expected at least one tensor/],
  ['columns of other lengths', () => columnStack([arange(2), arange(3)]), /must agree but in dimension 1/],
  [
    'a function that returns text',
    () => fromFunction(() => 'a' as unknown as number, [2]),
    /returned a at \[0\]/,
  ],
  ['a negative number of steps', () => logspace(0, 1, -1), /logspace: \[-1\] is not a shape/],
])('%s', (_, f, message) => {
  expect(f).toThrow(message);
});

describe('creation', () => {
  test('fromFunction is given the indices', () => {
    expect(fromFunction((row, column) => 10 * row + column, [2, 3]).arraySync()).toEqual([[0, 1, 2], [10, 11, 12]]); // biome-ignore format: rows
    const diagonal = fromFunction((row, column) => row === column, [2, 2]);
    expect([diagonal.dtype, diagonal.arraySync()]).toEqual(['bool', [[1, 0], [0, 1]]]); // biome-ignore format: rows
    expect(fromFunction(() => 7, [], { dtype: 'int32' }).itemSync()).toBe(7);
    expect(fromFunction(() => 7, [0, 2]).shape).toEqual([0, 2]);
  });
});

test('searching by a number takes the dtype of what is searched', () => {
  expect(searchsorted(arange(5), 2.5).itemSync()).toBe(3);
  expect(bucketize(arange(5), tensor([0.5, 2.5])).arraySync()).toEqual([0, 1, 1, 2, 2]);
});
