import type { Shape } from '../../graph/shape.ts';
import { cat } from '../combine.ts';
import { customFunction } from '../custom.ts';
import type { Tensor } from '../tensor.ts';
import { floatMatrices, fromHost, matrixAt, matrixSize, readMatrices } from './host.ts';
import { formQ, formR, householderQR } from './householder.ts';
import { packer, unpack } from './packing.ts';
import { solveTriangular } from './triangular.ts';

/** The lower triangle of a square matrix, mirrored onto the upper one. */
const mirrored = (x: Tensor): Tensor => x.tril().add(x.tril(-1).mT);

/** The gradient of A = Q R, where Q [.., m, n] has no more columns than rows and R is square and upper triangular. */
function tallGradient(Q: Tensor, R: Tensor, dQ: Tensor, dR: Tensor): Tensor {
  const between = R.matmul(dR.mT).sub(dQ.mT.matmul(Q));
  const whole = dQ.add(Q.matmul(mirrored(between)));
  return solveTriangular(R.mT, whole, { upper: false, left: false });
}

function qrGradient(Q: Tensor, R: Tensor, dQ: Tensor, dR: Tensor): Tensor {
  const [k, n] = matrixSize(R);
  const m = Q.shape.at(-2) as number;
  if (k > n) {
    // The complete form. Columns that A does not reach turn as they must to stay orthogonal to the others.
    const [reached, rest] = [Q.narrow(-1, 0, n), Q.narrow(-1, n, k - n)];
    const [dReached, dRest] = [dQ.narrow(-1, 0, n), dQ.narrow(-1, n, k - n)];
    const turned = dReached.sub(rest.matmul(dRest.mT).matmul(reached));
    return tallGradient(reached, R.narrow(-2, 0, n), turned, dR.narrow(-2, 0, n));
  }
  if (m >= n) return tallGradient(Q, R, dQ, dR);
  // A = [X Y] = Q [U V]: V = Qᵀ Y only depends on Q.
  const [dU, dV] = [dR.narrow(-1, 0, m), dR.narrow(-1, m, n - m)];
  const [U, V] = [R.narrow(-1, 0, m), R.narrow(-1, m, n - m)];
  const Y = Q.matmul(V);
  const dX = tallGradient(Q, U, dQ.add(Y.matmul(dV.mT)), dU);
  return cat([dX, Q.matmul(dV)], -1);
}

/**
 * A = Q R of matrices [.., m, n] with orthonormal columns in Q and R upper triangular, as torch.linalg.qr, by Householder
 * reflections with LAPACK's signs. With k = min(m, n), `reduced` gives Q [.., m, k] and R [.., k, n], `complete`
 * Q [.., m, m] and R [.., m, n]. It computes on the host in double precision. Gradients flow, of any order, where the
 * first k columns of A are independent; those to the additional columns of a complete Q hold for functions that do not
 * depend on the choice among them.
 *
 * @throws RangeError for fewer than two dimensions.
 */
export function qr(
  A: Tensor,
  { mode = 'reduced' }: { readonly mode?: 'reduced' | 'complete' } = {},
): [Q: Tensor, R: Tensor] {
  if (mode !== 'reduced' && mode !== 'complete') {
    throw new RangeError(`linalg.qr: mode must be 'reduced' or 'complete', not '${mode}'.`);
  }
  const a = floatMatrices('linalg.qr', A);
  const [m, n] = matrixSize(a);
  const k = mode === 'complete' ? m : Math.min(m, n);
  const parts: Shape[] = [
    [m, k],
    [k, n],
  ];
  const packed = customFunction({
    name: 'linalg.qr',
    forward: (x: Tensor) => {
      const matrices = readMatrices('linalg.qr', x);
      const { values, add } = packer(matrices.count, parts);
      for (let i = 0; i < matrices.count; i++) {
        const factors = householderQR(matrixAt(matrices, i), m, n);
        add(formQ(factors, k), formR(factors, k));
      }
      return fromHost(values, [...matrices.batch, m * k + k * n], x);
    },
    backward: (dy, { output }) => {
      const [Q, R] = unpack(output, parts) as [Tensor, Tensor];
      const [dQ, dR] = unpack(dy, parts) as [Tensor, Tensor];
      return [qrGradient(Q, R, dQ, dR.triu())];
    },
  })(a);
  const [Q, R] = unpack(packed, parts) as [Tensor, Tensor];
  return [Q, R];
}
