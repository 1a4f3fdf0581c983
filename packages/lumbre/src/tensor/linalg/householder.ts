/**
 * Householder's QR factorization of one matrix [rows, columns], in place: R on and above the diagonal, below it the
 * reflectors v of H = I - τ v vᵀ, whose first element is 1 and not stored. Signs are LAPACK's: the diagonal of R has the
 * opposite sign of what stood there.
 */
export interface HouseholderQR {
  readonly rows: number;
  readonly columns: number;
  readonly factors: Float64Array;
  readonly taus: Float64Array;
}

/** √Σ aᵢ² of `count` elements, without overflow or underflow on the way. */
export function length(a: Float64Array, start: number, stride: number, count: number): number {
  let largest = 0;
  for (let i = 0; i < count; i++) {
    const magnitude = Math.abs(a[start + i * stride] as number);
    if (!(magnitude <= largest)) largest = magnitude;
  }
  if (largest === 0 || !Number.isFinite(largest)) return largest;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += ((a[start + i * stride] as number) / largest) ** 2;
  return largest * Math.sqrt(sum);
}

/**
 * Turns a vector of `count` elements into a reflector that maps it to (beta, 0, ..): afterwards `start` holds beta and
 * the others v.
 */
export function makeReflector(a: Float64Array, start: number, stride: number, count: number): number {
  const alpha = a[start] as number;
  const rest = length(a, start + stride, stride, count - 1);
  if (rest === 0) return 0;
  const beta = -Math.sign(alpha || 1) * Math.hypot(alpha, rest);
  for (let i = 1; i < count; i++) a[start + i * stride] = (a[start + i * stride] as number) / (alpha - beta);
  a[start] = beta;
  return (beta - alpha) / beta;
}

/** What of `factors` is a reflector: column `k` below the diagonal. */
interface Reflectors {
  readonly factors: Float64Array;
  readonly columns: number;
  readonly taus: Float64Array;
}

/** H b for reflector `k`, to the columns from `from` of `b` [rows, width]. */
function reflect(
  { factors, columns, taus }: Reflectors,
  k: number,
  b: Float64Array,
  rows: number,
  width: number,
  from: number,
): void {
  const tau = taus[k] as number;
  if (tau === 0) return;
  const products = b.slice(k * width + from, (k + 1) * width);
  for (let i = k + 1; i < rows; i++) {
    const v = factors[i * columns + k] as number;
    for (let j = from; j < width; j++)
      products[j - from] = (products[j - from] as number) + v * (b[i * width + j] as number);
  }
  for (let i = k; i < rows; i++) {
    const v = tau * (i === k ? 1 : (factors[i * columns + k] as number));
    for (let j = from; j < width; j++)
      b[i * width + j] = (b[i * width + j] as number) - v * (products[j - from] as number);
  }
}

/** Brings the longest of the columns from `k` on, measured below row `k`, to place `k`. */
function pivotColumn(a: Float64Array, rows: number, columns: number, k: number, order: Int32Array): void {
  const squares = new Float64Array(columns);
  for (let i = k; i < rows; i++)
    for (let j = k; j < columns; j++)
      squares[j] = (squares[j] as number) + (a[i * columns + j] as number) ** 2;
  let best = k;
  for (let j = k + 1; j < columns; j++) if ((squares[j] as number) > (squares[best] as number)) best = j;
  if (best === k) return;
  [order[k], order[best]] = [order[best] as number, order[k] as number];
  for (let i = 0; i < rows; i++) {
    const value = a[i * columns + k] as number;
    a[i * columns + k] = a[i * columns + best] as number;
    a[i * columns + best] = value;
  }
}

/**
 * Factorizes in place.
 * @param order if given, columns are exchanged so that the diagonal of R falls, and `order` with them
 */
export function householderQR(
  a: Float64Array,
  rows: number,
  columns: number,
  order?: Int32Array,
): HouseholderQR {
  const taus = new Float64Array(Math.min(rows, columns));
  const result = { rows, columns, factors: a, taus };
  for (let k = 0; k < taus.length; k++) {
    if (order) pivotColumn(a, rows, columns, k, order);
    taus[k] = makeReflector(a, k * columns + k, columns, rows - k);
    reflect(result, k, a, rows, columns, k + 1);
  }
  return result;
}

/** The first `width` columns of Q, as [rows, width]. */
export function formQ(qr: HouseholderQR, width: number): Float64Array {
  const { rows, taus } = qr;
  const q = new Float64Array(rows * width);
  for (let i = 0; i < Math.min(rows, width); i++) q[i * width + i] = 1;
  for (let k = taus.length - 1; k >= 0; k--) reflect(qr, k, q, rows, width, k);
  return q;
}

/** The first `height` rows of R, as [height, columns]. */
export function formR({ columns, rows, factors }: HouseholderQR, height: number): Float64Array {
  const r = new Float64Array(height * columns);
  for (let i = 0; i < Math.min(rows, height); i++)
    for (let j = i; j < columns; j++) r[i * columns + j] = factors[i * columns + j] as number;
  return r;
}
