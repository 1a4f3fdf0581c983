import { type DType, isFloat, makeArray, type NumericArray } from '../../src/graph/dtype.ts';
import type { OpName, WindowArg } from '../../src/graph/node.ts';
import { type OpRow, opTable } from '../../src/graph/ops.ts';
import { type Shape, sizeOf } from '../../src/graph/shape.ts';
import type { Random } from './random.ts';

/** A source of an op: numbers of the dtype under test unless it says otherwise. */
export interface CallSource {
  readonly shape: Shape;
  readonly dtype?: DType;
  /** Where floats are drawn from; the row's `testRange` unless given. */
  readonly range?: readonly [low: number, high: number];
  /** Integers from 0 to this, exclusive: indices. */
  readonly below?: number;
}

/** One way to call an op. */
export interface Call {
  readonly sources: readonly CallSource[];
  readonly arg?: unknown;
  readonly hint?: { readonly shape?: Shape; readonly dtype?: DType };
}

type Calls = (shape: Shape, dtype: DType) => readonly Call[];

const at = (shape: Shape, axis: number) => shape.at(axis) as number;
const last = (shape: Shape) => shape.length - 1;
const product = (...lists: readonly (readonly unknown[])[]): unknown[][] =>
  lists.reduce<unknown[][]>(
    (all, list) => all.flatMap((left) => list.map((right) => [...left, right])),
    [[]],
  );

const unaryWith =
  (...args: readonly unknown[]): Calls =>
  (shape) =>
    args.map((arg) => ({ sources: [{ shape }], arg }));

/** Over the last axis, the first one and all of them; what reduces over nothing is left out where that has no value. */
const reductions =
  (needsElements: boolean, range?: readonly [number, number], more: readonly object[] = [{}]): Calls =>
  (shape) => {
    if (shape.length === 0 || (needsElements && sizeOf(shape) === 0)) return [];
    const sets = new Map(
      [[last(shape)], [0], shape.map((_, axis) => axis)].map((axes) => [axes.join(), axes]),
    );
    return [...sets.values()].flatMap((axes) =>
      more.map((rest) => ({ sources: [{ shape, ...(range && { range }) }], arg: { axes, ...rest } })),
    );
  };

/** Along the last axis and the first. */
const alongAxis =
  (count: number, rest: readonly object[], needsElements = false): Calls =>
  (shape) => {
    if (shape.length === 0 || (needsElements && sizeOf(shape) === 0)) return [];
    const axes = [...new Set([0, last(shape)])];
    return product(axes, rest).map(([axis, more]) => ({
      sources: new Array<CallSource>(count).fill({ shape }),
      arg: { axis, ...(more as object) },
    }));
  };

/** Windows of two elements along the last axis, whose elements lie along a new one. */
const window = (shape: Shape): WindowArg => ({
  axes: [last(shape)],
  offsets: [shape.length],
  stride: [1],
  dilation: [1],
});

const attention =
  (op: 'attention' | 'attentionLogSumExp' | 'attentionGradient'): Calls =>
  (shape) => {
    if (shape.length < 2 || sizeOf(shape) === 0) return [];
    const batch = shape.slice(0, -2);
    const [queries, size] = shape.slice(-2) as [number, number];
    const range = [-1, 1] as const;
    const row = { shape: [...batch, queries, 1], range };
    const sources: CallSource[] = [
      { shape, range },
      { shape: [...batch, 6, size], range },
      { shape: [...batch, 6, 3], range },
    ];
    if (op === 'attentionGradient') sources.push(row, row, { shape: [...batch, queries, 3], range });
    const wanted = op === 'attentionGradient' ? ['query', 'key', 'value'] : [null];
    const length: CallSource = { shape: [], dtype: 'int32', below: 8 };
    return product([false, true], wanted, [[], [length]]).map(([causal, of, more]) => ({
      sources: [...sources, ...(more as CallSource[])],
      arg: { causal, scale: 0.4, ...(of !== null && { of }) },
    }));
  };

const scatter: Calls = (shape) => {
  if (shape.length === 0 || sizeOf(shape) === 0) return [];
  return [...new Set([0, last(shape)])].map((axis) => {
    const updates = shape.with(axis, 5);
    const index: CallSource = { shape: updates, dtype: 'int32', below: at(shape, axis) };
    return { sources: [{ shape }, index, { shape: updates }], arg: { axis } };
  });
};

/** How ops are called that are more than a function of elements of sources of one shape and dtype. */
const calls: { readonly [Op in OpName]?: Calls } = {
  const: (shape, dtype) => [{ sources: [], arg: { value: 1 }, hint: { shape, dtype } }],
  iota: (shape, dtype) =>
    dtype === 'int32' ? shape.map((_, axis) => ({ sources: [], arg: { axis }, hint: { shape, dtype } })) : [],
  polygamma: unaryWith({ order: 0 }, { order: 1 }, { order: 2 }),
  cast: (shape, dtype) =>
    (['float32', 'float16', 'bfloat16', 'int32', 'int8', 'uint8', 'bool'] as const)
      .filter((to) => to !== dtype)
      .map((to) => ({ sources: [{ shape }], hint: { dtype: to } })),
  bitcast: (shape, dtype) => [
    { sources: [{ shape }], hint: { dtype: dtype === 'int32' ? 'float32' : 'int32' } },
  ],
  checkIndex: (shape) => [{ sources: [{ shape, below: 100 }], arg: { size: 100, what: 'test' } }],
  custom: (shape) => [
    { sources: [{ shape }, { shape }], arg: { name: 'test', gradient: () => [null, null] } },
  ],
  after: (shape) => [{ sources: [{ shape }, { shape: [3] }] }],
  where: (shape) => [{ sources: [{ shape, dtype: 'bool' }, { shape }, { shape }] }],

  reshape: (shape) => [
    { sources: [{ shape }], hint: { shape: [sizeOf(shape)] } },
    { sources: [{ shape }], hint: { shape: [1, ...shape.toReversed(), 1] } },
  ],
  permute: (shape) => [
    { sources: [{ shape }], arg: { axes: shape.map((_, axis) => axis).toReversed() } },
    { sources: [{ shape }], arg: { axes: shape.map((_, axis) => (axis + 1) % shape.length) } },
  ],
  expand: (shape) => shape.map((_, axis) => ({ sources: [{ shape: shape.with(axis, 1) }], hint: { shape } })),
  pad: (shape) => [
    {
      sources: [{ shape }],
      arg: { low: shape.map((_, i) => i % 2), high: shape.map(() => 2), interior: shape.map(() => 0) },
    },
    {
      sources: [{ shape }],
      arg: { low: shape.map(() => 1), high: shape.map(() => 0), interior: shape.map((_, i) => 1 + i) },
    },
  ],
  shrink: (shape) => {
    const part = (start: number, step: number): Call => {
      const from = shape.map((size) => Math.min(start, size));
      return {
        sources: [{ shape }],
        arg: { start: from, step: shape.map(() => step) },
        hint: { shape: shape.map((size, axis) => Math.ceil((size - (from[axis] as number)) / step)) },
      };
    };
    return [part(1, 1), part(0, 2), part(1, 3)];
  },
  flip: (shape) => [
    { sources: [{ shape }], arg: { axes: shape.map((_, axis) => axis) } },
    { sources: [{ shape }], arg: { axes: shape.length > 0 ? [last(shape)] : [] } },
  ],
  slant: (shape) =>
    shape.length > 0 && at(shape, -1) >= 2
      ? [
          {
            sources: [{ shape: [...shape, 2] }],
            arg: window(shape),
            hint: { shape: [...shape.with(-1, at(shape, -1) - 1), 2] },
          },
        ]
      : [],
  spread: (shape) =>
    shape.length > 0
      ? [
          {
            sources: [{ shape: [...shape, 2] }],
            arg: window(shape),
            hint: { shape: [...shape.with(-1, at(shape, -1) + 1), 2] },
          },
        ]
      : [],

  sum: reductions(false),
  maxReduce: reductions(true, undefined, [{}, { ties: 'first' }]),
  // Products of a thousand factors stay finite.
  prod: reductions(false, [0.98, 1.02]),
  argmax: alongAxis(1, [{}], true),
  accumulate: (shape, dtype) =>
    (['sum', 'prod', 'max'] as const).flatMap((combine) =>
      alongAxis(1, [
        { combine, reverse: false },
        { combine, reverse: true },
      ])(shape, dtype).map((call) =>
        combine === 'prod' ? { ...call, sources: [{ shape, range: [0.98, 1.02] as const }] } : call,
      ),
    ),
  linearRecurrence: alongAxis(2, [{ reverse: false }, { reverse: true }]),

  dot: (shape) =>
    shape.length < 2 ? [] : [{ sources: [{ shape }, { shape: [...shape.slice(0, -2), at(shape, -1), 5] }] }],
  quantizedDot: (shape) =>
    shape.length === 2
      ? [
          {
            sources: [
              { shape },
              { shape: [9, at(shape, 1)], dtype: 'int8' },
              { shape: [9], range: [0.1, 1] },
            ],
          },
        ]
      : [],
  attention: attention('attention'),
  attentionLogSumExp: attention('attentionLogSumExp'),
  attentionGradient: attention('attentionGradient'),

  gather: (shape) =>
    shape.length === 0 || sizeOf(shape) === 0
      ? []
      : [...new Set([0, last(shape)])].map((axis) => ({
          sources: [{ shape }, { shape: shape.with(axis, 4), dtype: 'int32', below: at(shape, axis) }],
          arg: { axis },
        })),
  scatterAdd: scatter,
  scatterSet: scatter,
  argsort: alongAxis(1, [{ descending: false }, { descending: true }]),
};

/**
 * All ways to call an op with sources of about this shape, of a dtype where it takes several.
 * @throws Error that says what to add where the table does not know the op.
 */
export function callsOf(op: OpName, shape: Shape, dtype: DType): readonly Call[] {
  const listed = calls[op];
  if (listed) return listed(shape, dtype);
  const { kind, scalar } = opTable[op] as OpRow<OpName>;
  if (kind !== 'elementwise' || !scalar) {
    throw new Error(
      `'${op}' is more than a function of elements: say in 'calls' of test/support/opCalls.ts how it is called.`,
    );
  }
  return [{ sources: new Array<CallSource>(scalar.length).fill({ shape }) }];
}

/** The smallest and the largest number of an integer dtype. */
const limits: Partial<Record<DType, readonly [low: number, high: number]>> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int8: [-128, 127],
  uint8: [0, 255],
  bool: [0, 1],
};

/** Values for source number `index` of an op: floats of its test range, integers from everywhere, corners among them. */
export function valuesFor(
  op: OpName,
  index: number,
  { shape, range, below }: CallSource,
  dtype: DType,
  random: Random,
): NumericArray {
  const size = sizeOf(shape);
  const [low, high] = range ?? (opTable[op] as OpRow<OpName>).testRange?.[index] ?? [-3, 3];
  const [least, most] = limits[dtype] ?? [low, high];
  const draw = (): number => {
    if (below !== undefined) return random.integer(0, below - 1);
    if (isFloat(dtype)) return random.uniform(low, high);
    if (random.chance(0.15)) return random.pick([least, most, 0, 1]);
    return random.chance(0.5) ? random.integer(-4, 4) & (least < 0 ? -1 : most) : random.integer(least, most);
  };
  return makeArray(dtype, Float64Array.from({ length: size }, draw));
}
