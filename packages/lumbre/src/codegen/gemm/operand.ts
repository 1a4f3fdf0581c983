import type { Node } from '../../graph/node.ts';
import { stridedView } from '../../schedule/access.ts';
import { type Atom, add, fixed, type Index, IndexSpace, plus, times } from '../../schedule/indexing.ts';
import { type Expr, i32, mask } from '../ir.ts';
import { KernelBuilder, type Placement } from '../kernel.ts';
import { rangeVariable } from '../loops.ts';
import { QUAD } from '../target.ts';
import { ValueLowering } from '../value.ts';
import { type PanelSource, stridedSource } from './pack.ts';
import { at, FLOAT_BYTES } from './tile.ts';

/** Which axis of an operand its lines run over; the other one is contracted. */
export interface Sides {
  readonly lineAxis: number;
  readonly stepAxis: number;
}

/**
 * An operand of a product for the batch element at `batch`: read through strides where they describe it, else computed
 * while it is packed. So padding, windows and conversions cost no copy.
 */
export function operandSource(
  builder: KernelBuilder,
  placement: Placement,
  operand: Node,
  batch: readonly Expr[],
  sides: Sides,
): PanelSource {
  const e = builder.emitter;
  const view = operand.dtype === 'float32' ? stridedView(operand, placement.isLoaded) : null;
  if (view?.base.dtype !== 'float32') return computedSource(builder, placement, operand, batch, sides);
  const start = e.op('add', i32, e.buffer(builder.argument(view.base)), e.int(view.offset * FLOAT_BYTES));
  return stridedSource(e, {
    base: batch.reduce((sum, i, axis) => at(e, sum, i, (view.strides[axis] as number) * FLOAT_BYTES), start),
    lineStride: view.strides[sides.lineAxis] as number,
    stepStride: view.strides[sides.stepAxis] as number,
    lines: operand.shape[sides.lineAxis] as number,
  });
}

/** The kernel that values are computed in, and the batch element. */
interface Place {
  readonly builder: KernelBuilder;
  readonly batch: readonly Expr[];
}

function computedSource(
  builder: KernelBuilder,
  placement: Placement,
  operand: Node,
  batch: readonly Expr[],
  { lineAxis, stepAxis }: Sides,
): PanelSource {
  const e = builder.emitter;
  const { shape } = operand;
  const lines = shape[lineAxis] as number;
  const here: Place = { builder, batch };

  /** The lowering of values at one step, with vectors along `lanesAlong` if that is given. */
  const loweringAt = (
    { builder: within, batch: position }: Place,
    step: Expr,
    lanes: number,
    line: (space: IndexSpace) => { index: Index; variables: [Atom, Expr][]; lanes: Atom | null },
  ) => {
    const space = new IndexSpace();
    const variables = new Map<Atom, Expr>();
    const bound = (size: number, value: Expr): Index => {
      const index = rangeVariable(space, 0, size);
      const atom = index.terms[0]?.atom;
      if (atom) variables.set(atom, value);
      return index;
    };
    const found = line(space);
    for (const [atom, value] of found.variables) variables.set(atom, value);
    const indices = shape.map((size, axis) => {
      if (axis === lineAxis) return found.index;
      return bound(size, axis === stepAxis ? step : (position[axis] as Expr));
    });
    const values = new ValueLowering(within.emitter, {
      space,
      variables,
      lanesAlong: found.lanes,
      lanes,
      isLoaded: placement.isLoaded,
      atHand: () => null,
      bufferOf: (node) => within.argument(node),
      isConstant: () => true,
    });
    return { value: values.value(operand, indices), uneven: values.unevenLoads };
  };

  /** `lanes` neighbouring lines, from line `i` of panel number `panel` on. */
  const vectorAt = (
    place: Place,
    step: Expr,
    panel: Expr,
    i: number,
    { lanes, count }: { lanes: number; count: number },
  ) =>
    loweringAt(place, step, lanes, (space) => {
      const lane = space.variable(0, lanes - 1);
      const atom = lane.terms[0]?.atom as Atom;
      const number = rangeVariable(space, 0, Math.floor(lines / count));
      const variables: [Atom, Expr][] = [[atom, e.int(0)]];
      const numberAtom = number.terms[0]?.atom;
      if (numberAtom) variables.push([numberAtom, panel]);
      return { index: add(times(number, count), plus(lane, i)), variables, lanes: atom };
    });

  /** The widest vectors whose elements lie at equal distances, or, if none do, the widest that there are. */
  const lanesFor = (count: number): number => {
    const widths = [e.lanes, e.lanes / 2, QUAD].filter((lanes) => lanes >= QUAD && count % lanes === 0);
    if (!e.target.gathers) return widths[0] ?? QUAD;
    const even = widths.find((lanes) => {
      // In a kernel that nobody will see, where any number will do.
      const trial = new KernelBuilder(builder.target);
      const { begin } = trial.emitter;
      const place = { builder: trial, batch: batch.map(() => begin) };
      return vectorAt(place, begin, begin, 0, { lanes, count }).uneven === 0;
    });
    return even ?? widths[0] ?? QUAD;
  };

  return {
    lines,
    pack({ to, count, first, from, depth }) {
      const lanes = lanesFor(count);
      const panel = e.op('divS', i32, first, e.int(count));
      const wholePanels = Math.floor(lines / count);
      const eachStep = (body: (step: Expr, target: Expr) => void) =>
        e.loop(e.int(0), depth, 1, (p) => body(e.op('add', i32, from, p), at(e, to, p, count * FLOAT_BYTES)));
      const whole = () =>
        eachStep((step, target) => {
          for (let i = 0; i < count; i += lanes) {
            const { value } = vectorAt(here, step, panel, i, { lanes, count });
            e.store('f32', target, i * FLOAT_BYTES, e.widen(value, lanes));
          }
        });
      const rest = () =>
        eachStep((step, target) => {
          for (let i = 0; i < count; i++) {
            const index = Math.min((lines % count === 0 ? 0 : wholePanels * count) + i, lines - 1);
            const { value } = loweringAt(here, step, 1, () => ({
              index: fixed(index),
              variables: [],
              lanes: null,
            }));
            e.store('f32', target, i * FLOAT_BYTES, value);
          }
        });
      if (wholePanels === 0 || count < QUAD) return rest();
      if (lines % count === 0) return whole();
      e.when(e.op('lt', mask, panel, e.int(wholePanels)), whole, rest);
    },
  };
}
