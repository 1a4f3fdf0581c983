import { customFunction } from '../custom.ts';
import type { Tensor } from '../tensor.ts';
import { batchOf, fromHost, type Matrices, matrixAt, readMatrices, squareMatrices } from './host.ts';
import { hostSvd } from './jacobi.ts';
import { type LU, luFactor } from './lu.ts';
import { unpack } from './packing.ts';
import { inverse } from './solve.ts';

const factorizations = (matrices: Matrices): LU[] =>
  Array.from({ length: matrices.count }, (_, i) => luFactor(matrixAt(matrices, i), matrices.rows));

/** The diagonal of U, to whose product only the exchanges of rows add a sign. */
const diagonalOf = ({ n, factors }: LU): number[] =>
  Array.from({ length: n }, (_, i) => factors[i * n + i] as number);

/** det A · A⁻ᵀ of one matrix, from its singular values, so that it is also right where A has no inverse. */
function cofactors(a: Float64Array, n: number): Float64Array {
  const result = new Float64Array(n * n);
  if (!a.every(Number.isFinite)) return result.fill(Number.NaN);
  const { U, S, Vh } = hostSvd(a, n, n, false);
  const sign = determinantOf(U, n) * determinantOf(Vh, n) < 0 ? -1 : 1;
  for (let k = 0; k < n; k++) {
    const others = S.reduce((product, s, i) => (i === k ? product : product * s), sign);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++)
        result[i * n + j] =
          (result[i * n + j] as number) + others * (U[i * n + k] as number) * (Vh[k * n + j] as number);
  }
  return result;
}

function determinantOf(a: Float64Array, n: number): number {
  const lu = luFactor(a.slice(), n);
  return diagonalOf(lu).reduce((product, x) => product * x, lu.odd ? -1 : 1);
}

function cofactorMatrix(a: Tensor): Tensor {
  return customFunction({
    name: 'linalg.det',
    forward: (x: Tensor) => {
      const matrices = readMatrices('linalg.det', x);
      const result = new Float64Array(matrices.values.length);
      for (let i = 0; i < matrices.count; i++)
        result.set(cofactors(matrixAt(matrices, i), matrices.rows), i * matrices.rows ** 2);
      return fromHost(result, x.shape, x);
    },
    // C = det A · A⁻ᵀ
    backward: (dy, { inputs: [x], output }) => {
      const transposed = inverse('linalg.det (second derivative)', x, 'throw').mT;
      const along = dy.mul(output).sum([-2, -1], { keepdim: true });
      return [along.mul(transposed).sub(output.matmul(dy.mT).matmul(transposed))];
    },
  })(a);
}

/**
 * The determinant of matrices [.., n, n], as torch.linalg.det; 1 of an empty matrix. It computes on the host in double
 * precision. The gradient is the matrix of cofactors, also for singular matrices; the second derivative needs the
 * inverse.
 *
 * @throws RangeError for matrices that are not square.
 */
export function det(A: Tensor): Tensor {
  return customFunction({
    name: 'linalg.det',
    forward: (x: Tensor) => {
      const values = factorizations(readMatrices('linalg.det', x)).map((lu) =>
        diagonalOf(lu).reduce((product, d) => product * d, lu.odd ? -1 : 1),
      );
      return fromHost(Float64Array.from(values), batchOf(x), x);
    },
    // Giles 2008, 2.2.4
    backward: (dy, { inputs: [x] }) => [dy.unsqueeze(-1).unsqueeze(-1).mul(cofactorMatrix(x))],
  })(squareMatrices('linalg.det', A));
}

/**
 * The sign of the determinant of matrices [.., n, n] and the logarithm of its magnitude, as torch.linalg.slogdet: where
 * the determinant itself would overflow. A singular matrix has sign 0 and logarithm -∞. It computes on the host in double
 * precision; gradients flow to the logarithm.
 *
 * @throws RangeError for matrices that are not square, and from the gradient at a singular one, where it is infinite.
 */
export function slogdet(A: Tensor): [sign: Tensor, logAbsDet: Tensor] {
  const a = squareMatrices('linalg.slogdet', A);
  const packed = customFunction({
    name: 'linalg.slogdet',
    forward: (x: Tensor) => {
      const pairs = factorizations(readMatrices('linalg.slogdet', x)).flatMap((lu) => {
        const diagonal = diagonalOf(lu);
        return [
          diagonal.reduce((sign, d) => sign * Math.sign(d), lu.odd ? -1 : 1),
          diagonal.reduce((sum, d) => sum + Math.log(Math.abs(d)), 0),
        ];
      });
      return fromHost(Float64Array.from(pairs), [...batchOf(x), 2], x);
    },
    backward: (dy, { inputs: [x] }) => {
      const gradient = dy.narrow(-1, 1, 1).unsqueeze(-1);
      return [gradient.mul(inverse('linalg.slogdet (gradient)', x, 'throw').mT)];
    },
  })(a);
  const [sign, logarithm] = unpack(packed, [[], []]) as [Tensor, Tensor];
  return [sign.detach(), logarithm];
}
