import * as build from '../graph/builder.ts';
import { promote } from '../graph/dtype.ts';
import type { Node } from '../graph/node.ts';
import { formatShape, normalizeAxis, type Shape, sameShape } from '../graph/shape.ts';
import { contractAll, type Labelled } from './contract.ts';
import { wrapNode } from './core.ts';
import { castOn, commonDevice, inDomain } from './operands.ts';
import type { Tensor } from './tensor.ts';

const ELLIPSIS = '...';

/** The letters of one operand or of the output, and `...` among them. */
function readTerm(equation: string, term: string): string[] {
  const parts = term.match(/\.\.\.|[a-zA-Z]/g) ?? [];
  if (parts.join('') !== term || parts.filter((part) => part === ELLIPSIS).length > 1) {
    throw new SyntaxError(
      `einsum: '${term}' in '${equation}' is not a list of dimensions; use letters, and '...' once for any others.`,
    );
  }
  return parts;
}

/** The dimensions that `...` stands for, counted from the end so that they broadcast. */
const ellipsisLabels = (count: number): string[] => Array.from({ length: count }, (_, i) => `.${count - i}`);

/** The label of each dimension of an operand. */
function labelsOf(equation: string, term: string, shape: Shape, operand: number): string[] {
  const parts = readTerm(equation, term);
  const named = parts.filter((part) => part !== ELLIPSIS).length;
  const others = shape.length - named;
  if (others < 0 || (others > 0 && !parts.includes(ELLIPSIS))) {
    throw new RangeError(
      `einsum: '${term}' names ${named} dimensions, but operand ${operand} has shape ${formatShape(shape)}` +
        `${others > 0 ? "; '...' stands for those that have no name" : ''}.`,
    );
  }
  return parts.flatMap((part) => (part === ELLIPSIS ? ellipsisLabels(others) : [part]));
}

/** What comes out if the equation does not say: the ellipsis, then letters that occur once, in order. */
function implicitOutput(inputs: readonly (readonly string[])[]): string[] {
  const all = inputs.flat();
  const letters = [...new Set(all)].filter((label) => !label.startsWith('.'));
  return letters.filter((letter) => all.filter((label) => label === letter).length === 1).sort();
}

function outputLabels(
  equation: string,
  term: string | undefined,
  inputs: readonly (readonly string[])[],
): string[] {
  const most = Math.max(0, ...inputs.map((labels) => labels.filter((label) => label.startsWith('.')).length));
  if (term === undefined) return [...ellipsisLabels(most), ...implicitOutput(inputs)];
  const output = readTerm(equation, term).flatMap((part) =>
    part === ELLIPSIS ? ellipsisLabels(most) : [part],
  );
  const known = new Set(inputs.flat());
  output.forEach((label, i) => {
    if (!known.has(label) || output.indexOf(label) !== i) {
      throw new SyntaxError(
        `einsum: output '${term}' of '${equation}' names '${label}' ${known.has(label) ? 'twice' : 'but no operand does'}.`,
      );
    }
  });
  return output;
}

/** The elements where all dimensions of one letter have the same index, as one dimension. */
function diagonals(node: Node, labels: readonly string[]): Labelled {
  let value: Labelled = { node, labels };
  for (const label of new Set(labels)) {
    for (;;) {
      const { node: from, labels: names } = value;
      const axis = names.indexOf(label);
      const again = names.indexOf(label, axis + 1);
      if (again < 0) break;
      // One window at the start, of which offset i sees element i: what lies at [i, i].
      const arg = { axes: [axis], offsets: [again], stride: [1], dilation: [1] };
      const seen = build.slant(from, arg, from.shape.with(axis, 1));
      const shape = from.shape.toSpliced(axis, 1);
      value = { node: build.reshape(seen, shape), labels: names.toSpliced(axis, 1) };
    }
  }
  return value;
}

/** How many elements each label counts; sizes of 1 broadcast. */
function sizesOfLabels(
  equation: string,
  inputs: readonly (readonly string[])[],
  shapes: readonly Shape[],
): Map<string, number> {
  const sizes = new Map<string, number>();
  inputs.forEach((labels, operand) => {
    labels.forEach((label, axis) => {
      const size = (shapes[operand] as Shape)[axis] as number;
      const known = sizes.get(label) ?? 1;
      if (known !== 1 && size !== 1 && known !== size) {
        throw new RangeError(
          `einsum: '${label.startsWith('.') ? ELLIPSIS : label}' in '${equation}' is ${known} in one place and ${size} in ` +
            `operand ${operand} of shape ${formatShape(shapes[operand] as Shape)}; sizes must agree, or be 1.`,
        );
      }
      if (known === 1) sizes.set(label, size);
    });
  });
  return sizes;
}

/** A value without the dimensions of size 1 that broadcast: a product with it does that by itself. */
function withoutBroadcast({ node, labels }: Labelled, sizes: ReadonlyMap<string, number>): Labelled {
  const kept = labels.flatMap((label, axis) => (node.shape[axis] === sizes.get(label) ? [axis] : []));
  return {
    node: build.reshape(
      node,
      kept.map((axis) => node.shape[axis] as number),
    ),
    labels: kept.map((axis) => labels[axis] as string),
  };
}

/** Brings tensors to one dtype; bool counts as int32. */
function numbersOf(operation: string, tensors: readonly Tensor[]): { nodes: Node[]; device: string } {
  const device = commonDevice(operation, tensors);
  const dtype = inDomain(tensors.map((t) => t.dtype).reduce(promote), 'number');
  return { nodes: tensors.map((t) => castOn(operation, t.node, dtype, device)), device };
}

/**
 * Sums of products, by Einstein's convention, as NumPy's einsum: `einsum('bik,bkj->bij', a, b)` is a batched matrix
 * product. Each operand's dimensions have letters; equal letters mean equal indices, and what the output does not name
 * is summed. A letter twice in one operand takes its diagonal; `...` stands for dimensions without names, which
 * broadcast; without `->`, the output is `...` and the letters that occur once, in alphabetical order.
 *
 * Several operands are multiplied pair by pair, the cheapest pair first, each as one matrix product. Dtypes promote; bool
 * counts as int32.
 * @throws SyntaxError for an equation that cannot be read, RangeError for operands that do not fit it.
 */
export function einsum(equation: string, ...operands: readonly Tensor[]): Tensor {
  const [left, right, ...more] = equation.replaceAll(' ', '').split('->');
  if (left === undefined || more.length > 0) {
    throw new SyntaxError(`einsum: '${equation}' has more than one '->'.`);
  }
  const terms = left.split(',');
  if (operands.length === 0 || terms.length !== operands.length) {
    throw new RangeError(
      `einsum: '${equation}' is for ${terms.length} operand${terms.length === 1 ? '' : 's'}, got ${operands.length}.`,
    );
  }
  const { nodes, device } = numbersOf('einsum', operands);
  const inputs = terms.map((term, i) => labelsOf(equation, term, (nodes[i] as Node).shape, i));
  const output = outputLabels(equation, right, inputs);
  const sizes = sizesOfLabels(
    equation,
    inputs,
    nodes.map((node) => node.shape),
  );
  const values = nodes.map((node, i) => {
    const labels = inputs[i] as string[];
    // On a diagonal both sizes count, also where one of them would broadcast.
    const equal = labels.map(
      (label, axis) =>
        (labels.indexOf(label) === labels.lastIndexOf(label) ? node.shape[axis] : sizes.get(label)) as number,
    );
    const square = sameShape(equal, node.shape) ? node : build.expand(node, equal);
    return withoutBroadcast(diagonals(square, labels), sizes);
  });
  return wrapNode(contractAll(values, output, sizes), device);
}

/** Dimensions that are summed: how many, or lists of those of both operands. */
export type ContractedAxes = number | readonly [readonly number[], readonly number[]];

/** @throws RangeError unless the axes of both are as many and of the same sizes. */
function contractedAxes(a: Shape, b: Shape, dims: ContractedAxes): [number[], number[]] {
  if (typeof dims === 'number') {
    if (!Number.isInteger(dims) || dims < 0 || dims > Math.min(a.length, b.length)) {
      throw new RangeError(
        `tensordot: dims is ${dims}; expected how many of the last dimensions of ${formatShape(a)} and of the first of ` +
          `${formatShape(b)} to sum, or lists of both.`,
      );
    }
    const count = Array.from({ length: dims }, (_, i) => i);
    return [count.map((i) => a.length - dims + i), count];
  }
  return [
    dims[0].map((axis) => normalizeAxis('tensordot', axis, a.length)),
    dims[1].map((axis) => normalizeAxis('tensordot', axis, b.length)),
  ];
}

/** Names for the dimensions of two operands, where pairs of axes share one. */
function pairLabels(
  a: Shape,
  b: Shape,
  axes: readonly [readonly number[], readonly number[]],
): [string[], string[]] {
  const left = a.map((_, axis) => `a${axis}`);
  const right = b.map((_, axis) => `b${axis}`);
  axes[1].forEach((axis, i) => {
    right[axis] = left[axes[0][i] as number] as string;
  });
  return [left, right];
}

function contractTwo(
  operation: string,
  a: Tensor,
  b: Tensor,
  axes: readonly [readonly number[], readonly number[]],
): Tensor {
  const { nodes, device } = numbersOf(operation, [a, b]);
  const [x, y] = nodes as [Node, Node];
  const labels = pairLabels(x.shape, y.shape, axes);
  const sizes = new Map<string, number>();
  [x, y].forEach((node, side) => {
    node.shape.forEach((size, axis) => {
      sizes.set((labels[side] as string[])[axis] as string, size);
    });
  });
  const output = [
    ...labels[0].filter((_, axis) => !axes[0].includes(axis)),
    ...labels[1].filter((_, axis) => !axes[1].includes(axis)),
  ];
  const values = [
    { node: x, labels: labels[0] },
    { node: y, labels: labels[1] },
  ];
  return wrapNode(contractAll(values, output, sizes), device);
}

/**
 * Products summed over pairs of dimensions, as PyTorch's and NumPy's tensordot: the last `dims` of `a` with the first of
 * `b`, or two lists of dimensions. What is left of `a` comes first, then what is left of `b`.
 * @throws RangeError when the dimensions do not exist, come twice, or differ in size.
 */
export function tensordot(a: Tensor, b: Tensor, dims: ContractedAxes = 2): Tensor {
  const axes = contractedAxes(a.shape, b.shape, dims);
  const sizes = axes.map((list, side) => list.map((axis) => [a, b][side]?.shape[axis] as number)) as [
    number[],
    number[],
  ];
  if (axes.some((list) => new Set(list).size !== list.length) || !sameShape(...sizes)) {
    throw new RangeError(
      `tensordot: dimensions [${axes[0].join(', ')}] of ${formatShape(a.shape)} and [${axes[1].join(', ')}] of ` +
        `${formatShape(b.shape)} do not pair; name each once, and only equal sizes.`,
    );
  }
  return contractTwo('tensordot', a, b, axes);
}

/** Products summed over the last dimension of both, as `Tensor.inner`. */
export const inner = (a: Tensor, b: Tensor): Tensor => a.inner(b);

/** The sum of the products of all elements, as `Tensor.vdot`. */
export const vdot = (a: Tensor, b: Tensor): Tensor => a.vdot(b);
