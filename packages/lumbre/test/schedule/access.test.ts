import { describe, expect, test } from 'vitest';
import * as build from '../../src/graph/builder.ts';
import { makeNode, type Node } from '../../src/graph/node.ts';
import { isMovement, stridedView, throughMovement } from '../../src/schedule/access.ts';
import { fixed, flatten, type Index, IndexSpace } from '../../src/schedule/indexing.ts';

const input = (...shape: number[]): Node => makeNode('buffer', [], { slot: 0 }, { shape, dtype: 'float32' });
const isBase = (node: Node) => node.op === 'buffer';
const over = (sizes: readonly number[], stride: readonly number[], dilation = [1, 1]) => ({
  axes: [2, 3],
  sizes,
  stride,
  dilation,
});

/** Where `node` reads its buffer, and how many conditions that puts on indices. */
function follow(node: Node) {
  const space = new IndexSpace();
  let indices: readonly Index[] = node.shape.map((size) =>
    size === 1 ? fixed(0) : space.variable(0, size - 1),
  );
  let current = node;
  let bounds = 0;
  while (isMovement(current)) {
    const access = throughMovement(space, current, indices);
    bounds += access.bounds.length;
    indices = access.indices;
    current = current.sources[0] as Node;
  }
  return { position: flatten(indices, current.shape), bounds };
}

describe('windows', () => {
  test('without padding are strides over what they look at', () => {
    const seen = build.windows(input(2, 3, 8, 10), over([3, 2], [2, 1], [1, 4]));
    expect(seen.shape).toEqual([2, 3, 3, 6, 3, 2]);
    expect(stridedView(seen, isBase)).toMatchObject({ offset: 0, strides: [240, 80, 20, 1, 10, 4] });
  });

  test('of a padded image need one pair of bounds for each dimension', () => {
    const image = build.pad(input(2, 3, 8, 8), [0, 0, 1, 1], [0, 0, 1, 1]);
    const seen = build.windows(image, over([3, 3], [1, 1]));
    const columns = build.reshape(build.permute(seen, [1, 4, 5, 0, 2, 3]), [27, 128]);
    expect(follow(seen).bounds).toBe(2);
    expect(follow(columns).bounds).toBe(2);
  });

  test('that are added up where they overlap have one pair of bounds, and no division without a stride', () => {
    const values = build.permute(input(2, 3, 3, 3, 8, 8), [0, 1, 4, 5, 2, 3]);
    const arg = { axes: [2, 3], offsets: [4, 5], stride: [1, 1], dilation: [1, 1] };
    const { position, bounds } = follow(build.spread(values, arg, [2, 3, 10, 10, 3, 3]));
    expect(bounds).toBe(2);
    expect(position.terms.map(({ atom }) => atom.kind)).not.toContain('div');
  });

  test('of one element are steps', () => {
    expect(build.windows(input(2, 3, 5, 5), over([1, 1], [1, 1])).op).toBe('reshape');
    expect(build.windows(input(2, 3, 5, 5), over([1, 1], [2, 2])).op).toBe('shrink');
  });
});

describe('a merged dimension that was split in three', () => {
  test('is a stride', () => {
    const kernels = build.reshape(input(8, 3, 5, 5), [2, 4, 75]);
    expect(stridedView(kernels, isBase)?.strides).toEqual([300, 75, 1]);
  });
});

describe('windows that do not fit', () => {
  const arg = { axes: [0], offsets: [1], stride: [2], dilation: [1] };
  test.each([
    ['the last one ends outside', [6, 3], arg, [3, 3]],
    ['another axis changes', [7, 3], arg, [3, 2]],
    ['an axis is position and offset', [7, 3], { ...arg, offsets: [0] }, [3, 3]],
    ['a stride is 0', [7, 3], { ...arg, stride: [0] }, [3, 3]],
  ] as const)('%s', (_, from, badArg, shape) => {
    expect(() => makeNode('slant', [input(...from)], badArg, { shape })).toThrow(/slant: windows at axes/);
    expect(() => makeNode('spread', [input(...shape)], badArg, { shape: from })).toThrow(
      /spread: windows at axes/,
    );
  });
});
