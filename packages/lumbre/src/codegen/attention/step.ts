import type { Node } from '../../graph/node.ts';
import { type StridedView, stridedView } from '../../schedule/access.ts';
import type { Group } from '../../schedule/group.ts';
import { batchIndex } from '../gemm/batch.ts';
import { transpose } from '../gemm/pack.ts';
import { at, FLOAT_BYTES } from '../gemm/tile.ts';
import { type Expr, f32, i32, mask, vector } from '../ir.ts';
import type { Kernel, KernelBuilder, Placement } from '../kernel.ts';
import { QUAD } from '../target.ts';
import { attentionOf, keyCount, sourcesOf } from './operands.ts';
import { exponentials, fillRow, ROW_STEP } from './rows.ts';

/** Up to so many queries are attended for one by one: packing keys and values would cost more than reading them. */
const FEW_QUERIES = 3;
/** Vectors of the result that are summed up at a time. */
const VECTORS_AT_ONCE = 8;

const quad = vector(f32, QUAD);

type Variable = Expr & { kind: 'local' };

/** Keys or values whose rows are contiguous, so that they can be read where they lie. */
function rowsInPlace(node: Node, placement: Placement): StridedView | null {
  const view = stridedView(node, placement.isLoaded);
  const width = node.shape.at(-1) as number;
  return view && view.base.dtype === 'float32' && view.strides.at(-1) === 1 && width % QUAD === 0
    ? view
    : null;
}

/** The kernel for a token that looks back at a cache, or `null` where the one for many queries has to do. */
export function attentionStepKernel(
  builder: KernelBuilder,
  group: Group,
  placement: Placement,
): Kernel | null {
  const root = group.roots[0] as Node;
  const [q, k, v, length] = root.sources as [Node, Node, Node, Node?];
  const { batch, batches, queries, keys, size, valueSize, causal, scale } = attentionOf(root);
  const keyView = rowsInPlace(k, placement);
  const valueView = rowsInPlace(v, placement);
  if (queries > FEW_QUERIES || !keyView || !valueView) return null;

  const e = builder.emitter;
  const resultOf = (op: Node['op']) => {
    const node = group.roots.find((n) => n.op === op && placement.isStored(n));
    return node ? builder.output(node) : null;
  };
  const mixed = resultOf('attention');
  const logSumExp = resultOf('attentionLogSumExp');
  const scratch = (floats: number) =>
    e.op('add', i32, e.scratch, e.int(builder.scratch(floats * FLOAT_BYTES)));
  const packedQuery = scratch(size);
  const scores = scratch(Math.ceil(keys / ROW_STEP) * ROW_STEP);
  /** Where the rows of a batch element begin, and bytes from one row to the next. */
  const rowsOf = (view: StridedView, index: readonly Expr[]) => {
    const start = e.op('add', i32, e.buffer(builder.argument(view.base)), e.int(view.offset * FLOAT_BYTES));
    return {
      base: index.reduce(
        (sum, i, axis) => at(e, sum, i, (view.strides[axis] as number) * FLOAT_BYTES),
        start,
      ),
      rowBytes: (view.strides.at(-2) as number) * FLOAT_BYTES,
    };
  };
  const quadAt = (base: Expr, index: Expr) => e.load(quad, 'f32', at(e, base, index, FLOAT_BYTES), 0, false);

  /** The products of the query with `count` keys from key `j`, one vector of partial sums each. */
  const partialScores = (base: Expr, rowBytes: number, j: Expr, count: number): Expr[] => {
    const sums = Array.from({ length: count }, () => e.variable(e.constant(quad, 0)));
    const first = at(e, base, j, rowBytes);
    e.loop(e.int(0), e.int(size), QUAD, (d) => {
      const queryPart = quadAt(packedQuery, d);
      sums.forEach((sum, i) => {
        const key = e.load(quad, 'f32', at(e, first, d, FLOAT_BYTES), i * rowBytes, false);
        e.set(sum, e.opHere('fma', f32, queryPart, key, sum));
      });
    });
    return sums.map((sum) => e.freeze(sum));
  };
  const addAll = (values: readonly Expr[]): Expr => values.reduce((a, b) => e.op('add', f32, a, b));

  e.loop(e.begin, e.end, 1, (number) => {
    const which = queries === 1 ? number : e.op('divS', i32, number, e.int(queries));
    const query = e.op('sub', i32, number, e.op('mul', i32, which, e.int(queries)));
    const index = batchIndex(e, which, batch);
    const available = keyCount(builder, placement, keys, length);
    const seen = causal ? e.op('min', i32, e.op('add', i32, query, e.int(1)), available) : available;
    sourcesOf(builder, placement, q, index).byRow.pack({
      to: packedQuery,
      count: 1,
      first: query,
      from: e.int(0),
      depth: e.int(size),
    });

    const { base, rowBytes } = rowsOf(keyView, index);
    const fours = e.op('and', i32, seen, e.int(-QUAD));
    e.loop(e.int(0), fours, QUAD, (j) => {
      const scoresOfFour = addAll(transpose(e, partialScores(base, rowBytes, j, QUAD)));
      e.store('f32', at(e, scores, j, FLOAT_BYTES), 0, scoresOfFour);
    });
    e.loop(fours, seen, 1, (j) => {
      const [sum] = partialScores(base, rowBytes, j, 1) as [Expr];
      const score = addAll(Array.from({ length: QUAD }, (_, lane) => e.lane(sum, lane)));
      e.store('f32', at(e, scores, j, FLOAT_BYTES), 0, score);
    });
    const columns = e.op('and', i32, e.op('add', i32, seen, e.int(ROW_STEP - 1)), e.int(-ROW_STEP));
    fillRow(e, scores, seen, columns, Number.NEGATIVE_INFINITY);
    const statistics = exponentials(e, scores, columns, scale);
    if (logSumExp) e.store('f32', at(e, logSumExp, number, FLOAT_BYTES), 0, statistics.logSumExp);
    if (!mixed) return;

    const nothing = e.op('eq', mask, statistics.total, e.constant(f32, 0));
    const inverse = e.op('div', f32, e.constant(f32, 1), statistics.total);
    const factor = e.op('select', f32, nothing, e.constant(f32, 0), inverse);
    const values = rowsOf(valueView, index);
    const lanes = valueSize % e.lanes === 0 ? e.lanes : QUAD;
    const wide = vector(f32, lanes);
    for (let column = 0; column < valueSize; column += VECTORS_AT_ONCE * lanes) {
      const count = Math.min(VECTORS_AT_ONCE, (valueSize - column) / lanes);
      const sums = Array.from({ length: count }, (): Variable => e.variable(e.constant(wide, 0)));
      const start = e.op('add', i32, values.base, e.int(column * FLOAT_BYTES));
      e.loop(e.int(0), seen, 1, (j) => {
        const weight = e.widen(e.load(f32, 'f32', at(e, scores, j, FLOAT_BYTES), 0, false), lanes);
        const row = at(e, start, j, values.rowBytes);
        sums.forEach((sum, i) => {
          const value = e.load(wide, 'f32', row, i * lanes * FLOAT_BYTES, false);
          e.set(sum, e.opHere('fma', f32, weight, value, sum));
        });
      });
      const target = at(e, mixed, number, valueSize * FLOAT_BYTES);
      sums.forEach((sum, i) => {
        const offset = (column + i * lanes) * FLOAT_BYTES;
        e.store('f32', target, offset, e.opHere('mul', f32, e.freeze(sum), factor));
      });
    }
  });
  return builder.finish('attention', batches * queries);
}
