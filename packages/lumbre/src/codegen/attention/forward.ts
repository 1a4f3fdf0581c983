import type { Node } from '../../graph/node.ts';
import type { Group } from '../../schedule/group.ts';
import { batchIndex } from '../gemm/batch.ts';
import { packPanels, stridedSource } from '../gemm/pack.ts';
import { at, FLOAT_BYTES, multiplyPanels } from '../gemm/tile.ts';
import { type Expr, f32, i32, mask } from '../ir.ts';
import type { Kernel, KernelBuilder, Placement } from '../kernel.ts';
import { tileColumns } from '../target.ts';
import { attentionOf, keyCount, sourcesOf } from './operands.ts';
import { exponentials, fillRow, roundedUp, scaleRow, scoreStep } from './rows.ts';
import { attentionStepKernel } from './step.ts';

/** Queries whose scores are in scratch memory at one time, and queries for which keys and values are packed once. */
const BLOCK_QUERIES = 64;
const PART_QUERIES = 256;

const roundUp = (n: number, to: number) => Math.ceil(n / to) * to;

/**
 * softmax(query · keyᵀ · scale) · value, a block of queries at a time: their scores stay in scratch memory, in cache, and
 * are never written. Keys that a causal mask hides from a whole block are not computed. Where the logarithms of the sums
 * are wanted, for the gradient, they are stored beside.
 *
 * The parallel axis counts parts of the queries of each batch element.
 */
export function attentionKernel(builder: KernelBuilder, group: Group, placement: Placement): Kernel {
  return attentionStepKernel(builder, group, placement) ?? blockedKernel(builder, group, placement);
}

function blockedKernel(builder: KernelBuilder, group: Group, placement: Placement): Kernel {
  const e = builder.emitter;
  const rowsOfTile = builder.target.tileRows;
  const columnsOfTile = tileColumns(builder.target);
  const root = group.roots[0] as Node;
  const [q, k, v, length] = root.sources as [Node, Node, Node, Node?];
  const sizes = attentionOf(root);
  const { batch, batches, queries, keys, size, valueSize, causal, scale } = sizes;
  const resultOf = (op: Node['op']) => {
    const node = group.roots.find((n) => n.op === op && placement.isStored(n));
    return node ? builder.output(node) : null;
  };
  const mixed = resultOf('attention');
  const logSumExp = resultOf('attentionLogSumExp');

  const blockRows = Math.min(roundUp(queries, rowsOfTile), BLOCK_QUERIES);
  const rowStep = scoreStep(builder.target);
  const width = roundUp(keys, rowStep);
  const rowBytes = width * FLOAT_BYTES;
  const scratch = (floats: number) =>
    e.op('add', i32, e.scratch, e.int(builder.scratch(floats * FLOAT_BYTES)));
  const packedKeys = scratch(roundUp(keys, columnsOfTile) * size);
  const packedValues = scratch(keys * roundUp(valueSize, columnsOfTile));
  const packedQueries = scratch(blockRows * size);
  const packedWeights = scratch(blockRows * width);
  const scores = scratch(blockRows * width);
  const inverses = scratch(blockRows);
  const exact = queries % rowsOfTile === 0 && valueSize % columnsOfTile === 0;
  const edge = exact ? null : scratch(rowsOfTile * columnsOfTile);

  const parts = Math.ceil(queries / PART_QUERIES);
  const atMost = (value: Expr, most: Expr) => e.op('min', i32, value, most);
  e.loop(e.begin, e.end, 1, (number) => {
    const which = parts === 1 ? number : e.op('divS', i32, number, e.int(parts));
    const part = e.op('sub', i32, number, e.op('mul', i32, which, e.int(parts)));
    const index = batchIndex(e, which, batch);
    const begin = e.op('mul', i32, part, e.int(PART_QUERIES));
    const end = atMost(e.op('add', i32, begin, e.int(PART_QUERIES)), e.int(queries));
    const available = keyCount(builder, placement, keys, length);
    /** The keys that queries up to `query`, exclusive, may see. */
    const upTo = (query: Expr) => (causal ? atMost(query, available) : available);
    const partKeys = upTo(end);
    packPanels(
      e,
      sourcesOf(builder, placement, k, index).byRow,
      { to: packedKeys, count: columnsOfTile, first: e.int(0), from: e.int(0), depth: e.int(size) },
      partKeys,
    );
    packPanels(
      e,
      sourcesOf(builder, placement, v, index).byColumn,
      { to: packedValues, count: columnsOfTile, first: e.int(0), from: e.int(0), depth: partKeys },
      e.int(valueSize),
    );
    const queryRows = sourcesOf(builder, placement, q, index).byRow;

    e.loop(begin, end, BLOCK_QUERIES, (row) => {
      const height = atMost(e.op('sub', i32, end, row), e.int(BLOCK_QUERIES));
      const seen = upTo(e.op('add', i32, row, height));
      const columns = roundedUp(e, seen, rowStep);
      packPanels(
        e,
        queryRows,
        { to: packedQueries, count: rowsOfTile, first: row, from: e.int(0), depth: e.int(size) },
        height,
      );
      multiplyPanels(e, {
        packedA: packedQueries,
        packedB: packedKeys,
        depth: e.int(size),
        height,
        width: columns,
        target: scores,
        rowBytes,
        first: true,
        edge: null,
      });
      e.loop(e.int(0), height, 1, (i) => {
        const line = at(e, scores, i, rowBytes);
        const query = e.op('add', i32, row, i);
        fillRow(e, line, upTo(e.op('add', i32, query, e.int(1))), columns, Number.NEGATIVE_INFINITY);
        const statistics = exponentials(e, line, columns, scale);
        const nothing = e.op('eq', mask, statistics.total, e.constant(f32, 0));
        const inverse = e.op('div', f32, e.constant(f32, 1), statistics.total);
        const factor = e.op('select', f32, nothing, e.constant(f32, 0), inverse);
        e.store('f32', at(e, inverses, i, FLOAT_BYTES), 0, factor);
        if (logSumExp) {
          const position = e.op('add', i32, e.op('mul', i32, which, e.int(queries)), query);
          e.store('f32', at(e, logSumExp, position, FLOAT_BYTES), 0, statistics.logSumExp);
        }
      });
      if (!mixed) return;
      packPanels(
        e,
        stridedSource(e, { base: scores, lineStride: width, stepStride: 1, lines: blockRows }),
        { to: packedWeights, count: rowsOfTile, first: e.int(0), from: e.int(0), depth: seen },
        height,
      );
      const line = e.op('add', i32, e.op('mul', i32, which, e.int(queries)), row);
      const target = at(e, mixed, line, valueSize * FLOAT_BYTES);
      multiplyPanels(e, {
        packedA: packedWeights,
        packedB: packedValues,
        depth: seen,
        panelDepthB: partKeys,
        height,
        width: e.int(valueSize),
        target,
        rowBytes: valueSize * FLOAT_BYTES,
        first: true,
        edge,
      });
      e.loop(e.int(0), height, 1, (i) => {
        const factor = e.load(f32, 'f32', at(e, inverses, i, FLOAT_BYTES), 0, false);
        scaleRow(e, at(e, target, i, valueSize * FLOAT_BYTES), valueSize, factor);
      });
    });
  });
  return builder.finish('attention', batches * parts);
}
