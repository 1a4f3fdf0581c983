import { describe, expect, test } from 'vitest';
import * as build from '../../src/graph/builder.ts';
import { makeNode, type Node, type OpArgs, type OpName, type WindowArg } from '../../src/graph/node.ts';
import { type OpRow, opTable } from '../../src/graph/ops.ts';
import { sizeOf } from '../../src/graph/shape.ts';
import { Tensor } from '../../src/tensor/tensor.ts';
import {
  type CheckedInput,
  checkGradients,
  checkTangents,
  derivative,
  type NodeFunction,
} from '../support/gradcheck.ts';
import { Random } from '../support/random.ts';

/** One way to call an op: the shapes of its float sources, what comes with them, and views that they are seen through. */
interface Variant {
  readonly shapes: readonly (readonly number[])[];
  readonly arg?: unknown;
  readonly shape?: readonly number[];
  /** Sources that are not floats, in their places. */
  readonly fixed?: Readonly<Record<number, CheckedInput>>;
  /** Every source is seen transposed. */
  readonly transposed?: boolean;
}

const indices = (shape: readonly number[], data: readonly number[]): CheckedInput => ({
  shape,
  data,
  dtype: 'int32',
});

const windowArg = (
  axes: readonly number[],
  offsets: readonly number[],
  stride: readonly number[],
  dilation: readonly number[],
): WindowArg => ({ axes, offsets, stride, dilation });

const reductions: readonly Variant[] = [
  { shapes: [[4]], arg: { axes: [0] } },
  { shapes: [[2, 3]], arg: { axes: [1] } },
  { shapes: [[2, 3]], arg: { axes: [0] }, transposed: true },
  { shapes: [[2, 3, 2]], arg: { axes: [0, 2] } },
  { shapes: [[2, 1]], arg: { axes: [1] } },
  { shapes: [[0, 3]], arg: { axes: [1] } },
];

/** Shapes of query, key and value, and whether the mask is causal. */
const attentions: readonly [readonly number[], readonly number[], readonly number[], boolean][] = [
  [[2, 3], [4, 3], [4, 2], false],
  [[2, 3, 2], [2, 3, 2], [2, 3, 2], true],
];

/** Ops that need more than sources of one shape. */
const variants: { readonly [Op in OpName]?: readonly Variant[] } = {
  where: [[3], [2, 3], [], [0, 2]].map((shape) => ({
    shapes: [shape, shape, shape],
    fixed: {
      0: { shape, data: Array.from({ length: sizeOf(shape) }, (_, i) => (i + 1) % 2), dtype: 'bool' },
    },
  })),
  polygamma: [
    { shapes: [[]], arg: { order: 0 } },
    { shapes: [[2, 3]], arg: { order: 0 }, transposed: true },
    { shapes: [[5]], arg: { order: 1 } },
    { shapes: [[0, 2]], arg: { order: 2 } },
    { shapes: [[3]], arg: { order: 2 } },
  ],
  after: [
    {
      shapes: [
        [2, 3],
        [4, 1],
      ],
    },
  ],
  reshape: [
    { shapes: [[2, 3]], shape: [3, 2] },
    { shapes: [[2, 3]], shape: [3, 2], transposed: true },
    { shapes: [[]], shape: [1, 1] },
    { shapes: [[0, 2]], shape: [0] },
  ],
  permute: [
    { shapes: [[2, 3]], arg: { axes: [1, 0] } },
    { shapes: [[2, 3, 2]], arg: { axes: [2, 0, 1] } },
  ],
  expand: [
    { shapes: [[2, 1]], shape: [2, 3] },
    { shapes: [[1, 2, 1]], shape: [2, 2, 2] },
    { shapes: [[1, 2]], shape: [0, 2] },
  ],
  pad: [
    { shapes: [[3]], arg: { low: [1], high: [2], interior: [0] } },
    { shapes: [[2, 2]], arg: { low: [0, 1], high: [1, 0], interior: [1, 2] } },
    { shapes: [[0, 2]], arg: { low: [1, 0], high: [0, 1], interior: [1, 1] } },
  ],
  shrink: [
    { shapes: [[5]], arg: { start: [1], step: [1] }, shape: [3] },
    { shapes: [[3, 4]], arg: { start: [0, 1], step: [2, 2] }, shape: [2, 2] },
    { shapes: [[3]], arg: { start: [3], step: [1] }, shape: [0] },
  ],
  flip: [
    { shapes: [[4]], arg: { axes: [0] } },
    { shapes: [[2, 3, 2]], arg: { axes: [0, 2] } },
  ],
  slant: [
    { shapes: [[7, 3]], arg: windowArg([0], [1], [1], [1]), shape: [5, 3] },
    { shapes: [[7, 2]], arg: windowArg([0], [1], [2], [3]), shape: [2, 2] },
    { shapes: [[2, 2, 4, 5]], arg: windowArg([3, 2], [0, 1], [2, 1], [1, 2]), shape: [2, 2, 2, 2] },
    { shapes: [[3, 6]], arg: windowArg([1], [0], [1], [2]), shape: [3, 1] },
    { shapes: [[3, 2]], arg: windowArg([0], [1], [1], [1]), shape: [0, 2] },
  ],
  spread: [
    { shapes: [[5, 3]], arg: windowArg([0], [1], [1], [1]), shape: [7, 3] },
    { shapes: [[2, 2]], arg: windowArg([0], [1], [2], [3]), shape: [7, 2] },
    { shapes: [[2, 2, 2, 2]], arg: windowArg([3, 2], [0, 1], [2, 1], [1, 2]), shape: [2, 2, 4, 5] },
    { shapes: [[0, 2]], arg: windowArg([0], [1], [1], [1]), shape: [3, 2] },
  ],
  sum: reductions,
  maxReduce: [
    ...reductions,
    ...reductions.map((variant) => ({ ...variant, arg: { ...(variant.arg as object), ties: 'first' } })),
  ],
  prod: reductions,
  accumulate: [
    { shapes: [[4]], arg: { axis: 0, combine: 'sum', reverse: false } },
    { shapes: [[2, 3, 2]], arg: { axis: 1, combine: 'sum', reverse: true } },
    { shapes: [[4]], arg: { axis: 0, combine: 'prod', reverse: false } },
    { shapes: [[2, 3]], arg: { axis: 1, combine: 'prod', reverse: true }, transposed: true },
    { shapes: [[5]], arg: { axis: 0, combine: 'max', reverse: false } },
    { shapes: [[2, 4]], arg: { axis: 1, combine: 'max', reverse: true } },
    { shapes: [[2, 0]], arg: { axis: 1, combine: 'prod', reverse: false } },
  ],
  linearRecurrence: [false, true].flatMap((reverse) => [
    { shapes: [[4], [4]], arg: { axis: 0, reverse } },
    {
      shapes: [
        [2, 3, 2],
        [2, 3, 2],
      ],
      arg: { axis: 1, reverse },
    },
  ]),
  dot: [
    {
      shapes: [
        [2, 3],
        [3, 4],
      ],
    },
    {
      shapes: [
        [2, 3],
        [4, 2],
      ],
      transposed: true,
    },
    {
      shapes: [
        [2, 2, 3],
        [2, 3, 1],
      ],
    },
    {
      shapes: [
        [2, 0],
        [0, 3],
      ],
    },
  ],
  attention: attentions.map(([q, k, v, causal]) => ({ shapes: [q, k, v], arg: { causal, scale: 0.5 } })),
  attentionLogSumExp: attentions.map(([q, k, v, causal]) => ({
    shapes: [q, k, v],
    arg: { causal, scale: 0.5 },
  })),
  attentionGradient: attentions.flatMap(([q, k, v, causal]) =>
    (['query', 'key', 'value'] as const).map((of) => ({
      shapes: [
        q,
        k,
        v,
        [...q.slice(0, -1), 1],
        [...q.slice(0, -1), 1],
        [...q.slice(0, -1), v.at(-1) as number],
      ],
      arg: { causal, scale: 0.5, of },
    })),
  ),
  gather: [
    { shapes: [[4], []], arg: { axis: 0 }, fixed: { 1: indices([5], [3, 0, 0, 1, 3]) } },
    { shapes: [[2, 3], []], arg: { axis: 1 }, fixed: { 1: indices([2, 2], [2, 0, 1, 1]) } },
    { shapes: [[3, 2], []], arg: { axis: 0 }, fixed: { 1: indices([0, 2], []) } },
  ],
  scatterAdd: [
    { shapes: [[4], [], [5]], arg: { axis: 0 }, fixed: { 1: indices([5], [3, 0, 0, 1, 3]) } },
    { shapes: [[2, 3], [], [2, 2]], arg: { axis: 1 }, fixed: { 1: indices([2, 2], [2, 0, 1, 1]) } },
  ],
  scatterSet: [
    { shapes: [[4], [], [5]], arg: { axis: 0 }, fixed: { 1: indices([5], [3, 0, 0, 1, 3]) } },
    { shapes: [[2, 3], [], [2, 2]], arg: { axis: 1 }, fixed: { 1: indices([2, 2], [2, 0, 1, 1]) } },
    { shapes: [[3, 2], [], [0, 2]], arg: { axis: 0 }, fixed: { 1: indices([0, 2], []) } },
  ],
};

const shapeFamilies = [[], [5], [2, 3], [2, 1, 3], [0, 3]];

function variantsOf(op: OpName): readonly Variant[] {
  const row = opTable[op] as OpRow<OpName>;
  const listed = variants[op];
  if (listed) return listed;
  if (row.kind !== 'elementwise')
    throw new Error(`'${op}' is differentiable; say in 'variants' how it is called.`);
  const count = row.scalar?.length ?? 1;
  const of = (shape: readonly number[], transposed = false): Variant => ({
    shapes: new Array<readonly number[]>(count).fill(shape),
    transposed,
  });
  return [...shapeFamilies.map((shape) => of(shape)), of([3, 2], true)];
}

function inputsOf(op: OpName, { shapes, fixed }: Variant, random: Random): CheckedInput[] {
  return shapes.map((shape, source) => {
    const [low, high] = (opTable[op] as OpRow<OpName>).testRange?.[source] ?? [-3, 3];
    return fixed?.[source] ?? { shape, data: random.array(sizeOf(shape), (r) => r.uniform(low, high)) };
  });
}

const call =
  (op: OpName, { arg, shape, transposed }: Variant): NodeFunction =>
  (leaves) => {
    const sources = transposed ? leaves.map(build.transpose) : leaves;
    return makeNode(op, sources, (arg ?? null) as OpArgs[OpName], {
      dtype: 'float64',
      ...(shape && { shape }),
    });
  };

const nameOf = ({ shapes, arg, shape, transposed }: Variant) =>
  JSON.stringify({ shapes, arg, to: shape, transposed: transposed || undefined });

const differentiable = (Object.keys(opTable) as OpName[]).filter(
  // A custom gradient is whatever somebody says: `tensor/custom.test.ts` has examples.
  (op) => opTable[op].gradient !== null && !['buffer', 'custom', 'scan'].includes(op),
);

describe('gradients against finite differences', () => {
  test.each(differentiable)('%s', (op) => {
    const random = new Random(differentiable.indexOf(op) + 1);
    for (const variant of variantsOf(op)) {
      const inputs = inputsOf(op, variant, random);
      expect(checkGradients(call(op, variant), inputs), nameOf(variant)).toEqual([]);
    }
  });

  test.each(differentiable)('%s, second derivative', (op) => {
    const random = new Random(differentiable.indexOf(op) + 1001);
    for (const variant of variantsOf(op)) {
      // Where the first source has no gradient, the second is the one to differentiate by.
      if (variant.fixed?.[0]) continue;
      const inputs = inputsOf(op, variant, random);
      // The square makes the first derivative depend on the input even where the op is linear.
      const squared: NodeFunction = (leaves) => {
        const y = call(op, variant)(leaves);
        return build.mul(y, y);
      };
      expect(checkGradients(derivative(squared), inputs), nameOf(variant)).toEqual([]);
    }
  });

  test.each(differentiable)('%s, forward mode', (op) => {
    const random = new Random(differentiable.indexOf(op) + 2001);
    for (const variant of variantsOf(op)) {
      const inputs = inputsOf(op, variant, random);
      expect(checkTangents(call(op, variant), inputs), nameOf(variant)).toEqual([]);
    }
  });

  test('the check notices a wrong gradient', () => {
    const wrong: NodeFunction = ([x]) => {
      const y = build.mul(x as Node, x as Node);
      // The value of 3x² with the gradient of x².
      return build.add(y, build.detach(build.add(y, y)));
    };
    expect(checkGradients(wrong, [{ shape: [2], data: [1, 2] }])).toHaveLength(2);
  });

  test('the check notices that it has nothing to say', () => {
    const kink: NodeFunction = ([x]) => build.max(x as Node, build.neg(x as Node));
    expect(checkGradients(kink, [{ shape: [1], data: [0] }])).toEqual([
      expect.stringContaining('1 of 1 points'),
    ]);
  });
});

/** Composite functions, whose gradients come from several rows at once. */
const composites: Readonly<Record<string, (x: Tensor, y: Tensor) => Tensor>> = {
  softmax: (x) => x.softmax(-1),
  logSoftmax: (x) => x.logSoftmax(0),
  logsumexp: (x) => x.logsumexp(1),
  gelu: (x) => x.gelu(),
  'gelu by tanh': (x) => x.gelu({ approximate: 'tanh' }),
  sigmoid: (x) => x.sigmoid(),
  silu: (x) => x.silu(),
  softplus: (x) => x.softplus(),
  elu: (x) => x.elu(0.7),
  log1p: (x) => x.square().log1p(),
  expm1: (x) => x.expm1(),
  tan: (x) => x.mul(0.3).tan(),
  asin: (x) => x.mul(0.3).asin(),
  acos: (x) => x.mul(0.3).acos(),
  atanh: (x) => x.mul(0.3).atanh(),
  hypot: (x, y) => x.hypot(y),
  sinc: (x) => x.sinc(),
  logit: (x) => x.mul(0.2).add(0.5).logit(),
  logaddexp: (x, y) => x.logaddexp(y),
  xlogy: (x, y) => x.xlogy(y.square().add(0.5)),
  mish: (x) => x.mish(),
  selu: (x) => x.selu(),
  'celu with alpha': (x) => x.celu(0.7),
  'softplus with beta': (x) => x.softplus(2, 3),
  logSigmoid: (x) => x.logSigmoid(),
  softsign: (x) => x.softsign(),
  lerp: (x, y) => x.lerp(y, 0.3),
  cos: (x) => x.cos(),
  std: (x) => x.std(1),
  var: (x) => x.var(0, { correction: 0 }),
  logcumsumexp: (x) => x.logcumsumexp(1),
  cumprod: (x) => x.cumprod(0),
  norm: (x) => x.norm(1),
  'layer norm': (x) =>
    x.sub(x.mean(-1, { keepdim: true })).div(x.var(-1, { keepdim: true }).add(1e-3).sqrt()),
  attention: (x, y) => x.matmul(y.mT).div(2).softmax(-1).matmul(y),
  'x^y': (x, y) => x.square().add(0.5).pow(y),
  'a mean of products': (x, y) => x.mul(y).mean().mul(x.sum(0)),
};

describe('composites against finite differences', () => {
  test.each(Object.entries(composites))('%s, first and second derivative', (_, f) => {
    const random = new Random(7);
    const inputs = [0, 1].map(() => ({ shape: [2, 3], data: random.array(6, (r) => r.uniform(-2, 2)) }));
    const asNodes: NodeFunction = (leaves) => {
      const [x, y] = leaves.map((leaf) => new Tensor(build.identity(leaf), 'js')) as [Tensor, Tensor];
      return f(x, y).node;
    };
    expect(checkGradients(asNodes, inputs)).toEqual([]);
    expect(checkGradients(derivative(asNodes), inputs)).toEqual([]);
    expect(checkTangents(asNodes, inputs)).toEqual([]);
    expect(checkTangents(derivative(asNodes), inputs)).toEqual([]);
  });
});
