import { beforeEach, describe, expect, test } from 'vitest';
import { type Tensor, tensor, unfold } from '../../src/index.ts';
import { kernelNames } from '../support/kernels.ts';
import { disagreements, draw, type Given, type TensorFunction } from '../support/oracle.ts';
import { Random } from '../support/random.ts';
import { threadDifferences } from '../support/threads.ts';

let random = new Random(1);
beforeEach(() => {
  random = new Random(1);
});

/** Sizes on both sides of a vector, a tile, a block and what a thread gets. */
const sizes = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 65, 100, 129, 257, 300, 513];

/** Sums of hundreds of products, one after another in float32. */
const tolerance = { relative: 2e-5, scaled: 4e-6 };
const check = (inputs: readonly Given[], f: TensorFunction, gradients = true) =>
  disagreements(inputs, f, { gradients, tolerance });

interface Product {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly batch?: readonly number[];
  /** Which operands are seen transposed. */
  readonly transposed?: readonly [boolean, boolean];
}

const nameOf = ({ m, n, k, batch = [], transposed = [false, false] }: Product) =>
  `[${[...batch, m, k]}]${transposed[0] ? 'ᵀ' : ''} by [${[...batch, k, n]}]${transposed[1] ? 'ᵀ' : ''}`;

function problemsOf(product: Product, gradients = true): string[] {
  const { m, n, k, batch = [], transposed = [false, false] } = product;
  const shape = (rows: number, columns: number, swapped: boolean) =>
    swapped ? [...batch, columns, rows] : [...batch, rows, columns];
  const f: TensorFunction = ([a, b]) =>
    (transposed[0] ? (a as Tensor).mT : (a as Tensor)).matmul(
      transposed[1] ? (b as Tensor).mT : (b as Tensor),
    );
  const inputs = [draw(random, shape(m, k, transposed[0])), draw(random, shape(k, n, transposed[1]))];
  return check(inputs, f, gradients).map((problem) => `${nameOf(product)}: ${problem}`);
}

const transpositions = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
] as const;

describe('products are those of the oracle', () => {
  test.each(sizes)('with each side of %i', (size) => {
    const problems = transpositions.flatMap((transposed) => [
      ...problemsOf({ m: size, n: 17, k: 5, transposed }),
      ...problemsOf({ m: 5, n: size, k: 9, transposed }),
      ...problemsOf({ m: 9, n: 6, k: size, transposed }),
    ]);
    expect(problems).toEqual([]);
  });

  test.each(transpositions)('of random sizes and batches, transposed: %s and %s', (...transposed) => {
    const most = 1_500_000;
    for (let done = 0; done < 15; ) {
      const [m, n, k] = [random.pick(sizes), random.pick(sizes), random.pick(sizes)];
      const batch = random.pick([[], [], [1], [3], [2, 1, 2]]);
      if (m * n * k * batch.reduce((a, b) => a * b, 1) > most) continue;
      expect(problemsOf({ m, n, k, batch, transposed }, false)).toEqual([]);
      done++;
    }
  });

  test('of whole blocks and more', () => {
    expect(problemsOf({ m: 65, n: 513, k: 257 }, false)).toEqual([]);
    expect(problemsOf({ m: 300, n: 33, k: 513, transposed: [true, true] }, false)).toEqual([]);
  });

  test('of batches that are broadcast', () => {
    const f: TensorFunction = ([a, b]) => (a as Tensor).matmul(b as Tensor);
    for (const [a, b] of [
      [
        [3, 1, 9, 5],
        [2, 5, 17],
      ],
      [
        [9, 5],
        [4, 5, 7],
      ],
      [
        [4, 1, 5],
        [5, 33],
      ],
      [
        [2, 9, 5],
        [5, 1],
      ],
    ] as const)
      expect(check([draw(random, a), draw(random, b)], f), `${a} by ${b}`).toEqual([]);
  });

  test('with infinities and NaN where they belong and nowhere else', () => {
    const a = draw(random, [70, 20]);
    const b = draw(random, [20, 35]);
    (a.data as Float32Array)[67 * 20 + 3] = Number.NaN;
    (b.data as Float32Array)[4 * 35 + 34] = Number.POSITIVE_INFINITY;
    expect(check([a, b], ([x, y]) => (x as Tensor).matmul(y as Tensor), false)).toEqual([]);
  });
});

describe('a vector times a matrix', () => {
  test.each(sizes)('of %i', (size) => {
    const problems = [3, 130].flatMap((other) =>
      transpositions.flatMap((transposed) => [
        ...problemsOf({ m: 1, n: size, k: other, transposed }),
        ...problemsOf({ m: size, n: 1, k: other, transposed }, false),
        ...problemsOf({ m: 1, n: other, k: size, batch: [2], transposed }, false),
        ...problemsOf({ m: other, n: 1, k: size, batch: [2], transposed }, false),
      ]),
    );
    expect(problems).toEqual([]);
  });

  test('of more columns than one part has, with what follows', () => {
    const f: TensorFunction = ([x, w, bias]) => {
      const y = (x as Tensor).matmul(w as Tensor).add(bias as Tensor);
      return [y.gelu(), y.mul(2)];
    };
    expect(check([draw(random, [1, 37]), draw(random, [37, 3001]), draw(random, [3001])], f)).toEqual([]);
    expect(check([draw(random, [2, 1, 5]), draw(random, [2, 5, 67]), draw(random, [67])], f)).toEqual([]);
  });
});

/** Operands that are computed while they are packed: each makes [rows, columns] of an input. */
const prologues: Record<string, { shape: readonly number[]; make: (x: Tensor) => Tensor }> = {
  padding: {
    shape: [28, 15],
    make: (x) =>
      x.pad([
        [2, 3],
        [4, 1],
      ]),
  },
  'padding with a value': {
    shape: [28, 15],
    make: (x) =>
      x.pad(
        [
          [2, 3],
          [4, 1],
        ],
        { value: 0.5 },
      ),
  },
  'zeros between elements': {
    shape: [33, 10],
    make: (x) =>
      x
        .unsqueeze(-1)
        .pad([
          [0, 0],
          [0, 0],
          [1, 0],
        ])
        .reshape([33, 20]),
  },
  windows: { shape: [1, 2, 7, 37], make: (x) => unfold(x, [2, 5]).squeeze(0).mT.narrow(0, 9, 33) },
  'windows with steps': {
    shape: [1, 5, 14, 25],
    make: (x) =>
      unfold(x, [2, 2], { stride: [4, 2], dilation: [2, 3] })
        .squeeze(0)
        .mT.narrow(0, 0, 33),
  },
  'a reshape across a transposition': {
    shape: [4, 33, 5],
    make: (x) => x.permute([1, 2, 0]).reshape([33, 20]),
  },
  'heads that are merged': { shape: [3, 4, 11, 5], make: (x) => x.transpose(1, 2).reshape([33, 20]) },
  'the other way round': { shape: [33, 20], make: (x) => x.flip([0, 1]) },
  'every second element': { shape: [66, 41], make: (x) => x.at('::2, 1::2') },
  'one row for all': { shape: [1, 20], make: (x) => x.expand([33, 20]) },
  'one column for all': { shape: [33, 1], make: (x) => x.expand([33, 20]) },
  'float16 in memory': { shape: [33, 20], make: (x) => x.to('float16').to(x.dtype) },
  'bfloat16 in memory': { shape: [33, 20], make: (x) => x.to('bfloat16').to(x.dtype) },
  'parts put together': { shape: [33, 10], make: (x) => x.repeat([1, 2]) },
  'a value computed on the way': { shape: [33, 20], make: (x) => x.tanh().mul(x) },
};

describe('operands that are seen through', () => {
  // Halves are exact in 16 bits, so that rounding is the same on both devices.
  const halves = (shape: readonly number[]): Given => {
    const { data } = draw(random, shape, -4, 4);
    return { shape, data: Array.from(data, (value) => Math.round(value) / 2) };
  };
  test.each(Object.entries(prologues))('%s', (_, { shape, make }) => {
    for (const n of [1, 5, 40]) {
      const inputs = [halves(shape), halves([20, n]), halves([n, 33])];
      const f: TensorFunction = ([x, right, left]) => {
        const operand = make(x as Tensor);
        expect(operand.shape).toEqual([33, 20]);
        return [
          operand.matmul(right as Tensor),
          (left as Tensor).matmul(operand),
          operand.mT.matmul((left as Tensor).mT),
          (right as Tensor).mT.matmul(operand.mT),
        ];
      };
      expect(check(inputs, f), `by ${n} columns`).toEqual([]);
    }
  });
});

/** What follows a product [2, 33, 20]; `x` has its shape, `v` is one row. */
const epilogues: Record<string, (y: Tensor, x: Tensor, v: Tensor) => Tensor | readonly Tensor[]> = {
  'a bias': (y, _, v) => y.add(v),
  'a bias a row': (y, x) => y.add(x.narrow(-1, 0, 1)),
  'a bias and gelu': (y, _, v) => y.add(v).gelu(),
  'a residual': (y, x) => y.mul(0.5).add(x),
  'a residual that is transposed': (y, x) => y.add(x.reshape([2, 20, 33]).mT),
  'several results': (y, x, v) => [y.add(v), y.mul(x), y.relu()],
  'results and the product itself': (y, _, v) => [y, y.add(v).tanh()],
  'a product that others use': (y, _, v) => [y.add(v).sigmoid(), y.sum(-1), y.matmul(y.mT)],
  'a reshape and more': (y, x) =>
    y
      .reshape([66, 20])
      .add(1)
      .mul(x.reshape([66, 20]))
      .relu(),
  'a reshape to heads': (y, _, v) => y.add(v).reshape([2, 33, 4, 5]).transpose(1, 2).mul(2),
  'a transposition': (y, _, v) => y.add(v).mT,
  'a comparison': (y, x) => y.gt(x),
  'a cast to float16': (y) => y.to('float16'),
  'a row of it': (y) => y.select(1, 7).add(1),
  'padding around it': (y) =>
    y
      .pad([
        [0, 1],
        [1, 0],
        [2, 3],
      ])
      .mul(2),
  'itself in another place': (y) => y.add(y.flip([1])),
  softmax: (y, _, v) => y.add(v).softmax(-1),
};

describe('what follows a product', () => {
  // Blocks of the contracted axis are 256 long: the last of them finishes.
  test.each(Object.entries(epilogues))('%s', (name, follow) => {
    for (const k of [3, 256, 257, 513]) {
      const inputs = [
        draw(random, [2, 33, k], -0.2, 0.2),
        draw(random, [2, k, 20], -0.2, 0.2),
        draw(random, [2, 33, 20]),
        draw(random, [20]),
      ];
      const f: TensorFunction = ([a, b, x, v]) =>
        follow((a as Tensor).matmul(b as Tensor), x as Tensor, v as Tensor);
      const problems = name.includes('float16')
        ? disagreements(inputs, f)
        : check(inputs, f, !name.includes('comparison'));
      expect(problems, `${k} products each`).toEqual([]);
    }
  });

  test('is part of its kernel', () => {
    const given = (shape: readonly number[]) =>
      tensor(draw(random, shape).data as Float32Array, { shape }).realize();
    const [a, b, x, v] = [[33, 20], [20, 40], [33, 40], [40]].map(given) as [Tensor, Tensor, Tensor, Tensor];
    const y = a.matmul(b).add(v);
    expect(kernelNames(y.gelu(), y.mul(x))).toEqual(['dot']);
  });
});

test('the bits do not depend on the number of threads', async () => {
  const given = (...shape: number[]) =>
    tensor(draw(random, shape).data as Float32Array, { shape, device: 'wasm' });
  const [a, b, bias] = [given(129, 300), given(300, 257), given(257)];
  const [batchA, batchB] = [given(5, 33, 20), given(5, 20, 65)];
  const product = a.matmul(b);
  const outputs = [
    product,
    product.add(bias).gelu(),
    a.mT.matmul(a),
    b.matmul(b.mT),
    a
      .pad([
        [3, 4],
        [0, 0],
      ])
      .matmul(b),
    batchA.matmul(batchB),
    batchA.matmul(batchB).add(given(65)).relu(),
    given(1, 300).matmul(b),
    given(1, 130).matmul(given(130, 3001)).add(1),
    a.matmul(given(300, 1)),
    given(17, 513).matmul(given(513, 9)).tanh(),
  ];
  expect(await threadDifferences(outputs)).toEqual([]);
});
