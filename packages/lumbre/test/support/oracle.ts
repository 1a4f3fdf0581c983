import { type DType, isFloat, type NumericArray } from '../../src/graph/dtype.ts';
import { sizeOf } from '../../src/graph/shape.ts';
import { gradients, Tensor } from '../../src/index.ts';
import { uploadNode } from '../../src/tensor/realize.ts';
import { difference, scaleOf, type Tolerance, tolerances } from './compare.ts';
import type { Random } from './random.ts';

/** An argument of a function under test. Floats are float32 on the device under test and float64 at the oracle. */
export interface Given {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
  readonly dtype?: DType;
}

export type TensorFunction = (inputs: readonly Tensor[]) => Tensor | readonly Tensor[];

export interface AgreementOptions {
  /** Whether gradients by all float inputs are compared too. Default false. */
  readonly gradients?: boolean;
  readonly tolerance?: Tolerance;
}

/** Numbers of `shape` that float32 holds exactly, so that both devices start from the same. */
export const draw = (random: Random, shape: readonly number[], low = -1, high = 1): Given => ({
  shape,
  data: Float32Array.from({ length: sizeOf(shape) }, () => random.uniform(low, high)),
});

/** Weights of a result's elements, all different, so that elements that change places are seen. */
const seedFor = (size: number) => Float32Array.from({ length: size }, (_, i) => Math.cos(1 + 2 * i));

interface Computed {
  readonly what: string;
  readonly dtype: DType;
  readonly values: NumericArray;
}

function compute(
  device: string,
  float: DType,
  inputs: readonly Given[],
  f: TensorFunction,
  withGradients: boolean,
): Computed[] {
  const upload = (dtype: DType, shape: readonly number[], data: ArrayLike<number>) =>
    new Tensor(uploadNode(device, dtype, shape, data), device);
  const leaves = inputs.map(({ shape, data, dtype }) => {
    const leaf = upload(dtype ?? float, shape, data);
    leaf.requiresGrad = withGradients && isFloat(leaf.dtype);
    return leaf;
  });
  const returned = f(leaves);
  const results = returned instanceof Tensor ? [returned] : [...returned];
  const computed = results.map((result, i) => ({
    what: `output ${i}`,
    dtype: result.dtype,
    values: result.dataSync(),
  }));
  const tracked = results.filter((result) => result.requiresGrad);
  const wanted = leaves.filter((leaf) => leaf.requiresGrad);
  if (tracked.length === 0 || wanted.length === 0) return computed;
  const seeds = tracked.map(({ dtype, shape, size }) => upload(dtype, shape, seedFor(size)));
  gradients(tracked, wanted, seeds).forEach((gradient, i) => {
    computed.push({
      what: `gradient of input ${leaves.indexOf(wanted[i] as Tensor)}`,
      dtype: gradient.dtype,
      values: gradient.dataSync(),
    });
  });
  return computed;
}

/**
 * Computes a function on wasm in float32 and on `js` in float64.
 * @returns what differs, one line each
 */
export function disagreements(
  inputs: readonly Given[],
  f: TensorFunction,
  { gradients: withGradients = false, tolerance }: AgreementOptions = {},
): string[] {
  const actual = compute('wasm', 'float32', inputs, f, withGradients);
  const expected = compute('js', 'float64', inputs, f, withGradients);
  return actual.flatMap(({ what, dtype, values }, i) => {
    const oracle = expected[i] as Computed;
    const problem = difference(values, oracle.values, tolerance ?? tolerances[dtype], scaleOf(oracle.values));
    return problem ? [`${what}: ${problem}`] : [];
  });
}
