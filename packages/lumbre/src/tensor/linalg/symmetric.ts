import { makeReflector } from './householder.ts';

/** Eigenvalues, rising, and the eigenvectors as rows. */
export interface HostEigh {
  readonly values: Float64Array;
  /** [n, n]: row i belongs to value i. */
  readonly vectors: Float64Array;
}

const EPSILON = 2 ** -52;
/** Of a matrix whose largest element is 1: what is less is rounding. */
const SMALLEST = 1e-290;
const MOST_STEPS = 100;

/**
 * Qᵀ A Q = T, tridiagonal (Golub and Van Loan, 8.3.1), for a symmetric A [n, n], which is overwritten.
 * @returns the diagonal, what is beside it, and Qᵀ
 */
function tridiagonalize(a: Float64Array, n: number) {
  const taus = new Float64Array(n);
  const beside = new Float64Array(n);
  const p = new Float64Array(n);
  for (let k = 0; k < n - 1; k++) {
    const first = k + 1;
    const tau = makeReflector(a, first * n + k, n, n - first);
    taus[k] = tau;
    beside[k] = a[first * n + k] as number;
    if (tau === 0) continue;
    const v = (i: number) => (i === first ? 1 : (a[i * n + k] as number));
    let vp = 0;
    for (let i = first; i < n; i++) {
      let sum = a[i * n + first] as number;
      for (let j = first + 1; j < n; j++) sum += (a[i * n + j] as number) * (a[j * n + k] as number);
      p[i] = tau * sum;
      vp += v(i) * (p[i] as number);
    }
    for (let i = first; i < n; i++) p[i] = (p[i] as number) - (tau / 2) * vp * v(i);
    for (let i = first; i < n; i++) {
      const [vi, pi] = [v(i), p[i] as number];
      for (let j = first; j < n; j++)
        a[i * n + j] = (a[i * n + j] as number) - vi * (p[j] as number) - pi * v(j);
    }
  }
  const diagonal = Float64Array.from({ length: n }, (_, i) => a[i * n + i] as number);
  return { diagonal, beside, rows: formTransposedQ(a, taus, n) };
}

/** Qᵀ for Q = H₀ H₁ .., whose reflectors lie below the first subdiagonal of `a`. */
function formTransposedQ(a: Float64Array, taus: Float64Array, n: number): Float64Array {
  const q = new Float64Array(n * n);
  for (let i = 0; i < n; i++) q[i * n + i] = 1;
  for (let k = n - 2; k >= 0; k--) {
    const tau = taus[k] as number;
    if (tau === 0) continue;
    const first = k + 1;
    // The rows of Qᵀ from `first` on, each times H from the right.
    for (let row = first; row < n; row++) {
      let sum = q[row * n + first] as number;
      for (let i = first + 1; i < n; i++) sum += (q[row * n + i] as number) * (a[i * n + k] as number);
      sum *= tau;
      q[row * n + first] = (q[row * n + first] as number) - sum;
      for (let i = first + 1; i < n; i++)
        q[row * n + i] = (q[row * n + i] as number) - sum * (a[i * n + k] as number);
    }
  }
  return q;
}

/** One implicit QR step with Wilkinson's shift on the block from `low` to `high` (Golub and Van Loan, 8.3.2). */
function qrStep(
  d: Float64Array,
  e: Float64Array,
  rows: Float64Array,
  n: number,
  low: number,
  high: number,
): void {
  const half = ((d[high - 1] as number) - (d[high] as number)) / 2;
  const last = e[high - 1] as number;
  const shift = (d[high] as number) - last * (last / (half + (half < 0 ? -1 : 1) * Math.hypot(half, last)));
  let x = (d[low] as number) - shift;
  let z = e[low] as number;
  for (let k = low; k < high; k++) {
    const r = Math.hypot(x, z);
    const [c, s] = r === 0 ? [1, 0] : [x / r, z / r];
    if (k > low) e[k - 1] = r;
    const [upper, lower, between] = [d[k] as number, d[k + 1] as number, e[k] as number];
    d[k] = c * c * upper + 2 * c * s * between + s * s * lower;
    d[k + 1] = s * s * upper - 2 * c * s * between + c * c * lower;
    e[k] = c * s * (lower - upper) + (c * c - s * s) * between;
    if (k < high - 1) {
      x = e[k] as number;
      z = s * (e[k + 1] as number);
      e[k + 1] = c * (e[k + 1] as number);
    }
    for (let i = 0; i < n; i++) {
      const [top, bottom] = [rows[k * n + i] as number, rows[(k + 1) * n + i] as number];
      rows[k * n + i] = c * top + s * bottom;
      rows[(k + 1) * n + i] = c * bottom - s * top;
    }
  }
}

/** Diagonalizes a tridiagonal matrix in place, rotating `rows` along. */
function diagonalize(d: Float64Array, e: Float64Array, rows: Float64Array, n: number): void {
  let high = n - 1;
  // Two or three steps a value are usual.
  for (let step = 0; high > 0; step++) {
    if (step > MOST_STEPS * n) {
      throw new Error(`linalg.eigh: no convergence after ${step} steps on a matrix of ${n} rows.`);
    }
    let low = high;
    while (low > 0) {
      const size = Math.abs(d[low - 1] as number) + Math.abs(d[low] as number);
      if (Math.abs(e[low - 1] as number) <= Math.max(EPSILON * size, SMALLEST)) {
        e[low - 1] = 0;
        break;
      }
      low--;
    }
    if (low === high) high--;
    else qrStep(d, e, rows, n, low, high);
  }
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix [n, n] of finite elements, of which only the lower triangle is
 * read: Householder's tridiagonal form, then implicit QR.
 */
export function hostEigh(lower: Float64Array, n: number): HostEigh {
  const scale = lower.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) || 1;
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      const value = (lower[i * n + j] as number) / scale;
      a[i * n + j] = value;
      a[j * n + i] = value;
    }
  const { diagonal, beside, rows } = tridiagonalize(a, n);
  diagonalize(diagonal, beside, rows, n);
  const rising = [...diagonal.keys()].sort((i, j) => (diagonal[i] as number) - (diagonal[j] as number));
  const vectors = new Float64Array(n * n);
  rising.forEach((from, to) => {
    vectors.set(rows.subarray(from * n, (from + 1) * n), to * n);
  });
  return { values: Float64Array.from(rising, (i) => (diagonal[i] as number) * scale), vectors };
}
