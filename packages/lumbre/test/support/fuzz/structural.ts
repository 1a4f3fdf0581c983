import { sizeOf } from '../../../src/graph/shape.ts';
import type { Argument } from '../call.ts';
import { broadcastable, type Candidate, call, isFloatValue, ref } from './elementwise.ts';
import { keepsAway, MOST_ELEMENTS, type Value, type Workbench } from './workbench.ts';

export const hasElements = ({ data }: Value): boolean => data.length > 0;
export const axisOf = ({ random }: Workbench, { shape }: Value): number =>
  random.integer(0, shape.length - 1);

/** A step on a value of at least `rank` dimensions. */
export const moves =
  (
    method: string,
    rank: number,
    argumentsFor: (bench: Workbench, value: Value) => readonly Argument[] | null,
    suits: (value: Value) => boolean = () => true,
  ): Candidate =>
  (bench) => {
    const value = bench.pick((v) => v.shape.length >= rank && suits(v));
    const args = value && argumentsFor(bench, value);
    return value && args ? call(value, method, args) : null;
  };

/** A random factorization of `size`, with some ones. */
function factors({ random }: Workbench, size: number): number[] {
  if (size === 0) return [random.integer(0, 3), 0];
  const shape: number[] = [];
  let rest = size;
  for (let part = 2; rest > 1 && shape.length < 4; part++) {
    while (rest % part === 0 && shape.length < 4) {
      shape.push(part);
      rest /= part;
    }
  }
  if (rest > 1) shape.push(rest);
  // Neighbours are joined until there are few enough, and a 1 slips in now and then.
  while (shape.length > random.integer(1, 4)) shape.push((shape.pop() as number) * (shape.pop() as number));
  const order = random.shuffle(shape);
  if (random.chance(0.2)) order.splice(random.integer(0, order.length), 0, 1);
  return order;
}

export const order = ({ random }: Workbench, { shape }: Value) =>
  random.shuffle(shape.map((_, axis) => axis));

function grownShape({ random }: Workbench, { shape }: Value): number[] | null {
  const grown = shape.map((size) => (size === 1 && random.chance(0.8) ? random.integer(2, 5) : size));
  if (random.chance(0.4)) grown.unshift(random.integer(1, 4));
  return sizeOf(grown) > MOST_ELEMENTS || grown.join() === shape.join() ? null : grown;
}

export function ranges({ random }: Workbench, { shape }: Value): Argument[] {
  return shape.map((size): Argument => {
    if (size === 0 || random.chance(0.4)) return ':';
    if (random.chance(0.2)) return random.integer(-size, size - 1);
    const [from, to] = [random.integer(0, size - 1), random.integer(0, size)].sort((a, b) => a - b) as [
      number,
      number,
    ];
    if (from === to && random.chance(0.9)) return ':';
    return random.chance(0.4) ? [from, to, random.integer(1, 3)] : [from, to];
  });
}

const joined =
  (name: 'cat' | 'stack'): Candidate =>
  (bench) => {
    const first = bench.pick((v) => name === 'stack' || v.shape.length > 0);
    if (!first) return null;
    const axis = name === 'stack' ? bench.random.integer(0, first.shape.length) : axisOf(bench, first);
    const fits = ({ shape, dtype }: Value) =>
      dtype === first.dtype &&
      shape.length === first.shape.length &&
      shape.every((size, i) => size === first.shape[i] || (name === 'cat' && i === axis));
    const grown = name === 'cat' ? first.shape.with(axis, bench.random.integer(0, 4)) : first.shape;
    const others = bench.random.array(bench.random.integer(1, 2), () =>
      bench.pickOrLeaf(grown, first.dtype, fits),
    );
    const list = bench.random.shuffle([first, ...others]);
    return { step: { function: name, args: [list.map(ref), axis] }, exactness: 'keeps' };
  };

const created: Candidate = ({ random }) =>
  random.chance(0.5)
    ? { step: { function: 'arange', args: [random.integer(0, 9)] }, exactness: 'keeps' }
    : {
        step: { function: 'full', args: [[random.integer(1, 4), random.integer(1, 4)], 0.5] },
        exactness: 'keeps',
      };

/** Axes to reduce, as the methods take them, and whether they stay. */
function reductionArguments({ random }: Workbench, { shape }: Value): Argument[] {
  const keepdim: Argument[] = random.chance(0.5) ? [{ keepdim: true }] : [];
  if (shape.length === 0 || random.chance(0.2)) return keepdim.length > 0 ? [null, ...keepdim] : [];
  const axes = random.shuffle(shape.map((_, axis) => axis)).slice(0, random.integer(1, shape.length));
  const negative = random.chance(0.3);
  const named = axes.map((axis) => (negative ? axis - shape.length : axis));
  return [named.length === 1 ? (named[0] as number) : named, ...keepdim];
}

const reduces =
  (
    method: string,
    {
      suits = hasElements,
      rounds = true,
      accept,
    }: {
      suits?: (value: Value, bench: Workbench) => boolean;
      rounds?: boolean;
      accept?: (result: Value) => boolean;
    } = {},
  ): Candidate =>
  (bench) => {
    const value = bench.pick((v) => suits(v, bench));
    if (!value) return null;
    const proposal = call(value, method, reductionArguments(bench, value), rounds ? 'rounds' : 'keeps');
    return accept ? { ...proposal, accept } : proposal;
  };

/** Ties and near ties must be the same for everybody: where the index is asked for, and where a gradient is. */
export const decided = (value: Value, bench: Workbench): boolean =>
  hasElements(value) && (value.exact || !bench.wantsGradient);

const extremeIndex =
  (method: 'argmax' | 'argmin'): Candidate =>
  (bench) => {
    const value = bench.pick((v) => hasElements(v) && v.exact);
    if (!value) return null;
    if (value.shape.length === 0 || bench.random.chance(0.2)) return call(value, method);
    return call(value, method, [axisOf(bench, value), { keepdim: bench.random.chance(0.5) }]);
  };

const alongAxis =
  (method: string, suits: (value: Value) => boolean, exactness: 'keeps' | 'rounds'): Candidate =>
  (bench) => {
    const value = bench.pick((v) => v.shape.length > 0 && hasElements(v) && suits(v));
    return value ? call(value, method, [axisOf(bench, value)], exactness) : null;
  };

const product: Candidate = (bench) => {
  const { random } = bench;
  const a = bench.pick((v) => isFloatValue(v) && v.shape.length > 0);
  if (!a) return null;
  const inner = a.shape.at(-1) as number;
  const batch = a.shape.slice(0, -2);
  const columns = random.pick([1, 2, 3, 4, 7, 8, 9, 17]);
  const shape = random.chance(0.15)
    ? [inner]
    : [...(random.chance(0.5) ? broadcastable(bench, batch) : []), inner, columns];
  const fits = (v: Value) =>
    isFloatValue(v) &&
    v.shape.length > 0 &&
    v.shape.length <= 2 &&
    v.shape[Math.max(v.shape.length - 2, 0)] === inner;
  return call(a, 'matmul', [ref(bench.pickOrLeaf(shape, 'float', fits))], 'multiplies');
};

const outer: Candidate = (bench) => {
  const a = bench.pick((v) => isFloatValue(v) && v.shape.length === 1);
  const b = a && bench.pickOrLeaf([bench.random.integer(1, 5)], 'float', (v) => v.shape.length === 1);
  return a && b ? call(a, 'outer', [ref(b)], 'multiplies') : null;
};

/** An index into an axis of `size`: computed if there is one that fits, else a leaf. */
export function indexFor(bench: Workbench, shape: readonly number[], size: number, anyShape: boolean): Value {
  const fits = (v: Value) =>
    v.low >= 0 && v.high < size && (anyShape ? v.shape.length <= 2 : v.shape.join() === shape.join());
  return bench.pickOrLeaf(shape, bench.random.chance(0.9) ? 'int32' : 'uint8', fits, [0, size - 1]);
}

export const sourceOf = (bench: Workbench): Value | undefined =>
  bench.pick((v) => v.shape.length > 0 && hasElements(v));

const gathered: Candidate = (bench) => {
  const source = sourceOf(bench);
  if (!source) return null;
  const axis = axisOf(bench, source);
  const size = source.shape[axis] as number;
  const index = indexFor(bench, source.shape.with(axis, bench.random.integer(0, 5)), size, false);
  return call(source, 'gather', [axis, ref(index)]);
};

const selected: Candidate = (bench) => {
  const source = sourceOf(bench);
  if (!source) return null;
  const axis = axisOf(bench, source);
  const shape = bench.random.pick([[], [3], [5], [2, 3]]);
  return call(source, 'indexSelect', [axis, ref(indexFor(bench, shape, source.shape[axis] as number, true))]);
};

const scattered: Candidate = (bench) => {
  const base = bench.pick((v) => v.dtype !== 'bool' && v.shape.length > 0 && hasElements(v));
  if (!base) return null;
  const axis = axisOf(bench, base);
  const shape = base.shape.with(axis, bench.random.integer(0, 5));
  const index = indexFor(bench, shape, base.shape[axis] as number, false);
  const updates = bench.pickOrLeaf(shape, base.dtype, (v) => v.shape.join() === shape.join());
  return call(base, 'scatterAdd', [axis, ref(index), ref(updates)]);
};

const crossEntropy: Candidate = (bench) => {
  const logits = bench.pick((v) => isFloatValue(v) && v.shape.length === 2 && hasElements(v));
  if (!logits) return null;
  const [rows, classes] = logits.shape as [number, number];
  return call(logits, 'crossEntropy', [ref(indexFor(bench, [rows], classes, false))], 'rounds');
};

export const structuralCandidates: readonly Candidate[] = [
  moves('reshape', 0, (bench, { data }) => [factors(bench, data.length)]),
  moves('reshape', 0, (bench, { data }) => [factors(bench, data.length)]),
  moves('permute', 2, (bench, value) => [order(bench, value)]),
  moves('permute', 2, (bench, value) => [order(bench, value)]),
  moves('transpose', 2, () => [-1, -2]),
  moves('mT', 2, () => []),
  moves('flatten', 2, () => []),
  moves('squeeze', 0, () => []),
  moves(
    'unsqueeze',
    0,
    ({ random }, { shape }) => [random.integer(0, shape.length)],
    ({ shape }) => shape.length < 4,
  ),
  moves('expand', 0, (bench, value) => {
    const shape = grownShape(bench, value);
    return shape && [shape];
  }),
  moves('flip', 1, (bench, value) => [order(bench, value).slice(0, 2)]),
  moves('pad', 1, ({ random }, { shape, dtype }) => [
    shape.map(() => [random.integer(0, 2), random.integer(0, 2)]),
    ...(dtype === 'float' && random.chance(0.3) ? [1.5] : []),
  ]),
  moves('pad', 1, ({ random }, { shape }) => [shape.map(() => [random.integer(0, 2), random.integer(0, 1)])]),
  moves('slice', 1, (bench, value) => ranges(bench, value)),
  moves('slice', 1, (bench, value) => ranges(bench, value)),
  moves('tile', 1, ({ random }, { shape }) => [shape.map(() => random.integer(1, 2))]),
  moves('tril', 2, ({ random }) => [random.integer(-1, 2)]),
  moves('triu', 2, ({ random }) => [random.integer(-2, 1)]),
  moves('diagonal', 2, () => []),
  joined('cat'),
  joined('cat'),
  joined('stack'),
  created,
  reduces('sum', { suits: () => true, rounds: false }),
  reduces('sum', { suits: () => true, rounds: false }),
  reduces('mean'),
  reduces('mean', { suits: isFloatValueWithElements }),
  reduces('var', { suits: isFloatValueWithElements, accept: ({ low }) => low >= 0 }),
  reduces('std', { suits: isFloatValueWithElements, accept: ({ low }) => low >= 0.1 }),
  reduces('norm', { suits: isFloatValueWithElements, accept: ({ low }) => low >= 0.1 }),
  reduces('prod', { suits: ({ dtype, low, high }) => dtype !== 'float' || (low >= -2 && high <= 2) }),
  reduces('max', { suits: decided, rounds: false }),
  reduces('min', { suits: decided, rounds: false }),
  reduces('any', { suits: truthy, rounds: false }),
  reduces('all', { suits: truthy, rounds: false }),
  reduces('logsumexp', { suits: isFloatValueWithElements }),
  extremeIndex('argmax'),
  extremeIndex('argmin'),
  alongAxis('softmax', isFloatValue, 'rounds'),
  alongAxis('softmax', isFloatValue, 'rounds'),
  alongAxis('logSoftmax', isFloatValue, 'rounds'),
  alongAxis('cumsum', () => true, 'keeps'),
  alongAxis('cumprod', ({ dtype, low, high }) => dtype !== 'float' || (low >= -1.5 && high <= 1.5), 'rounds'),
  alongAxis('logcumsumexp', isFloatValue, 'rounds'),
  product,
  product,
  product,
  outer,
  gathered,
  selected,
  selected,
  scattered,
  crossEntropy,
];

function isFloatValueWithElements(value: Value): boolean {
  return isFloatValue(value) && hasElements(value);
}

function truthy(value: Value): boolean {
  return keepsAway([value], (i) => value.data[i] as number);
}
