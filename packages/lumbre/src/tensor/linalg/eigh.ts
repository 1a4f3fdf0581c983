import type { Shape } from '../../graph/shape.ts';
import { customFunction } from '../custom.ts';
import type { Tensor } from '../tensor.ts';
import {
  checkFinite,
  fromHost,
  matrixAt,
  matrixSize,
  readMatrices,
  squareMatrices,
  transposed,
} from './host.ts';
import { packer, unpack } from './packing.ts';
import { reciprocalOrZero } from './svd.ts';
import { hostEigh } from './symmetric.ts';

export interface EighOptions {
  /** Which triangle is read: the lower one (default) or the upper one. */
  readonly UPLO?: 'L' | 'U';
}

function decompose(operation: string, A: Tensor, { UPLO = 'L' }: EighOptions): [Tensor, Tensor] {
  if (UPLO !== 'L' && UPLO !== 'U')
    throw new RangeError(`${operation}: UPLO must be 'L' or 'U', not '${UPLO}'.`);
  const square = squareMatrices(operation, A);
  const [n] = matrixSize(square);
  const parts: Shape[] = [[n], [n, n]];
  const packed = customFunction({
    name: operation,
    forward: (x: Tensor) => {
      const matrices = readMatrices(operation, x);
      checkFinite(operation, matrices);
      const { values, add } = packer(matrices.count, parts);
      for (let i = 0; i < matrices.count; i++) {
        const found = hostEigh(matrixAt(matrices, i), n);
        add(found.values, transposed(found.vectors, n, n));
      }
      return fromHost(values, [...matrices.batch, n + n * n], x);
    },
    // Giles 2008, 3.1. Where eigenvalues are equal only what does not depend on the choice of vectors has a gradient.
    backward: (dy, { output }) => {
      const [L, V] = unpack(output, parts) as [Tensor, Tensor];
      const [dL, dV] = unpack(dy, parts) as [Tensor, Tensor];
      const turn = V.mT.matmul(dV).mul(reciprocalOrZero(L.unsqueeze(-2).sub(L.unsqueeze(-1))));
      const whole = V.mul(dL.unsqueeze(-2)).add(V.matmul(turn)).matmul(V.mT);
      return [whole.add(whole.mT).mul(0.5)];
    },
  })(UPLO === 'L' ? square : square.mT);
  return unpack(packed, parts) as [Tensor, Tensor];
}

/**
 * Eigenvalues [.., n], rising, and eigenvectors [.., n, n], as columns, of symmetric matrices [.., n, n], as
 * torch.linalg.eigh. Only one triangle is read. Vectors are determined up to their sign, and together up to rotation
 * where values are equal. It computes on the host in double precision. Gradients flow, of any order, as for symmetric
 * changes of A, and mean something for functions that do not depend on that choice.
 *
 * @throws RangeError for matrices that are not square, and for elements that are NaN or infinite.
 */
export const eigh = (A: Tensor, options: EighOptions = {}): [eigenvalues: Tensor, eigenvectors: Tensor] =>
  decompose('linalg.eigh', A, options);

/** The eigenvalues [.., n] of symmetric matrices, rising. See `eigh`. */
export const eigvalsh = (A: Tensor, options: EighOptions = {}): Tensor =>
  decompose('linalg.eigvalsh', A, options)[0];
