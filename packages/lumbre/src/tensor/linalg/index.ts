/**
 * Linear algebra with the names and the meaning of torch.linalg. Matrices are the last two dimensions, and those in front
 * of them a batch. Factorizations and what rests on them (`solve`, `inv`, `det`, `svd`, `pinv` and the like) read their
 * operands and compute on the host in double precision, so that they cannot stand inside `compile`; products, traces and
 * norms that need no singular values are operations like any other. Eigenvalues of matrices that are not symmetric are not
 * there: there are no complex numbers.
 */
export { cholesky } from './cholesky.ts';
export { det, slogdet } from './det.ts';
export { type EighOptions, eigh, eigvalsh } from './eigh.ts';
export { type LstsqOptions, lstsq, matrixRank, pinv, type ToleranceOptions } from './leastSquares.ts';
export { matrixExp } from './matrixExp.ts';
export { cond, type MatrixNormOrder, matrixNorm, norm, vectorNorm } from './norms.ts';
export { cross, kron, matrixPower, multiDot, trace } from './products.ts';
export { qr } from './qr.ts';
export { inv, type SolveOptions, solve } from './solve.ts';
export { svd, svdvals } from './svd.ts';
export { choleskySolve, type SolveTriangularOptions, solveTriangular } from './triangular.ts';
