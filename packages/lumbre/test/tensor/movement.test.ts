import { describe, expect, test } from 'vitest';
import { arange, cat, full, stack, type Tensor, tensor, zeros } from '../../src/index.ts';

const count = (...shape: number[]) => arange(shape.reduce((a, b) => a * b, 1)).reshape(shape);
const facts = (t: Tensor) => [t.shape, Array.from(t.dataSync())];

test.each<[string, (x: Tensor) => Tensor, number[], number[]]>([
  ['reshape', (x) => x.reshape(3, 2), [3, 2], [0, 1, 2, 3, 4, 5]],
  ['reshape with an array', (x) => x.reshape([6]), [6], [0, 1, 2, 3, 4, 5]],
  ['reshape with -1', (x) => x.reshape(-1, 2), [3, 2], [0, 1, 2, 3, 4, 5]],
  ['view', (x) => x.view(6, 1), [6, 1], [0, 1, 2, 3, 4, 5]],
  ['flatten', (x) => x.unsqueeze(0).flatten(1), [1, 6], [0, 1, 2, 3, 4, 5]],
  ['flatten of a scalar', (x) => x.select(0, 0).select(0, 1).flatten(), [1], [1]],
  ['squeeze', (x) => x.reshape(1, 2, 1, 3).squeeze(), [2, 3], [0, 1, 2, 3, 4, 5]],
  ['squeeze of one', (x) => x.reshape(1, 2, 1, 3).squeeze(0), [2, 1, 3], [0, 1, 2, 3, 4, 5]],
  ['squeeze of a larger one', (x) => x.squeeze(0), [2, 3], [0, 1, 2, 3, 4, 5]],
  ['unsqueeze', (x) => x.unsqueeze(-1), [2, 3, 1], [0, 1, 2, 3, 4, 5]],
  ['transpose', (x) => x.transpose(0, -1), [3, 2], [0, 3, 1, 4, 2, 5]],
  ['T', (x) => x.T, [3, 2], [0, 3, 1, 4, 2, 5]],
  ['mT', (x) => x.unsqueeze(0).mT, [1, 3, 2], [0, 3, 1, 4, 2, 5]],
  ['permute', (x) => x.unsqueeze(0).permute(2, 0, -2), [3, 1, 2], [0, 3, 1, 4, 2, 5]],
  ['expand', (x) => x.narrow(0, 0, 1).expand(2, -1), [2, 3], [0, 1, 2, 0, 1, 2]],
  ['expand with new dimensions', (x) => x.select(0, 1).expand(2, 3), [2, 3], [3, 4, 5, 3, 4, 5]],
  ['broadcastTo', (x) => x.select(0, 1).broadcastTo([2, 3]), [2, 3], [3, 4, 5, 3, 4, 5]],
  ['flip', (x) => x.flip(1), [2, 3], [2, 1, 0, 5, 4, 3]],
  ['flip of two', (x) => x.flip([0, 1]), [2, 3], [5, 4, 3, 2, 1, 0]],
  ['pad', (x) => x.pad([[0, 0], [1, 0]]), [2, 4], [0, 0, 1, 2, 0, 3, 4, 5]], // biome-ignore format: one case a line
  ['pad with a value', (x) => x.pad([[0, 1], [0, 0]], 7), [3, 3], [0, 1, 2, 3, 4, 5, 7, 7, 7]], // biome-ignore format: one case a line
  ['repeat', (x) => x.select(0, 0).repeat(2, 2), [2, 6], [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]],
  ['tile', (x) => x.tile(2), [2, 6], [0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5]],
  ['repeat by nothing', (x) => x.repeat(0, 1), [0, 3], []],
  ['tril', (x) => x.tril(), [2, 3], [0, 0, 0, 3, 4, 0]],
  ['tril above', (x) => x.tril(1), [2, 3], [0, 1, 0, 3, 4, 5]],
  ['triu', (x) => x.triu(), [2, 3], [0, 1, 2, 0, 4, 5]],
  ['triu below', (x) => x.triu(-1), [2, 3], [0, 1, 2, 3, 4, 5]],
  ['diagonal', (x) => x.diagonal(), [2], [0, 4]],
  ['diagonal above', (x) => x.diagonal(1), [2], [1, 5]],
  ['diagonal below', (x) => x.diagonal(-1), [1], [3]],
  ['diagonal of nothing', (x) => x.diagonal(5), [0], []],
  ['diagonal of a batch', (x) => x.expand(2, 2, 3).diagonal(1), [2, 2], [1, 5, 1, 5]],
  ['narrow', (x) => x.narrow(1, 1, 2), [2, 2], [1, 2, 4, 5]],
  ['narrow from the end', (x) => x.narrow(1, -1, 1), [2, 1], [2, 5]],
  ['select', (x) => x.select(1, -1), [2], [2, 5]],
])('%s', (_name, move, shape, values) => {
  expect(facts(move(count(2, 3)))).toEqual([shape, values]);
});

test('parts', () => {
  const x = count(5, 2);
  expect(x.split(2).map((t) => t.shape)).toEqual([
    [2, 2],
    [2, 2],
    [1, 2],
  ]);
  expect(x.split([1, 4]).map((t) => t.shape)).toEqual([
    [1, 2],
    [4, 2],
  ]);
  expect(x.chunk(3).map((t) => t.shape)).toEqual([
    [2, 2],
    [2, 2],
    [1, 2],
  ]);
  expect(x.unbind(1).map((t) => t.arraySync())).toEqual([
    [0, 2, 4, 6, 8],
    [1, 3, 5, 7, 9],
  ]);
});

test('cat and stack', () => {
  const a = count(2, 2);
  expect(cat([a, full([1, 2], 9)]).arraySync()).toEqual([
    [0, 1],
    [2, 3],
    [9, 9],
  ]);
  expect(cat([a, a], -1).arraySync()).toEqual([
    [0, 1, 0, 1],
    [2, 3, 2, 3],
  ]);
  expect(cat([a, zeros([2, 0])], 1).shape).toEqual([2, 2]);
  expect(cat([a, tensor([[0.5, 1]])]).dtype).toBe('float32');
  expect(cat([tensor([true]), tensor([false])]).arraySync()).toEqual([1, 0]);
  expect(stack([arange(2), arange(2)], 1).arraySync()).toEqual([
    [0, 0],
    [1, 1],
  ]);
  expect(stack([tensor(1), tensor(2)], -1).arraySync()).toEqual([1, 2]);
});

test('cat of many, and its gradient', () => {
  const many = Array.from({ length: 100 }, (_, i) => tensor([i], { requiresGrad: true }));
  const all = cat(many);
  expect(all.arraySync()).toEqual(Array.from({ length: 100 }, (_, i) => i));
  all.mul(arange(100)).sum().backward();
  expect(many[42]?.grad?.itemSync()).toBe(42);
});

test('results do not alias: assigning the source leaves them as they were', () => {
  const x = tensor([1, 2, 3]);
  const view = x.reshape(3, 1);
  const part = x.narrow(0, 1, 2);
  x.assign(tensor([7, 8, 9]));
  expect([view.arraySync(), part.arraySync(), x.arraySync()]).toEqual([
    [[1], [2], [3]],
    [2, 3],
    [7, 8, 9],
  ]);
});

describe('errors', () => {
  const x = () => count(2, 3);
  test.each<[string, () => unknown, RegExp]>([
    ['reshape', () => x().reshape(4, 2), /reshape: \[2, 3\] with 6 elements does not fit \[4, 2\]/],
    ['reshape -1', () => x().reshape(-1, 4), /\[2, 3\] with 6 elements does not fit \[-1, 4\]/],
    ['two -1', () => x().reshape(-1, -1), /reshape: \[-1\] is not a shape/],
    ['flatten', () => x().flatten(1, 0), /dimension 1 comes after 0/],
    ['permute', () => x().permute(0, 0), /not an order of the 2 axes/],
    ['T', () => count(1, 2, 3).T, /more than two dimensions; use mT/],
    ['mT', () => tensor([1]).mT, /at least two dimensions/],
    ['broadcastTo', () => x().broadcastTo([2, 1]), /\[2, 3\] cannot become \[2, 1\]/],
    ['pad', () => x().pad([[1, 1]]), /a pair \[before, after\] of non-negative integers for each dimension/],
    [
      'pad value',
      () =>
        x().pad(
          [
            [1, 1],
            [0, 0],
          ],
          0.5,
        ),
      /0.5 is no int32/,
    ],
    ['repeat', () => x().repeat(2), /1 counts for the 2 dimensions/],
    ['tril', () => tensor([1]).tril(), /expected a matrix/],
    ['narrow', () => x().narrow(1, 2, 2), /2 elements from 2 do not lie within dimension 1/],
    [
      'select',
      () => x().select(0, 2),
      /index 2 is out of range for dimension 0 of \[2, 3\]; .* from -2 to 1/,
    ],
    ['split', () => x().split([1, 2]), /add up to 3; dimension 0 of \[2, 3\] has 2/],
    ['cat of nothing', () => cat([]), /at least one tensor/],
    ['cat', () => cat([x(), count(3, 2)]), /tensor 1 has shape \[3, 2\] and the first \[2, 3\]/],
    ['stack', () => stack([x(), count(1, 3)]), /all must have one shape/],
  ])('%s', (_name, call, message) => {
    expect(call).toThrow(RangeError);
    expect(call).toThrow(message);
  });
});
