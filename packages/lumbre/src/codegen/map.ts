import type { Node } from '../graph/node.ts';
import { type Group, pointsAt, rootIndices } from '../schedule/group.ts';
import { type Atom, type Index, IndexSpace } from '../schedule/indexing.ts';
import { type Expr, i32 } from './ir.ts';
import type { Kernel, KernelBuilder, Placement } from './kernel.ts';
import { chooseLoops, rangeVariable, segments, survey } from './loops.ts';
import { QUAD } from './target.ts';
import { ValueLowering } from './value.ts';

/** Elements of one unit of the parallel axis, where the domain is one long dimension. */
const CHUNK = 1024;
/** More pieces than this are not made of a domain; padding is then decided element by element. */
const MOST_PIECES = 16;

/**
 * A kernel that computes each point of a domain on its own. Where padding begins or ends the domain is cut in pieces, so
 * that concatenation, which is a sum of padded parts, becomes plain copies.
 */
export function mapKernel(builder: KernelBuilder, group: Group, placement: Placement): Kernel {
  const e = builder.emitter;
  const loops = chooseLoops(group, placement.isLoaded);
  const { sizes } = loops;
  const cuts = survey(group.roots, loops, placement.isLoaded).cuts;
  let pieces = sizes.map((size, axis) => segments(size, cuts[axis] as ReadonlySet<number>));
  if (pieces.reduce((product, p) => product * p.length, 1) > MOST_PIECES) {
    pieces = sizes.map((size) => [[0, size]]);
  }
  const last = sizes.length - 1;
  const unit = last === 0 ? CHUNK : 1;

  const point = (
    space: IndexSpace,
    indices: readonly Index[],
    variables: Map<Atom, Expr>,
    lanesAlong: Atom | null,
    lanes: number,
  ) => {
    const points = pointsAt(space, indices, sizes, null);
    const values = new Map<Node, Expr>();
    const lowering = new ValueLowering(e, {
      space,
      variables,
      lanesAlong,
      lanes,
      isLoaded: placement.isLoaded,
      atHand: (node) => values.get(node) ?? null,
      bufferOf: (node) => builder.argument(node),
      isConstant: () => true,
    });
    for (const root of group.roots)
      values.set(root, lowering.value(root, rootIndices(root, points, sizes), true));
    // All loads come before the first store: a result may lie where a source was.
    for (const [root, value] of values) {
      if (placement.isStored(root)) lowering.store(root, builder.output(root), points.full, value);
    }
  };

  const piece = (ranges: readonly (readonly [number, number])[]) => {
    const space = new IndexSpace();
    const indices = ranges.map(([from, to]) => rangeVariable(space, from, to));
    const atoms = indices.map((index) => index.terms[0]?.atom ?? null);
    const bind = (values: readonly Expr[]) =>
      new Map(atoms.flatMap((atom, axis) => (atom ? [[atom, values[axis] as Expr] as const] : [])));

    const nest = (values: readonly Expr[]) => {
      const axis = values.length;
      if (axis === sizes.length) return point(space, indices, bind(values), null, 1);
      const [from, to] = ranges[axis] as readonly [number, number];
      const { start, end } = axis === 0 ? partOf(from, to) : { start: e.int(from), end: e.int(to) };
      const atom = atoms[axis];
      let next = start;
      let left = to - from;
      for (const lanes of axis === last && atom ? vectorWidths(left) : []) {
        const whole = e.op('and', i32, e.op('sub', i32, end, next), e.int(-lanes));
        const middle = e.op('add', i32, next, whole);
        e.loop(next, middle, lanes, (i) => point(space, indices, bind([...values, i]), atom as Atom, lanes));
        next = middle;
        left %= lanes;
      }
      // The first axis is divided among threads, at multiples of every width counted from 0.
      const dividesEvenly = axis > 0 || from % e.lanes === 0;
      if (left > 0 || !dividesEvenly) e.loop(next, end, 1, (i) => nest([...values, i]));
    };
    nest([]);
  };

  /** Widest vectors first, and narrow ones for what is left of a line if it is worth code of its own. */
  const vectorWidths = (size: number): number[] => {
    const wide = e.lanes <= size ? [e.lanes] : [];
    const rest = size % e.lanes;
    const narrow = QUAD < e.lanes && QUAD <= rest && (last > 0 || wide.length === 0);
    return narrow ? [...wide, QUAD] : wide;
  };

  /** The part of [from, to) on the first axis that this call computes. */
  const partOf = (from: number, to: number) => {
    const scaled = (bound: Expr) => e.op('mul', i32, bound, e.int(unit));
    const start = e.op('max', i32, scaled(e.begin), e.int(from));
    const end = e.op('max', i32, e.op('min', i32, scaled(e.end), e.int(to)), start);
    return { start, end };
  };

  const combine = (axis: number, ranges: readonly (readonly [number, number])[]) => {
    if (axis === sizes.length) return piece(ranges);
    for (const range of pieces[axis] as [number, number][]) combine(axis + 1, [...ranges, range]);
  };
  combine(0, []);
  return builder.finish('map', sizes.length === 0 ? 1 : Math.ceil((sizes[0] as number) / unit));
}
