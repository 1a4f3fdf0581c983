import type { Node } from '../graph/node.ts';
import type { Group } from '../schedule/group.ts';
import { batchIndex } from './gemm/batch.ts';
import { epilogueOf } from './gemm/epilogue.ts';
import { operandSource } from './gemm/operand.ts';
import { packPanels } from './gemm/pack.ts';
import { at, FLOAT_BYTES, multiplyPanels } from './gemm/tile.ts';
import { vectorMatrixKernel } from './gemm/vectorMatrix.ts';
import { type Expr, i32, mask } from './ir.ts';
import type { Kernel, KernelBuilder, Placement } from './kernel.ts';
import { type Target, tileColumns } from './target.ts';

/** Steps that are packed at a time. It says in what order sums are made, and so is the same on every target. */
const BLOCK_DEPTH = 256;

/** Work is offered to threads in at least this many parts where it divides so, none with fewer lines than this. */
const PARTS = 8;
const LEAST_LINES = 16;

const roundUp = (n: number, to: number) => Math.ceil(n / to) * to;

/** How the products of a batch are cut for threads: along the longer side, since each part packs all of the other. */
interface Split {
  readonly side: 'rows' | 'columns';
  /** Lines of a part, and parts of a product. */
  readonly lines: number;
  readonly parts: number;
}

function splitProduct(batches: number, m: number, n: number, target: Target): Split {
  const side = m >= n ? 'rows' : 'columns';
  const length = Math.max(m, n);
  const tile = side === 'rows' ? target.tileRows : tileColumns(target);
  const wanted = batches >= PARTS ? 1 : Math.ceil(PARTS / batches);
  const lines = Math.max(LEAST_LINES, roundUp(Math.ceil(length / wanted), tile));
  return { side, lines, parts: Math.ceil(length / lines) };
}

/**
 * Batched matrix product [batch…, m, k] by [batch…, k, n]. Both operands are packed into panels that the inner loop walks
 * with unit stride, after Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008). k runs in
 * sequence for every element, block after block, whatever the parallel partition. What else the group computes at the
 * same points follows while a block of the result is in cache.
 *
 * The parallel axis counts parts of products.
 */
export function dotKernel(builder: KernelBuilder, group: Group, placement: Placement): Kernel {
  const root = group.roots[0] as Node;
  const vector = root.shape.at(-2) === 1 ? vectorMatrixKernel(builder, group, placement) : null;
  if (vector) return vector;
  const e = builder.emitter;
  const { tileRows, blockRows, blockColumns } = builder.target;
  const columnsOfTile = tileColumns(builder.target);
  const [a, b] = root.sources as [Node, Node];
  const rank = root.shape.length;
  const batch = root.shape.slice(0, -2);
  const [m, n] = root.shape.slice(-2) as [number, number];
  const k = a.shape[rank - 1] as number;
  const batches = batch.reduce((product, size) => product * size, 1);
  const split = splitProduct(batches, m, n, builder.target);

  const epilogue = epilogueOf(builder, group, placement);
  const scratch = (floats: number) =>
    e.op('add', i32, e.scratch, e.int(builder.scratch(floats * FLOAT_BYTES)));
  const depthLimit = Math.min(k, BLOCK_DEPTH);
  const packedA = scratch(Math.min(roundUp(m, tileRows), blockRows) * depthLimit);
  const packedB = scratch(Math.min(roundUp(n, columnsOfTile), blockColumns) * depthLimit);
  const exact = m % tileRows === 0 && n % columnsOfTile === 0;
  const edge = exact ? null : scratch(tileRows * columnsOfTile);

  /** The product at `index`, of rows and columns [from, to). */
  const product = (index: readonly Expr[], rows: readonly [Expr, Expr], columns: readonly [Expr, Expr]) => {
    const left = operandSource(builder, placement, a, index, { lineAxis: rank - 2, stepAxis: rank - 1 });
    const right = operandSource(builder, placement, b, index, { lineAxis: rank - 1, stepAxis: rank - 2 });
    const target = index.reduce((sum, i, axis) => {
      const inside = batch.slice(axis + 1).reduce((p, size) => p * size, m * n);
      return at(e, sum, i, inside * FLOAT_BYTES);
    }, epilogue.target);
    const upTo = (from: Expr, to: Expr, most: number) =>
      e.op('min', i32, e.op('sub', i32, to, from), e.int(most));

    const block = (column: Expr, width: Expr, from: Expr, depth: Expr, first: boolean) => {
      packPanels(e, right, { to: packedB, count: columnsOfTile, first: column, from, depth }, width);
      e.loop(rows[0], rows[1], blockRows, (row) => {
        const height = upTo(row, rows[1], blockRows);
        packPanels(e, left, { to: packedA, count: tileRows, first: row, from, depth }, height);
        const corner = at(e, at(e, target, row, n * FLOAT_BYTES), column, FLOAT_BYTES);
        const rowBytes = n * FLOAT_BYTES;
        multiplyPanels(e, { packedA, packedB, depth, height, width, target: corner, rowBytes, first, edge });
        const finish = () => epilogue.apply(index, { row, height, column, width });
        if (!epilogue.isEmpty && k <= BLOCK_DEPTH) finish();
        else if (!epilogue.isEmpty && !first)
          e.when(e.op('lt', mask, e.int(k - BLOCK_DEPTH - 1), from), finish);
      });
    };
    e.loop(columns[0], columns[1], blockColumns, (column) => {
      const width = upTo(column, columns[1], blockColumns);
      block(column, width, e.int(0), e.int(depthLimit), true);
      if (k <= BLOCK_DEPTH) return;
      e.loop(e.int(BLOCK_DEPTH), e.int(k), BLOCK_DEPTH, (from) => {
        block(column, width, from, upTo(from, e.int(k), BLOCK_DEPTH), false);
      });
    });
  };

  const all = (size: number): [Expr, Expr] => [e.int(0), e.int(size)];
  /** The product of batch element `which`, of the parts [from, to). */
  const parts = (which: Expr, from: Expr, to: Expr) => {
    const range = (size: number): [Expr, Expr] => {
      if (split.parts === 1) return all(size);
      const line = (part: Expr) => e.op('mul', i32, part, e.int(split.lines));
      return [line(from), e.op('min', i32, line(to), e.int(size))];
    };
    const rows = split.side === 'rows' ? range(m) : all(m);
    const columns = split.side === 'columns' ? range(n) : all(n);
    product(batchIndex(e, which, batch), rows, columns);
  };
  if (batches === 1) parts(e.int(0), e.begin, e.end);
  else
    e.loop(e.begin, e.end, 1, (number) => {
      const count = e.int(split.parts);
      const which = split.parts === 1 ? number : e.op('divS', i32, number, count);
      const part = split.parts === 1 ? e.int(0) : e.op('remS', i32, number, count);
      parts(which, part, e.op('add', i32, part, e.int(1)));
    });
  // A thread packs the other operand once for all of its parts: for a single product, fewer are better.
  return builder.finish('dot', batches * split.parts, batches === 1);
}
