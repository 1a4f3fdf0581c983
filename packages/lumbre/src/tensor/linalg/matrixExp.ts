import { cat } from '../combine.ts';
import { zerosLike } from '../creation.ts';
import { customFunction } from '../custom.ts';
import type { Tensor } from '../tensor.ts';
import { checkFinite, fromHost, matrixAt, matrixSize, readMatrices, squareMatrices } from './host.ts';
import { luFactor, luSolve } from './lu.ts';

/** Padé's numerator of degree 13 for the exponential, constant term first; the denominator alternates the signs. */
const PADE = [
  64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
  670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1,
] as const;

/** Up to this 1-norm the approximation is exact in double precision. */
const LARGEST_NORM = 5.371920351148152;

function multiply(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const factor = a[i * n + k] as number;
      for (let j = 0; j < n; j++)
        result[i * n + j] = (result[i * n + j] as number) + factor * (b[k * n + j] as number);
    }
  }
  return result;
}

function oneNorm(a: Float64Array, n: number): number {
  const sums = new Float64Array(n);
  a.forEach((value, i) => {
    sums[i % n] = (sums[i % n] as number) + Math.abs(value);
  });
  return sums.reduce((largest, sum) => Math.max(largest, sum), 0);
}

/** Scaling and squaring with Padé's approximation of degree 13 (Higham 2005). */
function hostExp(a: Float64Array, n: number): Float64Array {
  const squarings = Math.max(0, Math.ceil(Math.log2(oneNorm(a, n) / LARGEST_NORM)));
  const x = a.map((value) => value / 2 ** squarings);
  const square = multiply(x, x, n);
  const even = new Float64Array(n * n);
  const odd = new Float64Array(n * n);
  let power: Float64Array = new Float64Array(n * n);
  for (let i = 0; i < n; i++) power[i * n + i] = 1;
  for (let k = 0; k < PADE.length; k += 2) {
    for (let i = 0; i < n * n; i++) {
      even[i] = (even[i] as number) + (PADE[k] as number) * (power[i] as number);
      odd[i] = (odd[i] as number) + (PADE[k + 1] as number) * (power[i] as number);
    }
    if (k + 2 < PADE.length) power = multiply(power, square, n);
  }
  const u = multiply(x, odd, n);
  let result: Float64Array = even.map((value, i) => value + (u[i] as number));
  luSolve(
    luFactor(
      even.map((value, i) => value - (u[i] as number)),
      n,
    ),
    result,
    n,
  );
  for (let i = 0; i < squarings; i++) result = multiply(result, result, n);
  return result;
}

/**
 * The exponential Σ Aᵏ / k! of square matrices [.., n, n], as torch.linalg.matrix_exp. It computes on the host in double
 * precision; gradients flow, of any order.
 *
 * @throws RangeError for matrices that are not square, and for elements that are NaN or infinite.
 */
export function matrixExp(A: Tensor): Tensor {
  const a = squareMatrices('linalg.matrixExp', A);
  const [n] = matrixSize(a);
  return customFunction({
    name: 'linalg.matrixExp',
    forward: (x: Tensor) => {
      const matrices = readMatrices('linalg.matrixExp', x);
      checkFinite('linalg.matrixExp', matrices);
      for (let i = 0; i < matrices.count; i++) {
        const matrix = matrixAt(matrices, i);
        matrix.set(hostExp(matrix, n));
      }
      return fromHost(matrices.values, x.shape, x);
    },
    // exp [[Aᵀ, dy], [0, Aᵀ]] holds the derivative of exp at Aᵀ along dy in its corner (Mathias 1996).
    backward: (dy, { inputs: [x] }) => {
      const top = cat([x.mT, dy], -1);
      const bottom = cat([zerosLike(x), x.mT], -1);
      return [
        matrixExp(cat([top, bottom], -2))
          .narrow(-2, 0, n)
          .narrow(-1, n, n),
      ];
    },
  })(a);
}
