import { grad, scope, type Tensor, tensor } from '../../src/index.ts';

/** An input of a function under test, in float64 on `js`. */
export interface Values {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export type TensorFunction = (...inputs: Tensor[]) => Tensor;

const STEP = 1e-5;
const TOLERANCE = 5e-7;

const onOracle = ({ shape, data }: Values): Tensor =>
  tensor([...data], { shape, device: 'js', dtype: 'float64' });

/** The sum of the elements times weights that are all different. */
function weighted(result: Tensor): Tensor {
  const weights = Array.from({ length: result.size }, (_, i) => Math.cos(1 + 2 * i));
  return result.mul(onOracle({ shape: result.shape, data: weights })).sum();
}

/**
 * Compares gradients with central differences, for functions that compute on the host, where the graph cannot be run
 * again with other inputs.
 * @returns what differs, one line each
 */
export function checkSlopes(f: TensorFunction, inputs: readonly Values[]): string[] {
  const loss: TensorFunction = (...tensors) => weighted(f(...tensors));
  const valueAt = (position: number, data: readonly number[]): number =>
    scope(() => loss(...inputs.map((x, i) => onOracle(i === position ? { ...x, data } : x))).itemSync());
  const argnums = inputs.map((_, i) => i);
  const gradients = grad(loss, { argnums })(...inputs.map(onOracle)) as Tensor[];
  return inputs.flatMap(({ data }, position) => {
    const gradient = (gradients[position] as Tensor).dataSync();
    return data.flatMap((x, i) => {
      const slope =
        (valueAt(position, data.with(i, x + STEP)) - valueAt(position, data.with(i, x - STEP))) / (2 * STEP);
      const close = Math.abs(slope - (gradient[i] as number)) <= TOLERANCE * (1 + Math.abs(slope));
      return close
        ? []
        : [`element ${i} of input ${position} at ${x}: gradient ${gradient[i]}, slope ${slope}`];
    });
  });
}

/** The gradients of a weighted sum of `f`, laid end to end: for second derivatives. */
export const gradientsOf =
  (f: TensorFunction): TensorFunction =>
  (...inputs) => {
    const argnums = inputs.map((_, i) => i);
    const gradients = grad((...x: Tensor[]) => weighted(f(...x)), { argnums })(...inputs) as Tensor[];
    return gradients.map((g) => weighted(g.mul(g.add(1)))).reduce((a, b) => a.add(b));
  };
