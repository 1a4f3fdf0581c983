/** A = P L U of one matrix [n, n], L with ones on its diagonal, both in one array. */
export interface LU {
  readonly n: number;
  readonly factors: Float64Array;
  /** In step k row k changed places with row `pivots[k]`. */
  readonly pivots: Int32Array;
  /** Whether the number of exchanges is odd, which turns the determinant's sign. */
  readonly odd: boolean;
  /** The first step that found no pivot but 0, or -1: the matrix is singular. */
  readonly singularAt: number;
}

function swapRows(a: Float64Array, columns: number, i: number, j: number): void {
  for (let k = 0; k < columns; k++) {
    const other = a[i * columns + k] as number;
    a[i * columns + k] = a[j * columns + k] as number;
    a[j * columns + k] = other;
  }
}

/** row i -= factor · row j, from column `from` on */
function subtractRow(
  a: Float64Array,
  columns: number,
  i: number,
  j: number,
  factor: number,
  from: number,
): void {
  const target = i * columns;
  const source = j * columns;
  for (let k = from; k < columns; k++)
    a[target + k] = (a[target + k] as number) - factor * (a[source + k] as number);
}

/** Gaussian elimination with partial pivoting (Golub and Van Loan, Matrix Computations, 3.4), in place. */
export function luFactor(a: Float64Array, n: number): LU {
  const pivots = new Int32Array(n);
  let odd = false;
  let singularAt = -1;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    let largest = Math.abs(a[k * n + k] as number);
    for (let i = k + 1; i < n; i++) {
      const candidate = Math.abs(a[i * n + k] as number);
      // Not `>`: a NaN becomes the pivot, and then everything, instead of passing for a zero.
      if (candidate <= largest || Number.isNaN(largest)) continue;
      pivot = i;
      largest = candidate;
    }
    pivots[k] = pivot;
    if (largest === 0) {
      if (singularAt < 0) singularAt = k;
      continue;
    }
    if (pivot !== k) {
      swapRows(a, n, k, pivot);
      odd = !odd;
    }
    const diagonal = a[k * n + k] as number;
    for (let i = k + 1; i < n; i++) {
      const factor = (a[i * n + k] as number) / diagonal;
      a[i * n + k] = factor;
      if (factor !== 0) subtractRow(a, n, i, k, factor, k + 1);
    }
  }
  return { n, factors: a, pivots, odd, singularAt };
}

/** Solves A X = B for B [n, columns], in place. */
export function luSolve({ n, factors, pivots }: LU, b: Float64Array, columns: number): void {
  for (let k = 0; k < n; k++) if (pivots[k] !== k) swapRows(b, columns, k, pivots[k] as number);
  substitute(factors, b, n, columns, { upper: false, unit: true });
  substitute(factors, b, n, columns, { upper: true, unit: false });
}

/** Solves T X = B for a triangle T of the matrix `a` [n, n] and B [n, columns], in place. */
export function substitute(
  a: Float64Array,
  b: Float64Array,
  n: number,
  columns: number,
  { upper, unit }: { readonly upper: boolean; readonly unit: boolean },
): void {
  for (let step = 0; step < n; step++) {
    const i = upper ? n - 1 - step : step;
    for (let done = 0; done < step; done++) {
      const j = upper ? n - 1 - done : done;
      const factor = a[i * n + j] as number;
      if (factor !== 0) subtractRow(b, columns, i, j, factor, 0);
    }
    if (unit) continue;
    const diagonal = a[i * n + i] as number;
    for (let k = 0; k < columns; k++) b[i * columns + k] = (b[i * columns + k] as number) / diagonal;
  }
}
