import { sizeOf } from '../../../src/graph/shape.ts';
import type { Argument } from '../call.ts';
import { type Candidate, call, isFloatValue, ref } from './elementwise.ts';
import { axisOf, decided, hasElements, indexFor, moves, order, ranges, sourceOf } from './structural.ts';
import { MOST_ELEMENTS, type Value, type Workbench } from './workbench.ts';

const sizeAt = ({ shape }: Value, axis: number): number => shape[axis] as number;

/** What sorts, where everybody agrees on the order, or only values count, which are close all the same. */
const sorts =
  (method: 'sort' | 'topk' | 'kthvalue' | 'median'): Candidate =>
  (bench) => {
    const value = bench.pick((v) => v.shape.length > 0 && decided(v, bench));
    if (!value) return null;
    const axis = axisOf(bench, value);
    const count = bench.random.integer(1, sizeAt(value, axis));
    const flag = bench.random.chance(0.5);
    switch (method) {
      case 'sort':
        return call(value, method, [axis, { descending: flag }]);
      case 'topk':
        return call(value, method, [count, axis, { largest: flag }]);
      case 'kthvalue':
        return call(value, method, [count, axis, { keepdim: flag }]);
      case 'median':
        return call(value, method, [axis, { keepdim: flag }]);
    }
  };

const argsort: Candidate = (bench) => {
  const value = bench.pick((v) => v.shape.length > 0 && hasElements(v) && v.exact);
  return value
    ? call(value, 'argsort', [axisOf(bench, value), { descending: bench.random.chance(0.5) }])
    : null;
};

const writes =
  (method: 'scatter' | 'indexAdd' | 'indexCopy'): Candidate =>
  (bench) => {
    const base = bench.pick(
      (v) => v.shape.length > 0 && hasElements(v) && (method !== 'indexAdd' || v.dtype !== 'bool'),
    );
    if (!base) return null;
    const axis = axisOf(bench, base);
    const count = bench.random.integer(0, 5);
    const region = base.shape.with(axis, count);
    const index = indexFor(bench, method === 'scatter' ? region : [count], sizeAt(base, axis), false);
    const updates = bench.pickOrLeaf(region, base.dtype, (v) => v.shape.join() === region.join());
    return call(base, method, [axis, ref(index), ref(updates)]);
  };

const picked: Candidate = (bench) => {
  const source = sourceOf(bench);
  if (!source) return null;
  const axis = axisOf(bench, source);
  const shape = bench.random.pick([[], [3], [2, 2]]);
  const index = indexFor(bench, shape, sizeAt(source, axis), true);
  const entries: Argument[] = Array<Argument>(axis).fill(':');
  if (axis > 1 && bench.random.chance(0.5)) {
    // Another index that broadcasts with the first, not next to it: its dimensions go in front.
    entries[0] = ref(indexFor(bench, [1], source.shape[0] as number, false));
  }
  return call(source, 'index', [...entries, ref(index)]);
};

const replaced: Candidate = (bench) => {
  const base = bench.pick((v) => hasElements(v) && v.shape.length > 0);
  if (!base) return null;
  const last = base.shape.at(-1) as number;
  const fits = (v: Value) => v.shape.length === 0 || v.shape.join() === `${last}`;
  const value = bench.pickOrLeaf(bench.random.chance(0.5) ? [] : [last], base.dtype, fits);
  // The last dimension stays whole, so that the value fits.
  const entries = ranges(bench, base).with(-1, ':');
  const added = base.dtype !== 'bool' && bench.random.chance(0.4);
  return call(base, added ? 'withAdded' : 'with', [entries, ref(value)]);
};

const masked: Candidate = (bench) => {
  const base = bench.pick((v) => v.shape.length > 0 && hasElements(v));
  if (!base) return null;
  const shape = base.shape.slice(0, bench.random.integer(1, base.shape.length));
  const mask = bench.pickOrLeaf(shape, 'bool', (v) => v.shape.join() === shape.join());
  const value = bench.pickOrLeaf([], base.dtype, (v) => v.shape.length === 0);
  return call(base, 'with', [ref(mask), ref(value)]);
};

const along: Candidate = (bench) => {
  const source = sourceOf(bench);
  if (!source) return null;
  const axis = axisOf(bench, source);
  const shape = source.shape.map((size, i) =>
    i === axis ? bench.random.integer(1, 4) : bench.random.chance(0.4) ? 1 : size,
  );
  return call(source, 'takeAlongDim', [ref(indexFor(bench, shape, sizeAt(source, axis), false)), axis]);
};

/** Pads that a mode allows. */
const padded: Candidate = (bench) => {
  const value = bench.pick((v) => v.shape.length > 0 && hasElements(v));
  if (!value) return null;
  const mode = bench.random.pick(['reflect', 'replicate', 'circular']);
  const most = (size: number) => (mode === 'reflect' ? size - 1 : mode === 'circular' ? size : 2);
  const pads = value.shape.map((size) =>
    [0, 1].map(() => bench.random.integer(0, Math.max(0, Math.min(2, most(size))))),
  );
  return call(value, 'pad', [pads, { mode }]);
};

const windows = ({ random }: Workbench, { shape }: Value, axis: number): Argument[] | null => {
  const size = shape[axis] as number;
  if (size === 0) return null;
  return [axis, random.integer(1, Math.min(size, 4)), random.integer(1, 4)];
};

export const indexingCandidates: readonly Candidate[] = [
  sorts('sort'),
  sorts('topk'),
  sorts('kthvalue'),
  sorts('median'),
  argsort,
  writes('scatter'),
  writes('indexAdd'),
  writes('indexCopy'),
  picked,
  picked,
  replaced,
  replaced,
  masked,
  along,
  padded,
  moves('roll', 1, (bench, value) => [bench.random.integer(-4, 4), axisOf(bench, value)]),
  moves('roll', 0, ({ random }) => [random.integer(-9, 9)]),
  moves('rot90', 2, ({ random }) => [random.integer(-1, 3)]),
  moves('movedim', 2, (bench, value) => {
    const [from, to] = [order(bench, value), order(bench, value)];
    return [from.slice(0, 2), to.slice(0, 2)];
  }),
  moves('repeatInterleave', 1, (bench, value) => [bench.random.integer(1, 3), axisOf(bench, value)]),
  moves(
    'diagEmbed',
    1,
    ({ random }) => [random.integer(-1, 2)],
    ({ shape }) => shape.length < 4 && sizeOf(shape) * ((shape.at(-1) as number) + 2) <= MOST_ELEMENTS,
  ),
  moves('diagonal', 2, ({ random }) => [random.integer(-2, 2), -1, 0]),
  moves(
    'unfold',
    1,
    (bench, value) => windows(bench, value, axisOf(bench, value)),
    (v) => hasElements(v) && v.shape.length < 5,
  ),
  moves('tensorSplit', 1, (bench, value) => [bench.random.integer(1, 3), axisOf(bench, value)], isFloatValue),
];
