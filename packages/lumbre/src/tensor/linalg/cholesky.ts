import { customFunction } from '../custom.ts';
import type { Tensor } from '../tensor.ts';
import { fromHost, matrixAt, nameOf, readMatrices, squareMatrices } from './host.ts';
import { solveTriangular } from './triangular.ts';

/** Factorizes in place, reading the lower triangle alone. @returns the first step that has no root, or -1 */
function choleskyFactor(a: Float64Array, n: number): number {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j] as number;
      for (let k = 0; k < j; k++) sum -= (a[i * n + k] as number) * (a[j * n + k] as number);
      if (i === j) {
        if (!(sum > 0)) return i;
        a[i * n + i] = Math.sqrt(sum);
      } else a[i * n + j] = sum / (a[j * n + j] as number);
    }
    a.fill(0, i * n + i + 1, (i + 1) * n);
  }
  return -1;
}

/** The lower triangle with half of the diagonal. */
const lowerHalf = (x: Tensor): Tensor => x.tril().add(x.tril(-1)).mul(0.5);

function lowerFactor(a: Tensor): Tensor {
  return customFunction({
    name: 'linalg.cholesky',
    forward: (x: Tensor) => {
      const matrices = readMatrices('linalg.cholesky', x);
      for (let i = 0; i < matrices.count; i++) {
        const failed = choleskyFactor(matrixAt(matrices, i), matrices.rows);
        if (failed < 0) continue;
        throw new RangeError(
          `linalg.cholesky: ${nameOf(matrices.batch, i)} is not positive definite: its leading block of order ` +
            `${failed + 1} has no factor. If it should be, add a small multiple of the identity.`,
        );
      }
      return fromHost(matrices.values, x.shape, x);
    },
    // Murray 2016, Differentiation of the Cholesky decomposition, equation 10
    backward: (dy, { output: L }) => {
      const inner = lowerHalf(L.mT.matmul(dy));
      const left = solveTriangular(L.mT, inner, { upper: true });
      const whole = solveTriangular(L, left, { upper: false, left: false });
      return [whole.add(whole.mT).mul(0.5)];
    },
  })(a);
}

/**
 * The lower triangular L with A = L Lᵀ, of symmetric positive definite matrices [.., n, n], as torch.linalg.cholesky. Only
 * the lower triangle of A is read; with `upper`, only the upper one, and the result is Lᵀ. It computes on the host in
 * double precision; gradients flow, of any order, as for symmetric changes of A.
 *
 * @throws RangeError for matrices that are not square, or not positive definite; the message says which.
 */
export function cholesky(A: Tensor, { upper = false }: { readonly upper?: boolean } = {}): Tensor {
  const a = squareMatrices('linalg.cholesky', A);
  return upper ? lowerFactor(a.mT).mT : lowerFactor(a);
}
