import { tensor } from '../creation.ts';
import type { Tensor } from '../tensor.ts';
import { multiply } from './complex.ts';

/** The sign of the exponent: -1 forward, 1 backward. */
export type Direction = -1 | 1;

/** Up to so many points one product with the matrix of all roots is faster than smaller ones with steps between. */
const DIRECT = 64;
/** Up to so many points a prime is worth its matrix; above, a convolution. */
const DIRECT_PRIME = 128;

/** e^(direction · 2πi · turns / n), with whole turns taken off before the angle is rounded. */
function root(turns: number, n: number, direction: Direction): readonly [real: number, imag: number] {
  const angle = (direction * 2 * Math.PI * (turns % n)) / n;
  return [Math.cos(angle), Math.sin(angle)];
}

/** The largest divisor to begin with that leaves two factors of like size, or 1 of a prime. */
function divisor(n: number): number {
  for (let a = Math.min(DIRECT, Math.floor(Math.sqrt(n))); a > 1; a--) if (n % a === 0) return a;
  for (let a = DIRECT + 1; a * a <= n; a++) if (n % a === 0) return a;
  return 1;
}

/** Numbers computed on the host, beside a tensor. */
const constant = (values: Float64Array, shape: readonly number[], { dtype, device }: Tensor): Tensor =>
  tensor(values, { shape, dtype, device });

/** All at once: pairs [rows, 2 n] times the matrix [2 n, 2 n] that does to pairs what the roots do to complex numbers. */
function direct(z: Tensor, n: number, direction: Direction): Tensor {
  const matrix = new Float64Array(4 * n * n);
  for (let j = 0; j < n; j++) {
    for (let k = 0; k < n; k++) {
      const [real, imag] = root(j * k, n, direction);
      const at = 4 * n * j + 2 * k;
      matrix[at] = real;
      matrix[at + 1] = imag;
      matrix[at + 2 * n] = -imag;
      matrix[at + 2 * n + 1] = real;
    }
  }
  const rows = z.shape[0] as number;
  return z
    .reshape(rows, 2 * n)
    .matmul(constant(matrix, [2 * n, 2 * n], z))
    .reshape(rows, n, 2);
}

/** In two steps, of a and of n / a points, with a turn of each number between them (Cooley and Tukey 1965). */
function composite(z: Tensor, n: number, a: number, direction: Direction): Tensor {
  const rows = z.shape[0] as number;
  const b = n / a;
  const columns = z
    .reshape(rows, a, b, 2)
    .permute(0, 2, 1, 3)
    .reshape(rows * b, a, 2);
  const first = transform(columns, direction).reshape(rows, b, a, 2);
  const turns = new Float64Array(2 * n);
  for (let j = 0; j < b; j++)
    for (let k = 0; k < a; k++) turns.set(root(j * k, n, direction), 2 * (j * a + k));
  const turned = multiply(first, constant(turns, [b, a, 2], z));
  const second = transform(turned.permute(0, 2, 1, 3).reshape(rows * a, b, 2), direction);
  return second.reshape(rows, a, b, 2).permute(0, 2, 1, 3).reshape(rows, n, 2);
}

/**
 * A prime number of points as a convolution of a power of two (Bluestein 1970): with 2 j k = j² + k² - (k - j)², the sum
 * over j is one of products of what depends on j and of what depends on k - j.
 */
function bluestein(z: Tensor, n: number, direction: Direction): Tensor {
  const size = 2 ** Math.ceil(Math.log2(2 * n - 1));
  const chirp = new Float64Array(2 * n);
  const kernel = new Float64Array(2 * size);
  for (let j = 0; j < n; j++) {
    // Half a turn is the unit: e^(πi j² / n).
    const [real, imag] = root((j * j) % (2 * n), 2 * n, direction);
    chirp.set([real, imag], 2 * j);
    kernel.set([real, -imag], 2 * j);
    if (j > 0) kernel.set([real, -imag], 2 * (size - j));
  }
  const around = constant(chirp, [n, 2], z);
  const padded = multiply(z, around).pad([
    [0, 0],
    [0, size - n],
    [0, 0],
  ]);
  const spectrum = transform(constant(kernel, [1, size, 2], z), -1);
  const convolved = transform(multiply(transform(padded, -1), spectrum), 1).narrow(1, 0, n);
  return multiply(convolved, around).mul(1 / size);
}

/**
 * Σⱼ zⱼ e^(direction · 2πi · j k / n) of rows [rows, n, 2] of complex numbers, as a composition of tensor operations: so it
 * is lazy, differentiates and compiles. The roots are computed on the host in double precision.
 */
export function transform(z: Tensor, direction: Direction): Tensor {
  const n = z.shape[1] as number;
  if (n === 1) return z;
  if (n <= DIRECT) return direct(z, n, direction);
  const a = divisor(n);
  if (a > 1) return composite(z, n, a, direction);
  return n <= DIRECT_PRIME ? direct(z, n, direction) : bluestein(z, n, direction);
}
