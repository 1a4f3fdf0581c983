import { transposed } from './host.ts';
import { formQ, formR, householderQR, length } from './householder.ts';

/** A = U diag(S) Vh of one matrix [m, n], the singular values falling. */
export interface HostSvd {
  /** [m, k], or [m, m] if full */
  readonly U: Float64Array;
  /** [k], k = min(m, n) */
  readonly S: Float64Array;
  /** [k, n], or [n, n] if full */
  readonly Vh: Float64Array;
}

/** Sweeps over all pairs of rows; after pivoted QR some five are enough. */
const MOST_SWEEPS = 60;
const EPSILON = 2 ** -52;
/** Rows that are shorter than this part of the longest have no direction that products in double precision can tell. */
const VANISHING = 1e-150;

function dotRows(a: Float64Array, n: number, p: number, q: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (a[p * n + i] as number) * (a[q * n + i] as number);
  return sum;
}

/** Rows p and q become c p - s q and s p + c q. */
function rotateRows(a: Float64Array, n: number, p: number, q: number, c: number, s: number): void {
  for (let i = 0; i < n; i++) {
    const x = a[p * n + i] as number;
    const y = a[q * n + i] as number;
    a[p * n + i] = c * x - s * y;
    a[q * n + i] = s * x + c * y;
  }
}

/**
 * One-sided Jacobi (Hestenes 1958): rotates pairs of rows of `w` until all are orthogonal, and those of `v` with them.
 * It finds small singular values to high relative accuracy.
 */
function orthogonalizeRows(w: Float64Array, v: Float64Array, n: number): void {
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let rotated = false;
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) {
        const product = dotRows(w, n, p, q);
        if (product === 0) continue;
        const [a, b] = [dotRows(w, n, p, p), dotRows(w, n, q, q)];
        if (Math.abs(product) <= EPSILON * Math.sqrt(a) * Math.sqrt(b) * 4) continue;
        rotated = true;
        const zeta = (b - a) / (2 * product);
        const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
        const c = 1 / Math.hypot(1, t);
        rotateRows(w, n, p, q, c, c * t);
        rotateRows(v, n, p, q, c, c * t);
      }
    }
    if (!rotated) return;
  }
}

/** Puts into row `target` of `rows` [.., n] a unit vector that is orthogonal to the rows before it. */
function completeRow(rows: Float64Array, n: number, target: number): void {
  // The unit vector of which the least lies in the rows there are.
  const covered = new Float64Array(n);
  for (let r = 0; r < target; r++)
    for (let i = 0; i < n; i++) covered[i] = (covered[i] as number) + (rows[r * n + i] as number) ** 2;
  const axis = covered.indexOf(Math.min(...covered));
  for (let i = 0; i < n; i++) rows[target * n + i] = i === axis ? 1 : 0;
  for (let pass = 0; pass < 2; pass++) {
    for (let r = 0; r < target; r++) {
      const product = dotRows(rows, n, r, target);
      for (let i = 0; i < n; i++)
        rows[target * n + i] = (rows[target * n + i] as number) - product * (rows[r * n + i] as number);
    }
    const norm = length(rows, target * n, 1, n);
    for (let i = 0; i < n; i++) rows[target * n + i] = (rows[target * n + i] as number) / norm;
  }
}

/** [m, n] with m ≥ n. */
function tallSvd(a: Float64Array, m: number, n: number, full: boolean): HostSvd {
  const scale = a.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) || 1;
  const order = Int32Array.from({ length: n }, (_, j) => j);
  const qr = householderQR(
    a.map((value) => value / scale),
    m,
    n,
    order,
  );
  // A P = Q R, and R = vᵀ w with orthogonal rows in w: the right singular vectors, each times its singular value.
  const w = formR(qr, n);
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  orthogonalizeRows(w, v, n);

  const lengths = Float64Array.from({ length: n }, (_, i) => length(w, i * n, 1, n));
  const falling = [...lengths.keys()].sort((i, j) => (lengths[j] as number) - (lengths[i] as number));
  const S = Float64Array.from(falling, (i) => (lengths[i] as number) * scale);
  const right = new Float64Array(n * n);
  const shortest = (lengths[falling[0] as number] ?? 0) * VANISHING;
  falling.forEach((from, to) => {
    const norm = lengths[from] as number;
    if (norm <= shortest) completeRow(right, n, to);
    else for (let j = 0; j < n; j++) right[to * n + j] = (w[from * n + j] as number) / norm;
  });
  const Vh = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) Vh[i * n + (order[j] as number)] = right[i * n + j] as number;

  const width = full ? m : n;
  const q = formQ(qr, width);
  const U = new Float64Array(m * width);
  for (let i = 0; i < m; i++) {
    falling.forEach((from, to) => {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += (q[i * width + j] as number) * (v[from * n + j] as number);
      U[i * width + to] = sum;
    });
    for (let j = n; j < width; j++) U[i * width + j] = q[i * width + j] as number;
  }
  return { U, S, Vh };
}

/**
 * The singular value decomposition of one matrix of finite elements: QR with column pivoting, then one-sided Jacobi on
 * the transpose of R (Drmač and Veselić 2008).
 */
export function hostSvd(a: Float64Array, m: number, n: number, full: boolean): HostSvd {
  if (m >= n) return tallSvd(a, m, n, full);
  const { U, S, Vh } = tallSvd(transposed(a, m, n), n, m, full);
  return { U: transposed(Vh, m, m), S, Vh: transposed(U, n, full ? n : m) };
}
