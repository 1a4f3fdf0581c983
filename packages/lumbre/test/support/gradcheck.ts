import * as build from '../../src/graph/builder.ts';
import { type DType, isFloat, type NumericArray } from '../../src/graph/dtype.ts';
import { bufferNode, type Node, release, retain, type Storage } from '../../src/graph/node.ts';
import { sizeOf } from '../../src/graph/shape.ts';
import type { Device } from '../../src/runtime/device.ts';
import { getDevice } from '../../src/runtime/devices.ts';
import { normalize } from '../../src/schedule/normalize.ts';
import { gradientsOf, tangentsOf } from '../../src/tensor/autograd.ts';

/** A source of the function under test; gradients are checked for those that are float64. */
export interface CheckedInput {
  readonly shape: readonly number[];
  readonly data: readonly number[];
  readonly dtype?: DType;
}

export type NodeFunction = (leaves: readonly Node[]) => Node;

const STEP = 1e-5;
/** Slopes on the two sides of a point that differ by more than this mean a kink, where there is nothing to compare. */
const KINK = 1e-3;
const TOLERANCE = 2e-6;

/** Weights of a result's elements, all different, so that elements that change places are seen. */
const weightOf = (i: number) => Math.cos(1 + 2 * i);

const sumAll = (a: Node): Node => build.reshape(build.sum(build.reshape(a, [sizeOf(a.shape)]), [0]), []);

/** Runs a graph whose leaves may be given other values, and frees what it computed. */
function runner(device: Device, output: Node): (replaced?: ReadonlyMap<Storage, Storage>) => NumericArray {
  const graph = normalize([output]);
  const program = device.prepare(graph);
  const inputs = graph.inputs.map(({ storage }) => storage as Storage);
  return (replaced) => {
    const [result] = program.run(inputs.map((storage) => replaced?.get(storage) ?? storage)) as [Storage];
    const values = device.read(result);
    result.free();
    return values;
  };
}

/**
 * Compares autograd with central differences in float64 on `js`.
 * @returns what differs, one line each; a complaint too if there were too many kinks to say anything
 */
export function checkGradients(f: NodeFunction, inputs: readonly CheckedInput[]): string[] {
  const device = getDevice('js');
  const leaves = inputs.map(({ shape, data, dtype }): Node => {
    const leaf: Node = bufferNode(device.upload(dtype ?? 'float64', data), shape);
    leaf.tracksGradient = isFloat(leaf.dtype);
    // Tensors that `f` makes hold the leaf too; the last holder frees it.
    retain(leaf);
    return leaf;
  });
  const result = f(leaves);
  const weights = bufferNode(
    device.upload(
      'float64',
      Array.from({ length: sizeOf(result.shape) }, (_, i) => weightOf(i)),
    ),
    result.shape,
  );
  const loss = runner(device, sumAll(build.mul(build.identity(result), weights)));
  const lossAt = (storage: Storage, data: readonly number[]): number => {
    const moved = device.upload(storage.dtype, data);
    const [value] = loss(new Map([[storage, moved]]));
    moved.free();
    return value as number;
  };
  retain(weights);
  const gradients = gradientsOf([result], [weights], (node) => leaves.includes(node));

  const problems: string[] = [];
  let kinks = 0;
  let total = 0;
  const [here] = loss() as ArrayLike<number> as [number];
  leaves.forEach((leaf, number) => {
    if (!leaf.tracksGradient) return;
    const { data } = inputs[number] as CheckedInput;
    const node = gradients.get(leaf) ?? build.full(leaf, 0);
    if (node.shape.join() !== leaf.shape.join() || node.dtype !== leaf.dtype) {
      problems.push(`the gradient of input ${number} is ${node.dtype}[${node.shape}], not [${leaf.shape}]`);
      return;
    }
    const gradient = runner(device, node)();
    data.forEach((x, i) => {
      total++;
      const right = lossAt(leaf.storage as Storage, data.with(i, x + STEP)) - here;
      const left = here - lossAt(leaf.storage as Storage, data.with(i, x - STEP));
      const slope = (right + left) / (2 * STEP);
      const scale = 1 + Math.abs(slope);
      if (Math.abs(right - left) / STEP > KINK * scale) {
        kinks++;
      } else if (!(Math.abs(slope - (gradient[i] as number)) <= TOLERANCE * scale)) {
        problems.push(`element ${i} of input ${number} at ${x}: gradient ${gradient[i]}, slope ${slope}`);
      }
    });
  });
  for (const node of [...leaves, weights]) release(node);
  if (kinks > 0.2 * total) problems.push(`${kinks} of ${total} points lie at a kink; choose other inputs`);
  return problems;
}

/** The gradient of the sum of `f` with respect to its first input, as a function of its own: for second derivatives. */
export const derivative =
  (f: NodeFunction): NodeFunction =>
  (leaves) => {
    const first = leaves[0] as Node;
    const result = f(leaves);
    return (
      gradientsOf([result], [build.full(result, 1)], (node) => node === first).get(first) ??
      build.full(first, 0)
    );
  };

/**
 * Compares forward mode with reverse mode, which finite differences have judged: the derivative along a direction, weighted
 * and summed, is the gradient of the weighted sum, along that direction.
 * @returns what differs
 */
export function checkTangents(f: NodeFunction, inputs: readonly CheckedInput[]): string[] {
  const device = getDevice('js');
  const held: Node[] = [];
  const upload = (shape: readonly number[], data: readonly number[], dtype: DType): Node => {
    const node = bufferNode(device.upload(dtype, data), shape);
    retain(node);
    held.push(node);
    return node;
  };
  const leaves = inputs.map(({ shape, data, dtype }) => {
    const leaf: Node = upload(shape, data, dtype ?? 'float64');
    leaf.tracksGradient = isFloat(leaf.dtype);
    return leaf;
  });
  const floats = leaves.filter((leaf) => leaf.tracksGradient);
  const along = floats.map(({ shape }, number) =>
    upload(
      shape,
      Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(3 + i + 10 * number)),
      'float64',
    ),
  );
  const result = f(leaves);
  const weights = upload(
    result.shape,
    Array.from({ length: sizeOf(result.shape) }, (_, i) => weightOf(i)),
    'float64',
  );
  const gradients = gradientsOf([result], [weights], (node) => floats.includes(node));
  const backward = floats
    .map((leaf, i) => sumAll(build.mul(gradients.get(leaf) ?? build.full(leaf, 0), along[i] as Node)))
    .reduce(build.add);
  const [tangent] = tangentsOf([result], floats, along).tangents as [Node];
  const [expected, actual] = [backward, sumAll(build.mul(tangent, weights))].map(
    (node) => runner(device, build.contiguous(node))()[0] as number,
  ) as [number, number];
  for (const node of held) release(node);
  if (Math.abs(expected - actual) <= 1e-10 * (1 + Math.abs(expected))) return [];
  return [`forward mode gives ${actual}, reverse mode ${expected}`];
}
