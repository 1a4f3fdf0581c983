import type { Node } from '../../graph/node.ts';
import { stridedView } from '../../schedule/access.ts';
import type { Group } from '../../schedule/group.ts';
import { type Expr, f32, i32, vector } from '../ir.ts';
import type { Kernel, KernelBuilder, Placement } from '../kernel.ts';
import { batchIndex } from './batch.ts';
import { epilogueOf } from './epilogue.ts';
import { operandSource } from './operand.ts';
import { at, FLOAT_BYTES } from './tile.ts';

/** Rows of the matrix that are added at a time: the sums are loaded and stored once for all of them. */
const ROWS_AT_ONCE = 8;
/** A part has at least so many columns, and at most what the target says. */
const LEAST_COLUMNS = 64;
/** A product is offered to threads in about this many parts. */
const PARTS = 16;

/**
 * A row times a matrix whose rows are contiguous: [batch…, 1, k] by [batch…, k, n]. The matrix is read once, row after
 * row, and nothing is packed but the vector. (Where the columns are contiguous the product is a reduction; see
 * `schedule/simplify.ts`.) `null` where rows turn out not to be contiguous.
 */
export function vectorMatrixKernel(
  builder: KernelBuilder,
  group: Group,
  placement: Placement,
): Kernel | null {
  const root = group.roots[0] as Node;
  // A view on the way may have memory of its own, for another's sake, in another order than what it shows.
  const view = stridedView(root.sources[1] as Node, placement.isLoaded);
  if (view?.base.dtype !== 'float32' || view.strides.at(-1) !== 1) return null;
  const e = builder.emitter;
  const wide = vector(f32, e.lanes);
  const a = root.sources[0] as Node;
  const rank = root.shape.length;
  const batch = root.shape.slice(0, -2);
  const n = root.shape[rank - 1] as number;
  const k = a.shape[rank - 1] as number;
  const batches = batch.reduce((product, size) => product * size, 1);
  const wanted = Math.ceil(n / PARTS / LEAST_COLUMNS) * LEAST_COLUMNS;
  const columns = Math.min(Math.max(wanted, LEAST_COLUMNS), builder.target.vectorColumns);
  const parts = Math.ceil(n / columns);

  const epilogue = epilogueOf(builder, group, placement);
  const packed = e.op('add', i32, e.scratch, e.int(builder.scratch(k * FLOAT_BYTES)));
  const matrixStart = e.op(
    'add',
    i32,
    e.buffer(builder.argument(view.base)),
    e.int(view.offset * FLOAT_BYTES),
  );
  const rowBytes = (view.strides[rank - 2] as number) * FLOAT_BYTES;

  e.loop(e.begin, e.end, 1, (number) => {
    const which = e.op('divS', i32, number, e.int(parts));
    const part = e.op('sub', i32, number, e.op('mul', i32, which, e.int(parts)));
    const index = batchIndex(e, batches === 1 ? e.int(0) : which, batch);
    const column = e.op('mul', i32, part, e.int(columns));
    const width = e.op('min', i32, e.op('sub', i32, e.int(n), column), e.int(columns));
    const sums = at(e, at(e, epilogue.target, which, n * FLOAT_BYTES), column, FLOAT_BYTES);
    const matrix = index.reduce(
      (sum, i, axis) => at(e, sum, i, (view.strides[axis] as number) * FLOAT_BYTES),
      at(e, matrixStart, column, FLOAT_BYTES),
    );
    operandSource(builder, placement, a, index, { lineAxis: rank - 2, stepAxis: rank - 1 }).pack({
      to: packed,
      count: 1,
      first: e.int(0),
      from: e.int(0),
      depth: e.int(k),
    });

    /** Adds `rows` rows of the matrix from row `p`, each times its element of the vector. */
    const addRows = (p: Expr, rows: number, first: boolean) => {
      const start = at(e, matrix, p, rowBytes);
      const factors = Array.from({ length: rows }, (_, r) =>
        e.load(f32, 'f32', at(e, packed, p, FLOAT_BYTES), r * FLOAT_BYTES, false),
      );
      const step = (j: Expr, lanes: number) => {
        const type = lanes === 1 ? f32 : wide;
        const to = at(e, sums, j, FLOAT_BYTES);
        const sum = e.variable(first ? e.constant(type, 0) : e.load(type, 'f32', to, 0, false));
        factors.forEach((factor, r) => {
          const value = e.load(type, 'f32', at(e, start, j, FLOAT_BYTES), r * rowBytes, false);
          e.set(sum, e.opHere('fma', f32, lanes === 1 ? factor : e.widen(factor, lanes), value, sum));
        });
        e.store('f32', to, 0, sum);
      };
      const vectors = e.op('and', i32, width, e.int(-e.lanes));
      e.loop(e.int(0), vectors, e.lanes, (j) => step(j, e.lanes));
      e.loop(vectors, width, 1, (j) => step(j, 1));
    };
    const firstRows = Math.min(k, ROWS_AT_ONCE);
    addRows(e.int(0), firstRows, true);
    const whole = k - (k % ROWS_AT_ONCE);
    e.loop(e.int(firstRows), e.int(whole), ROWS_AT_ONCE, (p) => addRows(p, ROWS_AT_ONCE, false));
    e.loop(e.int(Math.max(whole, firstRows)), e.int(k), 1, (p) => addRows(p, 1, false));
    if (!epilogue.isEmpty) epilogue.apply(index, { row: e.int(0), height: e.int(1), column, width });
  });
  return builder.finish('dot', batches * parts);
}
