import type { Shape } from '../../graph/shape.ts';
import { where } from '../combine.ts';
import { customFunction } from '../custom.ts';
import type { Tensor } from '../tensor.ts';
import { checkFinite, floatMatrices, fromHost, matrixAt, matrixSize, readMatrices } from './host.ts';
import { hostSvd } from './jacobi.ts';
import { packer, unpack } from './packing.ts';

const skew = (x: Tensor): Tensor => x.sub(x.mT);

/** 1 / x, and 0 for 0. */
export function reciprocalOrZero(x: Tensor): Tensor {
  const none = x.eq(0);
  return where(none, 0, x.maskedFill(none, 1).reciprocal());
}

/** What the columns `rest` that complete an orthonormal basis add to the gradient of the others, turning with them. */
const turned = (U: Tensor, dU: Tensor, rest: Tensor, dRest: Tensor): Tensor =>
  rest.shape.at(-1) === 0 ? dU : dU.sub(rest.matmul(dRest.mT).matmul(U));

/**
 * The gradient of A = U diag(S) Vᵀ for U [.., m, k] and V [.., n, k] (Giles 2008, 3.4; Townsend 2016, Differentiating the
 * singular value decomposition). The usual quotients by sⱼ² - sᵢ² are taken apart into those by sⱼ - sᵢ and sⱼ + sᵢ:
 * what does not depend on the choice of vectors has only the second where singular values are equal, and those are finite.
 */
function svdGradient(U: Tensor, S: Tensor, V: Tensor, dU: Tensor, dS: Tensor, dV: Tensor): Tensor {
  const [left, right] = [skew(U.mT.matmul(dU)), skew(V.mT.matmul(dV))];
  const [row, column] = [S.unsqueeze(-2), S.unsqueeze(-1)];
  const apart = left.add(right).mul(reciprocalOrZero(row.sub(column)));
  const together = left.sub(right).mul(reciprocalOrZero(row.add(column)));
  const scaled = U.mul(dS.unsqueeze(-2)).add(U.matmul(apart.add(together).mul(0.5)));
  const inverse = reciprocalOrZero(S).unsqueeze(-2);
  // What of the gradients leaves the spaces that U and V span.
  const outsideU = dU.sub(U.matmul(U.mT.matmul(dU))).mul(inverse);
  const outsideV = dV.sub(V.matmul(V.mT.matmul(dV))).mul(inverse);
  return scaled.add(outsideU).matmul(V.mT).add(U.matmul(outsideV.mT));
}

/**
 * A = U diag(S) Vh of matrices [.., m, n], as torch.linalg.svd: S [.., k], k = min(m, n), falls; U is [.., m, m] and Vh
 * [.., n, n], or, with `fullMatrices` false, [.., m, k] and [.., k, n]. The columns of U, with the rows of Vh, are only
 * determined up to their sign, and together up to rotation where singular values are equal. It computes on the host in
 * double precision, by one-sided Jacobi rotations. Gradients flow, of any order, and mean something for functions that do
 * not depend on that choice.
 *
 * @throws RangeError for fewer than two dimensions, and for elements that are NaN or infinite.
 */
export function svd(
  A: Tensor,
  { fullMatrices = true }: { readonly fullMatrices?: boolean } = {},
): [U: Tensor, S: Tensor, Vh: Tensor] {
  return decompose('linalg.svd', floatMatrices('linalg.svd', A), fullMatrices);
}

export function decompose(operation: string, a: Tensor, full: boolean): [Tensor, Tensor, Tensor] {
  const [m, n] = matrixSize(a);
  const k = Math.min(m, n);
  const [columns, rows] = full ? [m, n] : [k, k];
  const parts: Shape[] = [[m, columns], [k], [rows, n]];
  const packed = customFunction({
    name: operation,
    forward: (x: Tensor) => {
      const matrices = readMatrices(operation, x);
      checkFinite(operation, matrices);
      const { values, add } = packer(matrices.count, parts);
      for (let i = 0; i < matrices.count; i++) {
        const { U, S, Vh } = hostSvd(matrixAt(matrices, i), m, n, full);
        add(U, S, Vh);
      }
      return fromHost(values, [...matrices.batch, m * columns + k + rows * n], x);
    },
    backward: (dy, { output }) => {
      const [U, S, Vh] = unpack(output, parts) as [Tensor, Tensor, Tensor];
      const [dU, dS, dVh] = unpack(dy, parts) as [Tensor, Tensor, Tensor];
      const split = (x: Tensor): [Tensor, Tensor] => [
        x.narrow(-1, 0, k),
        x.narrow(-1, k, (x.shape.at(-1) as number) - k),
      ];
      const [[U1, U2], [V1, V2]] = [split(U), split(Vh.mT)];
      const [[dU1, dU2], [dV1, dV2]] = [split(dU), split(dVh.mT)];
      return [svdGradient(U1, S, V1, turned(U1, dU1, U2, dU2), dS, turned(V1, dV1, V2, dV2))];
    },
  })(a);
  return unpack(packed, parts) as [Tensor, Tensor, Tensor];
}

/** The singular values of matrices [.., m, n], falling: [.., min(m, n)]. See `svd`. */
export function svdvals(A: Tensor): Tensor {
  const [, S] = decompose('linalg.svdvals', floatMatrices('linalg.svdvals', A), false);
  return S;
}
