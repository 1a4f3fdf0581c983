import type { Node } from '../graph/node.ts';
import { sizeOf } from '../graph/shape.ts';
import type { Group } from '../schedule/group.ts';
import { flatten, type Index, unflatten } from '../schedule/indexing.ts';
import type { DataIndex } from '../schedule/walk.ts';
import { LoopPoint } from './indexed.ts';
import { type Expr, i32, mask } from './ir.ts';
import type { Kernel, KernelBuilder, Placement } from './kernel.ts';
import { valueType } from './types.ts';

/** As many blocks in front of the scattered axis as this keep all threads busy; with fewer, columns are divided too. */
const ENOUGH_BLOCKS = 16;
/** Columns that one thread takes at a time: a cache line of float32, so that no two threads write to one. */
const COLUMNS = 16;

/**
 * scatterAdd and scatterSet. An array is blocks (the dimensions before the axis) of lines along the axis, one for each
 * column (the dimensions behind it). In each line the base is copied, and then the updates are made one after another,
 * in order, so that equal indices give the same result every time; lines know nothing of each other, and are what
 * threads divide. Vectors run across columns.
 */
export function scatterKernel(builder: KernelBuilder, group: Group, placement: Placement): Kernel {
  const root = group.roots[0] as Node<'scatterAdd' | 'scatterSet'>;
  const [base, index, updates] = root.sources as [Node, Node, Node];
  const { axis } = root.arg;
  const size = root.shape[axis] as number;
  const [outerShape, innerShape] = [root.shape.slice(0, axis), root.shape.slice(axis + 1)];
  const [outer, inner] = [sizeOf(outerShape), sizeOf(innerShape)];
  const chunks = outer >= ENOUGH_BLOCKS ? 1 : Math.ceil(inner / COLUMNS);
  const e = builder.emitter;
  const out = builder.output(root);

  /** The point in line `at` of a block and column, in an array that has `length` elements along the axis. */
  const pointAt = (block: Expr, length: number, at: Expr, column: Expr, alongLanes: boolean) => {
    const point = new LoopPoint(builder, placement, root);
    const columnIndex = point.index(inner, column);
    const indices: readonly Index[] = [
      ...unflatten(point.space, point.index(outer, block), outerShape),
      point.index(length, at),
      ...unflatten(point.space, columnIndex, innerShape),
    ];
    return { point, indices, lowering: point.lowering(alongLanes ? columnIndex : null) };
  };

  const copy = (block: Expr, at: Expr, column: Expr, alongLanes: boolean) => {
    const { indices, lowering } = pointAt(block, size, at, column, alongLanes);
    lowering.store(root, out, flatten(indices, root.shape), lowering.value(base, indices));
  };

  /** Makes one update, or, where the index differs from lane to lane, does nothing and says so. */
  const update = (block: Expr, at: Expr, column: Expr, alongLanes: boolean): boolean => {
    const length = updates.shape[axis] as number;
    const { point, indices, lowering } = pointAt(block, length, at, column, alongLanes);
    if (lowering.value(index, indices).type.lanes > 1) return false;
    const chosen = point.space.dynamic({ node: index, indices } satisfies DataIndex, size);
    const position = flatten(indices.with(axis, chosen), root.shape);
    const value = lowering.value(updates, indices);
    const result =
      root.op === 'scatterSet'
        ? value
        : e.opHere('add', valueType(root.dtype), lowering.load(root, out, position), value);
    lowering.store(root, out, position, result);
    return true;
  };

  const block = (number: Expr, first: Expr, last: Expr) => {
    const columns = (body: (column: Expr, alongLanes: boolean) => void) => {
      if (inner < e.lanes) {
        e.loop(first, last, 1, (column) => body(column, false));
        return;
      }
      const whole = e.op('and', i32, e.op('sub', i32, last, first), e.int(-e.lanes));
      const middle = e.op('add', i32, first, whole);
      e.loop(first, middle, e.lanes, (column) => body(column, true));
      e.loop(middle, last, 1, (column) => body(column, false));
    };
    const copyAll = () =>
      e.loop(e.int(0), e.int(size), 1, (at) =>
        columns((column, alongLanes) => copy(number, at, column, alongLanes)),
      );
    // Where the result takes the place of the base, there is nothing to copy.
    if (placement.isLoaded(base)) e.when(e.op('ne', mask, out, e.buffer(builder.argument(base))), copyAll);
    else copyAll();
    e.loop(e.int(0), e.int(updates.shape[axis] as number), 1, (at) =>
      columns((column, alongLanes) => {
        if (update(number, at, column, alongLanes)) return;
        for (let lane = 0; lane < e.lanes; lane++) {
          update(number, at, e.op('add', i32, column, e.int(lane)), false);
        }
      }),
    );
  };

  e.loop(e.begin, e.end, 1, (part) => {
    if (chunks === 1) {
      block(part, e.int(0), e.int(inner));
      return;
    }
    const number = outer === 1 ? e.int(0) : e.op('divS', i32, part, e.int(chunks));
    const chunk = e.op('sub', i32, part, e.op('mul', i32, number, e.int(chunks)));
    const first = e.op('mul', i32, chunk, e.int(COLUMNS));
    block(number, first, e.op('min', i32, e.op('add', i32, first, e.int(COLUMNS)), e.int(inner)));
  });
  return builder.finish(root.op, outer * chunks);
}
