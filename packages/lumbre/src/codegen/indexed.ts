import type { Node } from '../graph/node.ts';
import { sizeOf } from '../graph/shape.ts';
import type { Group } from '../schedule/group.ts';
import { type Atom, flatten, type Index, IndexSpace, unflatten } from '../schedule/indexing.ts';
import { type Expr, i32, mask } from './ir.ts';
import type { Kernel, KernelBuilder, Placement } from './kernel.ts';
import { rangeVariable } from './loops.ts';
import { valueType } from './types.ts';
import { ValueLowering } from './value.ts';

/** One point of loops that a template writes out itself: its variables, and the lowering of values there. */
export class LoopPoint {
  readonly space = new IndexSpace();
  readonly #builder: KernelBuilder;
  readonly #placement: Placement;
  readonly #written: Node;
  readonly #variables = new Map<Atom, Expr>();

  constructor(builder: KernelBuilder, placement: Placement, written: Node) {
    this.#builder = builder;
    this.#placement = placement;
    this.#written = written;
  }

  /** An index in [0, size) with this value; in lane 0, where it counts up along the lanes. */
  index(size: number, value: Expr): Index {
    const index = rangeVariable(this.space, 0, size);
    const atom = index.terms[0]?.atom;
    if (atom) this.#variables.set(atom, value);
    return index;
  }

  /** The lowering of values at this point; `lanes` is the index along which vectors run, if any does. */
  lowering(lanes: Index | null = null): ValueLowering {
    return new ValueLowering(this.#builder.emitter, {
      space: this.space,
      variables: this.#variables,
      lanesAlong: lanes?.terms[0]?.atom ?? null,
      isLoaded: this.#placement.isLoaded,
      atHand: () => null,
      bufferOf: (node) => this.#builder.argument(node),
      isConstant: (node) => node !== this.#written,
    });
  }
}

/** The indices in `shape` of element `along` of row number `row`, the rows being the lines along `axis`. */
export function indicesInRow(
  space: IndexSpace,
  shape: readonly number[],
  axis: number,
  row: Index,
  along: Index,
): Index[] {
  return unflatten(space, row, shape.toSpliced(axis, 1)).toSpliced(axis, 0, along);
}

/** How many lines along `axis` there are: what runs in parallel. */
export const rowsAlong = (shape: readonly number[], axis: number): number => sizeOf(shape.toSpliced(axis, 1));

/** argmax along one axis: the first of the largest; NaN counts as largest, as in PyTorch. */
export function argmaxKernel(builder: KernelBuilder, group: Group, placement: Placement): Kernel {
  const root = group.roots[0] as Node<'argmax'>;
  const source = root.sources[0] as Node;
  const { axis } = root.arg;
  const size = source.shape[axis] as number;
  const rows = rowsAlong(source.shape, axis);
  const e = builder.emitter;
  const out = builder.output(root);
  const type = valueType(source.dtype);

  e.loop(e.begin, e.end, 1, (r) => {
    const valueAt = (i: Expr) => {
      const point = new LoopPoint(builder, placement, root);
      const indices = indicesInRow(
        point.space,
        source.shape,
        axis,
        point.index(rows, r),
        point.index(size, i),
      );
      const value = point.lowering().value(source, indices);
      // Truth values are compared as numbers.
      return type.scalar === 'mask' ? e.op('maskToI32', i32, value) : value;
    };
    const best = e.variable(valueAt(e.int(0)));
    const position = e.variable(e.int(0));
    e.loop(e.int(1), e.int(size), 1, (i) => {
      const value = valueAt(i);
      const larger = e.opHere('lt', mask, best, value);
      const isNew =
        type.scalar === 'f32'
          ? e.opHere(
              'maskOr',
              mask,
              e.freeze(larger),
              e.freeze(
                e.opHere(
                  'maskAnd',
                  mask,
                  e.freeze(e.opHere('ne', mask, value, value)),
                  e.freeze(e.opHere('eq', mask, best, best)),
                ),
              ),
            )
          : larger;
      e.when(e.freeze(isNew), () => {
        e.set(best, value);
        e.set(position, i);
      });
    });
    const point = new LoopPoint(builder, placement, root);
    const indices = indicesInRow(
      point.space,
      root.shape,
      axis,
      point.index(rows, r),
      point.index(1, e.int(0)),
    );
    point.lowering().store(root, out, flatten(indices, root.shape), e.freeze(position));
  });
  return builder.finish('argmax', rows);
}
