import type { NumericArray } from '../../graph/dtype.ts';
import type { Node, WindowArg } from '../../graph/node.ts';
import { rowMajorStrides, type Shape, sizeOf } from '../../graph/shape.ts';
import { scratch } from './elementwise.ts';
import type { Evaluator } from './evaluate.ts';
import { forEachPosition, type Layout, rowMajor } from './strided.ts';

/** Reads the node's elements from its source by a layout over the source's array. */
function view(node: Node, source: NumericArray, layout: Layout): NumericArray {
  const out = scratch(node.dtype, sizeOf(node.shape));
  forEachPosition(node.shape, layout, rowMajor(node.shape), (from, to) => {
    out[to] = source[from] as number;
  });
  return out;
}

/** Puts the source's elements into zeros by a layout over the result's array. */
function placed(node: Node, source: NumericArray, shape: Shape, layout: Layout): NumericArray {
  const out = scratch(node.dtype, sizeOf(node.shape));
  forEachPosition(shape, rowMajor(shape), layout, (from, to) => {
    out[to] = source[from] as number;
  });
  return out;
}

const sourceShape = (node: Node) => (node.sources[0] as Node).shape;

export const reshape: Evaluator<'reshape'> = (node, [a]) => {
  const out = scratch(node.dtype, sizeOf(node.shape));
  out.set(a as NumericArray);
  return out;
};

export const permute: Evaluator<'permute'> = (node, [a]) => {
  const strides = rowMajorStrides(sourceShape(node));
  return view(node, a as NumericArray, {
    start: 0,
    strides: node.arg.axes.map((axis) => strides[axis] as number),
  });
};

export const expand: Evaluator<'expand'> = (node, [a]) => {
  const shape = sourceShape(node);
  const strides = rowMajorStrides(shape).map((stride, axis) =>
    shape[axis] === node.shape[axis] ? stride : 0,
  );
  return view(node, a as NumericArray, { start: 0, strides });
};

export const shrink: Evaluator<'shrink'> = (node, [a]) => {
  const strides = rowMajorStrides(sourceShape(node));
  const start = strides.reduce((sum, stride, axis) => sum + stride * (node.arg.start[axis] as number), 0);
  return view(node, a as NumericArray, {
    start,
    strides: strides.map((stride, axis) => stride * (node.arg.step[axis] as number)),
  });
};

export const flip: Evaluator<'flip'> = (node, [a]) => {
  const strides = rowMajorStrides(node.shape);
  const reversed = (axis: number) => node.arg.axes.includes(axis);
  const start = strides.reduce(
    (sum, stride, axis) => sum + (reversed(axis) ? stride * ((node.shape[axis] as number) - 1) : 0),
    0,
  );
  return view(node, a as NumericArray, {
    start,
    strides: strides.map((stride, axis) => (reversed(axis) ? -stride : stride)),
  });
};

/** Where the windows' elements lie in an array of the elements that they are over. */
function windowLayout(elements: Shape, { axes, offsets, stride, dilation }: WindowArg): Layout {
  const strides = rowMajorStrides(elements);
  const result = [...strides];
  axes.forEach((axis, i) => {
    const step = strides[axis] as number;
    const offset = offsets[i] as number;
    result[axis] = step * (stride[i] as number);
    result[offset] = (strides[offset] as number) + step * (dilation[i] as number);
  });
  return { start: 0, strides: result };
}

export const slant: Evaluator<'slant'> = (node, [a]) =>
  view(node, a as NumericArray, windowLayout(sourceShape(node), node.arg));

export const spread: Evaluator<'spread'> = (node, [a]) => {
  const shape = sourceShape(node);
  return placed(node, a as NumericArray, shape, windowLayout(node.shape, node.arg));
};

export const pad: Evaluator<'pad'> = (node, [a]) => {
  const shape = sourceShape(node);
  const strides = rowMajorStrides(node.shape);
  const start = strides.reduce((sum, stride, axis) => sum + stride * (node.arg.low[axis] as number), 0);
  const inside: Layout = {
    start,
    strides: strides.map((stride, axis) => stride * ((node.arg.interior[axis] as number) + 1)),
  };
  return placed(node, a as NumericArray, shape, inside);
};
