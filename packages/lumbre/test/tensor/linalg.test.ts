import { describe, expect, test } from 'vitest';
import { compile, eye, linalg, type Tensor, tensor, zeros } from '../../src/index.ts';
import { Random } from '../support/random.ts';
import { checkSlopes, gradientsOf, type TensorFunction, type Values } from '../support/slopes.ts';

const numbers = (count: number, seed = 1): number[] => {
  const source = new Random(seed);
  return Array.from({ length: count }, () => source.uniform(-2, 2));
};

const values = (shape: readonly number[], seed = 1): Values => ({
  shape,
  data: numbers(
    shape.reduce((a, b) => a * b, 1),
    seed,
  ),
});

/** Square matrices that are far from singular. */
const invertible = (...shape: readonly number[]): Values => {
  const { data } = values(shape);
  const n = shape.at(-1) as number;
  return { shape, data: data.map((x, i) => ((i % (n * n)) % (n + 1) === 0 ? x + 5 : x)) };
};

const oracle = ({ shape, data }: Values): Tensor =>
  tensor([...data], { shape, device: 'js', dtype: 'float64' });

const random = (...shape: number[]): Tensor => oracle(values(shape, shape.length + 1));

const distance = (a: Tensor, b: Tensor): number => (a.size === 0 ? 0 : a.sub(b).abs().max().itemSync());

const identity = (n: number, device = 'js') =>
  eye(n, n, { device, dtype: device === 'js' ? 'float64' : 'float32' });

const shapes = [
  [1, 1],
  [3, 3],
  [5, 2],
  [2, 5],
  [2, 4, 3],
  [2, 3, 2, 4],
  [0, 3],
  [3, 0],
  [40, 30],
  [30, 40],
];

describe('svd()', () => {
  test.each(shapes)('gives the matrix back and orthonormal vectors for [%s, %s, ..]', (...shape) => {
    const a = random(...shape);
    const [m, n] = shape.slice(-2) as [number, number];
    const k = Math.min(m, n);
    for (const fullMatrices of [true, false]) {
      const [U, S, Vh] = linalg.svd(a, { fullMatrices });
      expect(U.shape.slice(-2)).toEqual([m, fullMatrices ? m : k]);
      expect(Vh.shape.slice(-2)).toEqual([fullMatrices ? n : k, n]);
      const product = U.narrow(-1, 0, k)
        .mul(S.unsqueeze(-2))
        .matmul(Vh.narrow(-2, 0, k));
      expect(distance(product, a)).toBeLessThan(1e-12);
      expect(distance(U.mT.matmul(U), identity(U.shape.at(-1) as number))).toBeLessThan(1e-12);
      expect(distance(Vh.matmul(Vh.mT), identity(Vh.shape.at(-2) as number))).toBeLessThan(1e-12);
    }
  });

  const float64 = { device: 'js', dtype: 'float64' } as const;

  test.each<[string, () => Tensor]>([
    ['zeros', () => zeros([4, 3], float64)],
    ['rank 1', () => tensor([1, 2, 3, 4], float64).outer(tensor([1, -2, 2], float64))],
    ['equal values', () => identity(4)],
    ['a wide range', () => tensor([1e200, 0, 0, 0, 1e-200, 0, 0, 0, 1e-300], { shape: [3, 3], ...float64 })],
  ])('is orthonormal for %s', (_, make) => {
    const a = make();
    const [U, S, Vh] = linalg.svd(a);
    expect(distance(U.mT.matmul(U), identity(U.shape[0] as number))).toBeLessThan(1e-12);
    expect(distance(Vh.matmul(Vh.mT), identity(Vh.shape[0] as number))).toBeLessThan(1e-12);
    const k = S.size;
    const product = U.narrow(-1, 0, k)
      .mul(S)
      .matmul(Vh.narrow(-2, 0, k));
    const size = Math.max(a.abs().max().itemSync(), 1);
    expect(distance(product, a) / size).toBeLessThan(1e-14);
  });

  test('finds small singular values to high relative accuracy', () => {
    // Singular values of a graded triangular matrix, whose determinant is exact.
    const a = tensor([1, 1, 1, 0, 1e-8, 1e-8, 0, 0, 1e-16], {
      shape: [3, 3],
      device: 'js',
      dtype: 'float64',
    });
    const S = linalg.svdvals(a).dataSync();
    expect((S[0] as number) * (S[1] as number) * (S[2] as number)).toBeCloseTo(1e-24, 36);
  });
});

describe('eigh()', () => {
  test.each([
    [1, 1],
    [2, 2],
    [3, 4, 4],
    [0, 0],
    [40, 40],
  ])('gives the matrix back for [%s, %s, ..]', (...shape) => {
    const x = random(...shape);
    const a = x.add(x.mT);
    const [L, V] = linalg.eigh(a);
    expect(distance(V.mul(L.unsqueeze(-2)).matmul(V.mT), a)).toBeLessThan(1e-12);
    expect(distance(V.mT.matmul(V), identity(shape.at(-1) as number))).toBeLessThan(1e-12);
    const n = L.shape.at(-1) as number;
    const rises = L.narrow(-1, 0, Math.max(n - 1, 0)).le(L.narrow(-1, Math.min(n, 1), Math.max(n - 1, 0)));
    expect(rises.all().itemSync()).toBe(1);
  });

  test('reads one triangle alone', () => {
    const a = tensor([2, 100, 1, 3], { shape: [2, 2] });
    const lower = tensor([2, 1, 1, 3], { shape: [2, 2] });
    const upper = tensor([2, 100, 100, 3], { shape: [2, 2] });
    expect(linalg.eigvalsh(a).arraySync()).toEqual(linalg.eigvalsh(lower).arraySync());
    expect(linalg.eigvalsh(a, { UPLO: 'U' }).arraySync()).toEqual(linalg.eigvalsh(upper).arraySync());
  });

  test('takes repeated and vanishing eigenvalues', () => {
    for (const a of [
      identity(5),
      zeros([4, 4], { device: 'js', dtype: 'float64' }),
      identity(3).mul(1e-300),
    ]) {
      const [L, V] = linalg.eigh(a);
      expect(distance(V.mT.matmul(V), identity(a.shape[0] as number))).toBeLessThan(1e-14);
      expect(L.arraySync()).toEqual(a.diagonal().arraySync());
    }
  });
});

describe('qr()', () => {
  test.each(shapes)('gives the matrix back for [%s, %s, ..]', (...shape) => {
    const a = random(...shape);
    for (const mode of ['reduced', 'complete'] as const) {
      const [Q, R] = linalg.qr(a, { mode });
      expect(distance(Q.matmul(R), a)).toBeLessThan(1e-12);
      expect(distance(Q.mT.matmul(Q), identity(Q.shape.at(-1) as number))).toBeLessThan(1e-12);
      expect(distance(R.tril(-1), R.mul(0))).toBe(0);
    }
  });
});

/** A smooth function of the projection onto what is given by orthonormal columns: no choice of them matters. */
const projection = (U: Tensor): Tensor => U.matmul(U.mT);

const symmetrized = (x: Tensor): Tensor => x.add(x.mT).mul(0.5);

/** Positive definite whatever x is. */
const definite = (x: Tensor): Tensor => x.matmul(x.mT).add(identity(x.shape.at(-1) as number));

const functions: readonly [name: string, f: TensorFunction, inputs: readonly Values[]][] = [
  ['solve', (a, b) => linalg.solve(a, b), [invertible(3, 3), values([3, 2], 2)]],
  ['solve in batches', (a, b) => linalg.solve(a, b), [values([2, 2, 2]), values([2, 1], 2)]],
  ['inv', (a) => linalg.inv(a), [invertible(3, 3)]],
  ['det', (a) => linalg.det(a), [values([2, 3, 3])]],
  ['slogdet', (a) => linalg.slogdet(a)[1], [values([3, 3])]],
  ['cholesky', (a) => linalg.cholesky(definite(a)), [values([3, 3])]],
  ['upper cholesky', (a) => linalg.cholesky(definite(a), { upper: true }), [values([3, 3])]],
  [
    'solveTriangular',
    (a, b) => linalg.solveTriangular(a, b, { upper: true }),
    [values([3, 3]), values([3, 2], 2)],
  ],
  ['choleskySolve', (a, b) => linalg.choleskySolve(b, a), [values([3, 3]), values([3, 2], 2)]],
  ['Q of qr', (a) => linalg.qr(a)[0], [values([4, 3])]],
  ['R of qr', (a) => linalg.qr(a)[1], [values([3, 3])]],
  ['R of a wide qr', (a) => linalg.qr(a)[1], [values([2, 4])]],
  ['Q of a wide qr', (a) => linalg.qr(a)[0], [values([2, 4])]],
  [
    'the rest of a complete qr',
    (a) => projection(linalg.qr(a, { mode: 'complete' })[0].narrow(-1, 2, 2)),
    [values([4, 2])],
  ],
  ['eigvalsh', (a) => linalg.eigvalsh(symmetrized(a)), [values([3, 3])]],
  ['eigh', (a) => projection(linalg.eigh(symmetrized(a))[1].narrow(-1, 0, 2)), [values([4, 4])]],
  ['svdvals', (a) => linalg.svdvals(a), [values([2, 3, 2])]],
  ['U of svd', (a) => projection(linalg.svd(a)[0].narrow(-1, 0, 1)), [values([3, 3])]],
  [
    'Vh of svd',
    (a) => projection(linalg.svd(a, { fullMatrices: false })[2].mT.narrow(-1, 0, 1)),
    [values([4, 2])],
  ],
  [
    'U and Vh of svd',
    (a) => {
      const [U, , Vh] = linalg.svd(a, { fullMatrices: false });
      return U.matmul(Vh);
    },
    [values([3, 4])],
  ],
  ['the rest of a full svd', (a) => projection(linalg.svd(a)[0].narrow(-1, 2, 2)), [values([4, 2])]],
  ['pinv', (a) => linalg.pinv(a), [values([4, 2])]],
  ['wide pinv', (a) => linalg.pinv(a), [values([2, 3])]],
  ['lstsq', (a, b) => linalg.lstsq(a, b)[0], [values([4, 2]), values([4, 2], 2)]],
  ['residuals of lstsq', (a, b) => linalg.lstsq(a, b)[1], [values([4, 2]), values([4], 2)]],
  ['underdetermined lstsq', (a, b) => linalg.lstsq(a, b)[0], [values([2, 3]), values([2, 1], 2)]],
  ['nuclear norm', (a) => linalg.matrixNorm(a, 'nuc'), [values([3, 2])]],
  ['cond', (a) => linalg.cond(a), [invertible(3, 3)]],
  ['negative matrixPower', (a) => linalg.matrixPower(a, -2), [values([2, 2])]],
  ['matrixExp', (a) => linalg.matrixExp(a), [values([2, 2])]],
];

describe('gradients agree with finite differences', () => {
  test.each(functions)('%s', (_, f, inputs) => {
    expect(checkSlopes(f, inputs)).toEqual([]);
  });
});

describe('second derivatives agree with finite differences', () => {
  test.each(functions)('%s', (_, f, inputs) => {
    expect(checkSlopes(gradientsOf(f), inputs)).toEqual([]);
  });
});

describe('gradients where values are equal', () => {
  test('the polar factor at the identity', () => {
    const f: TensorFunction = (a) => {
      const [U, , Vh] = linalg.svd(a);
      return U.matmul(Vh);
    };
    expect(checkSlopes(f, [{ shape: [2, 2], data: [1, 0, 0, 1] }])).toEqual([]);
  });

  test('det of a singular matrix', () => {
    expect(checkSlopes((a) => linalg.det(a), [{ shape: [2, 2], data: [1, 2, 2, 4] }])).toEqual([]);
    expect(checkSlopes((a) => linalg.det(a), [{ shape: [3, 3], data: [0, 0, 0, 0, 1, 0, 0, 0, 2] }])).toEqual(
      [],
    );
  });

  test('pinv of constant rank', () => {
    const f: TensorFunction = (x) => linalg.pinv(x.matmul(x.mT), { rtol: 1e-10 });
    expect(checkSlopes(f, [values([3, 2])])).toEqual([]);
  });
});

describe('what is computed in single precision', () => {
  test('is rounded once', () => {
    // Condition number 5·10⁵: elimination in float32 would leave two or three digits.
    const n = 5;
    const hilbert = tensor(
      Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => 1 / (i + j + 1))),
    );
    const b = tensor(numbers(n));
    const exact = linalg.solve(
      tensor(hilbert.dataSync(), { shape: [n, n], device: 'js', dtype: 'float64' }),
      tensor(b.dataSync(), { device: 'js', dtype: 'float64' }),
    );
    const ours = linalg.solve(hilbert, b);
    expect(ours.dtype).toBe('float32');
    expect([...ours.dataSync()]).toEqual([...exact.dataSync()].map(Math.fround));
  });

  test('comes from integers as the default float', () => {
    const a = tensor([2, 0, 0, 4], { shape: [2, 2], dtype: 'int32' });
    const result = linalg.inv(a);
    expect(result.dtype).toBe('float32');
    expect(result.arraySync()).toEqual([
      [0.5, 0],
      [0, 0.25],
    ]);
    expect(linalg.det(a).itemSync()).toBe(8);
  });
});

describe('bad input', () => {
  const singular = () => tensor([1, 0, 0, 1, 1, 2, 2, 4], { shape: [2, 2, 2] });

  test.each([
    [
      'solve',
      () => linalg.solve(singular(), tensor([1, 2])),
      'linalg.solve: matrix [1] of the batch is singular',
    ],
    ['inv', () => linalg.inv(singular().select(0, 1)), 'linalg.inv: the matrix is singular'],
    [
      'inv',
      () => linalg.inv(zeros([2, 3])),
      'linalg.inv: expected square matrices [.., n, n], got shape [2, 3]',
    ],
    ['det', () => linalg.det(zeros([3])), 'linalg.det: expected matrices [.., rows, columns], got shape [3]'],
    [
      'cholesky',
      () => linalg.cholesky(singular().sub(1)),
      'linalg.cholesky: matrix [0] of the batch is not positive definite: its leading block of order 1',
    ],
    ['cholesky', () => linalg.cholesky(tensor([[Number.NaN]])), 'not positive definite'],
    ['svd', () => linalg.svd(tensor([[1, Number.NaN]])), 'linalg.svd: the matrix has an element NaN'],
    [
      'eigh',
      () => linalg.eigh(tensor([[Number.POSITIVE_INFINITY]])),
      'linalg.eigh: the matrix has an element Infinity',
    ],
    ['solve', () => linalg.solve(eye(3), zeros([2])), 'linalg.solve: A [3, 3] and B [2] do not fit'],
    ['solve', () => linalg.solve(zeros([2, 3, 3]), zeros([3, 3, 1])), 'do not broadcast'],
    [
      'solveTriangular',
      () => linalg.solveTriangular(singular().sub(singular()), zeros([2, 1]), { upper: true }),
      'matrix [0] of the batch is singular: its diagonal element 0 is 0',
    ],
    ['solveTriangular', () => linalg.solveTriangular(eye(2), zeros([3, 1]), { upper: true }), 'do not fit'],
    ['lstsq', () => linalg.lstsq(zeros([3, 2]), zeros([2])), 'linalg.lstsq: A [3, 2] and B [2] do not fit'],
    ['pinv', () => linalg.pinv(eye(2), { rtol: -1 }), 'must not be negative'],
    [
      'qr',
      () => linalg.qr(eye(2), { mode: 'raw' as 'reduced' }),
      "mode must be 'reduced' or 'complete', not 'raw'",
    ],
    ['eigh', () => linalg.eigh(eye(2), { UPLO: 'X' as 'L' }), "UPLO must be 'L' or 'U', not 'X'"],
    [
      'matrixNorm',
      () => linalg.matrixNorm(eye(2), 3),
      "ord must be 'fro', 'nuc', ±1, ±2 or ±Infinity, not 3",
    ],
    ['matrixNorm', () => linalg.matrixNorm(eye(2), 'fro', [0, -2]), 'same axis twice'],
    ['norm', () => linalg.norm(zeros([2, 2, 2]), 1), 'over 3 dimensions'],
    ['cond', () => linalg.cond(zeros([0, 0])), 'are empty'],
    ['cross', () => linalg.cross(zeros([2]), zeros([3])), 'must both have size 3'],
    ['matrixPower', () => linalg.matrixPower(eye(2), 0.5), 'must be an integer, not 0.5'],
    ['multiDot', () => linalg.multiDot([eye(2)]), 'two or more'],
    [
      'multiDot',
      () => linalg.multiDot([eye(2), zeros([3, 2])]),
      'tensors 0 and 1 have shapes [2, 2] and [3, 2]',
    ],
    ['an array', () => linalg.inv([[1]] as unknown as Tensor), 'linalg.inv: expected a tensor, got an array'],
  ])('%s says what is wrong', (_, act, message) => {
    expect(act).toThrow(message);
  });

  test('NaN goes through elimination', () => {
    expect(linalg.det(tensor([Number.NaN, 0, 0, 0], { shape: [2, 2] })).itemSync()).toBeNaN();
    const inverse = linalg.inv(tensor([1, 0, Number.NaN, 1], { shape: [2, 2] })).dataSync();
    expect(inverse.every(Number.isNaN)).toBe(true);
  });

  test('a compiled function cannot read, and says which function wanted to', () => {
    const outside = eye(2);
    const f = compile((x: Tensor) => x.add(linalg.inv(outside)));
    expect(() => f(eye(2))).toThrow(
      'linalg.inv: computes on the host from values, which do not exist inside',
    );
    const g = compile((x: Tensor) => linalg.kron(x, x));
    expect(g(eye(2)).arraySync()).toEqual(eye(4).arraySync());
    g.dispose();
  });
});
