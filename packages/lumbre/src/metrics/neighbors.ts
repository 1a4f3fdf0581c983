import { tensor } from '../tensor/creation.ts';
import { noGrad, scope } from '../tensor/scope.ts';
import { columnMeans, type HostRows } from './values.ts';

/** |a - b|² of row i of `a` and row j of `b`. */
export function squaredDistance(
  a: Float64Array,
  i: number,
  b: Float64Array,
  j: number,
  columns: number,
): number {
  let sum = 0;
  for (let c = 0, p = i * columns, q = j * columns; c < columns; c++, p++, q++) {
    const difference = (a[p] as number) - (b[q] as number);
    sum += difference * difference;
  }
  return sum;
}

/** How many distances are in memory at a time. */
const BLOCK = 4_000_000;

/**
 * Squared distances of all rows of `a` to all rows of `b`, a few rows at a time, as products on the default device: exact
 * to some 1e-6 of the squared spread of the data.
 *
 * @param visit is called with each row's number and its distances, which are overwritten afterwards
 */
export function eachDistances(
  a: HostRows,
  b: HostRows,
  visit: (row: number, squared: ArrayLike<number>) => void,
): void {
  const { columns } = a;
  // Products cancel least around the mean.
  const means = columnMeans(b);
  const centered = ({ data }: HostRows) =>
    Float32Array.from(data, (value, i) => value - (means[i % columns] as number));
  const height = Math.max(1, Math.floor(BLOCK / b.rows));
  noGrad(() =>
    scope(() => {
      const reference = tensor(centered(b), { shape: [b.rows, columns] });
      const lengths = reference.square().sum(1).realize();
      const queries = centered(a);
      for (let start = 0; start < a.rows; start += height) {
        const count = Math.min(height, a.rows - start);
        const squared = scope(() => {
          const block = tensor(queries.slice(start * columns, (start + count) * columns), {
            shape: [count, columns],
          });
          const products = block.matmul(reference.mT);
          const own = block.square().sum(1, { keepdim: true });
          return own.add(lengths).sub(products.mul(2)).clamp({ min: 0 }).dataSync();
        });
        for (let i = 0; i < count; i++) visit(start + i, squared.subarray(i * b.rows, (i + 1) * b.rows));
      }
    }),
  );
}

/** The nearest rows, nearest first. */
export interface Neighbors {
  /** [queries, k], Euclidean. */
  readonly distances: Float64Array;
  /** [queries, k]: rows of the reference. */
  readonly indices: Int32Array;
}

/** Candidates beyond k: what rounding may have put in the wrong order. */
const SPARE = 4;

/**
 * The `k` nearest rows of `reference` for each row of `queries`, found by products on the engine; the distances of those
 * found are then computed again from differences, in double precision, so that a copy is at distance 0.
 *
 * @param excludeSelf for queries that are the reference: a row is not its own neighbour
 */
export function kNearest(
  queries: HostRows,
  reference: HostRows,
  k: number,
  { excludeSelf = false }: { readonly excludeSelf?: boolean } = {},
): Neighbors {
  const most = reference.rows - (excludeSelf ? 1 : 0);
  const width = Math.min(k + SPARE, most);
  const distances = new Float64Array(queries.rows * k);
  const indices = new Int32Array(queries.rows * k);
  const [near, at] = [new Float64Array(width), new Int32Array(width)];
  eachDistances(queries, reference, (row, squared) => {
    let found = 0;
    for (let j = 0; j < squared.length; j++) {
      const value = squared[j] as number;
      if (found === width && value >= (near[width - 1] as number)) continue;
      if (excludeSelf && j === row) continue;
      let place = found < width ? found++ : width - 1;
      for (; place > 0 && (near[place - 1] as number) > value; place--) {
        near[place] = near[place - 1] as number;
        at[place] = at[place - 1] as number;
      }
      near[place] = value;
      at[place] = j;
    }
    const exact = Array.from(at, (j) => ({
      j,
      d: squaredDistance(queries.data, row, reference.data, j, queries.columns),
    })).sort((x, y) => x.d - y.d || x.j - y.j);
    for (let i = 0; i < k; i++) {
      const { j, d } = exact[i] as { j: number; d: number };
      distances[row * k + i] = Math.sqrt(d);
      indices[row * k + i] = j;
    }
  });
  return { distances, indices };
}
