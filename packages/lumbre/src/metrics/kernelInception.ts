import { tensor } from '../tensor/creation.ts';
import { Generator } from '../tensor/generator.ts';
import { randperm } from '../tensor/random.ts';
import { noGrad, scope } from '../tensor/scope.ts';
import { type HostRows, type Rows, rowsPairOf } from './values.ts';

export interface KernelInceptionOptions {
  /** k(x, y) = (γ x·y + c)^degree. Default 3. */
  readonly degree?: number;
  /** Default 1 / d. */
  readonly gamma?: number;
  /** c. Default 1. */
  readonly coef0?: number;
  /** The mean over so many random subsets; 1, with all samples, unless given. */
  readonly subsets?: number;
  /** How many samples of each a subset has; at most all, which is the default. */
  readonly subsetSize?: number;
  /** What subsets are drawn from. Default one of seed 0, so that figures can be compared. */
  readonly generator?: Generator;
}

/** Mean and standard deviation over subsets. */
export interface KernelInceptionDistance {
  readonly mean: number;
  readonly std: number;
}

/** How many rows of a kernel matrix are in memory at a time. */
const ROWS = 1000;

/** Σ k(x, y) over rows of both, without those of equal number where `sameSet`. */
function kernelSum(
  x: Float32Array,
  y: Float32Array,
  columns: number,
  kernel: (products: ReturnType<typeof tensor>) => ReturnType<typeof tensor>,
  sameSet: boolean,
): number {
  const height = x.length / columns;
  let total = 0;
  for (let start = 0; start < height; start += ROWS) {
    const count = Math.min(ROWS, height - start);
    const sums = scope(() => {
      const block = tensor(x.slice(start * columns, (start + count) * columns), { shape: [count, columns] });
      const all = tensor(y, { shape: [y.length / columns, columns] });
      const whole = kernel(block.matmul(all.mT)).sum(1);
      const own = sameSet ? kernel(block.square().sum(1)) : null;
      return (own ? whole.sub(own) : whole).dataSync();
    });
    for (const sum of sums) total += sum;
  }
  return total;
}

function take({ data, columns }: HostRows, rows: ArrayLike<number>): Float32Array {
  const result = new Float32Array(rows.length * columns);
  for (let i = 0; i < rows.length; i++) {
    const from = (rows[i] as number) * columns;
    result.set(data.subarray(from, from + columns), i * columns);
  }
  return result;
}

/**
 * KID: the squared maximum mean discrepancy of features [n, d] under a polynomial kernel, by its unbiased estimate
 * (Bińkowski et al., arXiv:1801.01401). Unlike the Fréchet distance it does not depend on the number of samples, but for
 * its noise; so it may be a little below 0. Products are computed in float32, sums in double precision.
 *
 * @throws RangeError for features that do not fit, or subsets of fewer than two samples or more than there are.
 */
export function kernelInceptionDistance(
  real: Rows,
  generated: Rows,
  options: KernelInceptionOptions = {},
): KernelInceptionDistance {
  const operation = 'kernelInceptionDistance';
  const [a, b] = rowsPairOf(operation, real, generated, ['real', 'generated']);
  const fewest = Math.min(a.rows, b.rows);
  const { degree = 3, gamma = 1 / a.columns, coef0 = 1, subsets = 1, subsetSize } = options;
  if (!Number.isInteger(degree) || degree < 1)
    throw new RangeError(`${operation}: degree must be a positive integer, not ${degree}.`);
  if (!Number.isInteger(subsets) || subsets < 1)
    throw new RangeError(`${operation}: subsets must be a positive integer, not ${subsets}.`);
  if (
    fewest < 2 ||
    (subsetSize !== undefined && !(Number.isInteger(subsetSize) && subsetSize >= 2 && subsetSize <= fewest))
  ) {
    throw new RangeError(
      `${operation}: subsets of ${subsetSize ?? fewest} samples of ${a.rows} and ${b.rows}; expected from 2 to ${fewest}.`,
    );
  }
  const generator = options.generator ?? new Generator(0);
  const draw = (set: HostRows) => {
    if (subsetSize === undefined)
      return take(
        set,
        Int32Array.from({ length: set.rows }, (_, i) => i),
      );
    return scope(() => take(set, randperm(set.rows, { generator }).dataSync().subarray(0, subsetSize)));
  };
  const estimates = Array.from({ length: subsets }, () =>
    noGrad(() => {
      const [x, y] = [draw(a), draw(b)];
      const [m, n] = [x.length / a.columns, y.length / a.columns];
      const kernel = (products: ReturnType<typeof tensor>) => {
        const base = products.mul(gamma).add(coef0);
        let power = base;
        for (let i = 1; i < degree; i++) power = power.mul(base);
        return power;
      };
      return (
        kernelSum(x, x, a.columns, kernel, true) / (m * (m - 1)) +
        kernelSum(y, y, a.columns, kernel, true) / (n * (n - 1)) -
        (2 * kernelSum(x, y, a.columns, kernel, false)) / (m * n)
      );
    }),
  );
  const mean = estimates.reduce((sum, value) => sum + value, 0) / subsets;
  const variance = estimates.reduce((sum, value) => sum + (value - mean) ** 2, 0) / subsets;
  return { mean, std: Math.sqrt(variance) };
}
