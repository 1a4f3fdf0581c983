import type { Node, OpArgs } from '../../graph/node.ts';
import type { Group } from '../../schedule/group.ts';
import { batchIndex } from '../gemm/batch.ts';
import { type PanelSource, packPanels, stridedSource } from '../gemm/pack.ts';
import { at, FLOAT_BYTES, multiplyPanels } from '../gemm/tile.ts';
import { type Expr, i32 } from '../ir.ts';
import type { Kernel, KernelBuilder, Placement } from '../kernel.ts';
import { tileColumns } from '../target.ts';
import { attentionOf, keyCount, scalarAt, sourcesOf } from './operands.ts';
import { fillRow, roundedUp, scoreGradients, scoreStep } from './rows.ts';

/** Queries whose scores are in scratch memory at one time. */
const BLOCK_QUERIES = 64;

const roundUp = (n: number, to: number) => Math.ceil(n / to) * to;

/**
 * The gradients of attention by query, key and value, or those of them that are wanted. Weights are computed again from
 * the logarithms of their sums, a block of queries at a time; the gradients by keys and values add up block after block,
 * in one order.
 *
 * The parallel axis counts batch elements.
 */
export function attentionGradientKernel(builder: KernelBuilder, group: Group, placement: Placement): Kernel {
  const e = builder.emitter;
  const rowsOfTile = builder.target.tileRows;
  const columnsOfTile = tileColumns(builder.target);
  const root = group.roots[0] as Node;
  const [q, k, v, logSumExp, delta, dy, length] = root.sources as [Node, Node, Node, Node, Node, Node, Node?];
  const { batch, batches, queries, keys, size, valueSize, causal, scale } = attentionOf(root);
  const gradientOf = (of: OpArgs['attentionGradient']['of']) => {
    const node = group.roots.find(
      (n) => (n.arg as OpArgs['attentionGradient']).of === of && placement.isStored(n),
    );
    return node ? builder.output(node) : null;
  };
  const byQuery = gradientOf('query');
  const byKey = gradientOf('key');
  const byValue = gradientOf('value');

  const blockRows = Math.min(roundUp(queries, rowsOfTile), BLOCK_QUERIES);
  const rowStep = scoreStep(builder.target);
  const width = roundUp(keys, rowStep);
  const rowBytes = width * FLOAT_BYTES;
  const widest = Math.max(size, valueSize);
  const scratch = (floats: number) =>
    e.op('add', i32, e.scratch, e.int(builder.scratch(floats * FLOAT_BYTES)));
  const keyPanels = scratch(width * size);
  const valuePanels = scratch(width * valueSize);
  const keyColumns = byQuery ? scratch(keys * roundUp(size, columnsOfTile)) : null;
  const scores = scratch(blockRows * width);
  const gradients = scratch(blockRows * width);
  const packedRows = scratch(Math.max(blockRows * widest, blockRows * width));
  const packedColumns = scratch(blockRows * roundUp(widest, columnsOfTile));
  const edge = scratch(rowsOfTile * columnsOfTile);

  const atMost = (value: Expr, most: Expr) => e.op('min', i32, value, most);
  const pack = (
    source: PanelSource,
    to: Expr,
    count: number,
    lines: Expr,
    depth: Expr,
    first: Expr = e.int(0),
    from: Expr = e.int(0),
  ) => packPanels(e, source, { to, count, first, from, depth }, lines);
  const inScratch = (base: Expr, transposed: boolean): PanelSource =>
    stridedSource(e, {
      base,
      lineStride: transposed ? 1 : width,
      stepStride: transposed ? width : 1,
      lines: transposed ? width : blockRows,
    });

  e.loop(e.begin, e.end, 1, (which) => {
    const index = batchIndex(e, which, batch);
    const sources = (node: Node) => sourcesOf(builder, placement, node, index);
    const matrix = (base: Expr, rows: number, columns: number) =>
      at(e, base, which, rows * columns * FLOAT_BYTES);
    const available = keyCount(builder, placement, keys, length);
    const upTo = (query: Expr) => (causal ? atMost(query, available) : available);
    const all = upTo(e.int(queries));
    const [keySource, valueSource, querySource, dySource] = [k, v, q, dy].map(sources) as [
      ReturnType<typeof sources>,
      ReturnType<typeof sources>,
      ReturnType<typeof sources>,
      ReturnType<typeof sources>,
    ];
    pack(keySource.byRow, keyPanels, columnsOfTile, all, e.int(size));
    pack(valueSource.byRow, valuePanels, columnsOfTile, all, e.int(valueSize));
    if (keyColumns) pack(keySource.byColumn, keyColumns, columnsOfTile, e.int(size), all);
    const clear = (base: Expr | null, columns: number) => {
      if (base) fillRow(e, matrix(base, keys, columns), e.int(0), e.int(keys * columns), 0);
    };
    clear(byKey, size);
    clear(byValue, valueSize);

    e.loop(e.int(0), e.int(queries), BLOCK_QUERIES, (row) => {
      const height = atMost(e.op('sub', i32, e.int(queries), row), e.int(BLOCK_QUERIES));
      const seen = upTo(e.op('add', i32, row, height));
      const columns = roundedUp(e, seen, rowStep);
      const multiply = (
        packedB: Expr,
        depth: Expr,
        target: Expr,
        lines: { height: Expr; width: Expr; rowBytes: number },
        options: { first?: boolean; edge?: Expr | null; panelDepthB?: Expr } = {},
      ) =>
        multiplyPanels(e, {
          packedA: packedRows,
          packedB,
          depth,
          target,
          ...lines,
          first: true,
          edge: null,
          ...options,
        });
      const inRows = { height, width: columns, rowBytes };
      pack(querySource.byRow, packedRows, rowsOfTile, height, e.int(size), row);
      multiply(keyPanels, e.int(size), scores, inRows);
      pack(dySource.byRow, packedRows, rowsOfTile, height, e.int(valueSize), row);
      multiply(valuePanels, e.int(valueSize), gradients, inRows);

      e.loop(e.int(0), height, 1, (i) => {
        const query = e.op('add', i32, row, i);
        const statistic = (node: Node) => scalarAt(builder, placement, node, [...index, query, e.int(0)]);
        const lines = { scores: at(e, scores, i, rowBytes), gradients: at(e, gradients, i, rowBytes) };
        const visible = upTo(e.op('add', i32, query, e.int(1)));
        fillRow(e, lines.scores, visible, columns, Number.NEGATIVE_INFINITY);
        // What a hidden key's gradient would be is not a number where packing repeated a line: it counts for nothing.
        fillRow(e, lines.gradients, visible, columns, 0);
        scoreGradients(e, lines, columns, {
          scale,
          logSumExp: statistic(logSumExp),
          delta: statistic(delta),
        });
      });

      const addTo = (base: Expr, weights: Expr, operand: PanelSource, width_: number) => {
        pack(inScratch(weights, true), packedRows, rowsOfTile, seen, height);
        pack(operand, packedColumns, columnsOfTile, e.int(width_), height, e.int(0), row);
        const lines = { height: seen, width: e.int(width_), rowBytes: width_ * FLOAT_BYTES };
        multiply(packedColumns, height, matrix(base, keys, width_), lines, { first: false, edge });
      };
      if (byValue) addTo(byValue, scores, dySource.byColumn, valueSize);
      if (byKey) addTo(byKey, gradients, querySource.byColumn, size);
      if (byQuery && keyColumns) {
        pack(inScratch(gradients, false), packedRows, rowsOfTile, height, seen);
        const target = at(e, matrix(byQuery, queries, size), row, size * FLOAT_BYTES);
        const lines = { height, width: e.int(size), rowBytes: size * FLOAT_BYTES };
        multiply(keyColumns, seen, target, lines, { edge, panelDepthB: all });
      }
    });
  });
  return builder.finish('attentionGradient', batches);
}
