import type { Node } from '../graph/node.ts';
import type { Group } from '../schedule/group.ts';
import { batchIndex } from './gemm/batch.ts';
import { epilogueOf } from './gemm/epilogue.ts';
import { operandSource } from './gemm/operand.ts';
import { packPanels } from './gemm/pack.ts';
import { at, FLOAT_BYTES, multiplyPanels, TILE_COLUMNS, TILE_ROWS } from './gemm/tile.ts';
import { vectorMatrixKernel } from './gemm/vectorMatrix.ts';
import { type Expr, i32, mask } from './ir.ts';
import { type Kernel, KernelBuilder, type Placement } from './kernel.ts';

/** Blocks of the operands that are packed at a time: a block of b stays in the second-level cache, one of a in the first. */
const BLOCK_DEPTH = 256;
const BLOCK_ROWS = 64;
const BLOCK_COLUMNS = 512;

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

function splitProduct(batches: number, m: number, n: number): Split {
  const side = m >= n ? 'rows' : 'columns';
  const length = Math.max(m, n);
  const tile = side === 'rows' ? TILE_ROWS : TILE_COLUMNS;
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
export function dotKernel(group: Group, placement: Placement): Kernel {
  const root = group.roots[0] as Node;
  const vector = root.shape.at(-2) === 1 ? vectorMatrixKernel(group, placement) : null;
  if (vector) return vector;
  const builder = new KernelBuilder();
  const e = builder.emitter;
  const [a, b] = root.sources as [Node, Node];
  const rank = root.shape.length;
  const batch = root.shape.slice(0, -2);
  const [m, n] = root.shape.slice(-2) as [number, number];
  const k = a.shape[rank - 1] as number;
  const batches = batch.reduce((product, size) => product * size, 1);
  const split = splitProduct(batches, m, n);

  const epilogue = epilogueOf(builder, group, placement);
  const scratch = (floats: number) =>
    e.op('add', i32, e.scratch, e.int(builder.scratch(floats * FLOAT_BYTES)));
  const depthLimit = Math.min(k, BLOCK_DEPTH);
  const packedA = scratch(Math.min(roundUp(m, TILE_ROWS), BLOCK_ROWS) * depthLimit);
  const packedB = scratch(Math.min(roundUp(n, TILE_COLUMNS), BLOCK_COLUMNS) * depthLimit);
  const exact = m % TILE_ROWS === 0 && n % TILE_COLUMNS === 0;
  const edge = exact ? null : scratch(TILE_ROWS * TILE_COLUMNS);

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
      packPanels(e, right, { to: packedB, count: TILE_COLUMNS, first: column, from, depth }, width);
      e.loop(rows[0], rows[1], BLOCK_ROWS, (row) => {
        const height = upTo(row, rows[1], BLOCK_ROWS);
        packPanels(e, left, { to: packedA, count: TILE_ROWS, first: row, from, depth }, height);
        const corner = at(e, at(e, target, row, n * FLOAT_BYTES), column, FLOAT_BYTES);
        const rowBytes = n * FLOAT_BYTES;
        multiplyPanels(e, { packedA, packedB, depth, height, width, target: corner, rowBytes, first, edge });
        const finish = () => epilogue.apply(index, { row, height, column, width });
        if (!epilogue.isEmpty && k <= BLOCK_DEPTH) finish();
        else if (!epilogue.isEmpty && !first)
          e.when(e.op('lt', mask, e.int(k - BLOCK_DEPTH - 1), from), finish);
      });
    };
    e.loop(columns[0], columns[1], BLOCK_COLUMNS, (column) => {
      const width = upTo(column, columns[1], BLOCK_COLUMNS);
      block(column, width, e.int(0), e.int(depthLimit), true);
      if (k <= BLOCK_DEPTH) return;
      e.loop(e.int(BLOCK_DEPTH), e.int(k), BLOCK_DEPTH, (from) => {
        block(column, width, from, upTo(from, e.int(k), BLOCK_DEPTH), false);
      });
    });
  };

  e.loop(e.begin, e.end, 1, (number) => {
    const parts = e.int(split.parts);
    const [part, which] =
      split.parts === 1
        ? [e.int(0), number]
        : batches === 1
          ? [number, e.int(0)]
          : [e.op('remS', i32, number, parts), e.op('divS', i32, number, parts)];
    const all = (size: number): [Expr, Expr] => [e.int(0), e.int(size)];
    const range = (size: number): [Expr, Expr] => {
      if (split.parts === 1) return all(size);
      const from = e.op('mul', i32, part, e.int(split.lines));
      return [from, e.op('min', i32, e.op('add', i32, from, e.int(split.lines)), e.int(size))];
    };
    const rows = split.side === 'rows' ? range(m) : all(m);
    const columns = split.side === 'columns' ? range(n) : all(n);
    product(batchIndex(e, which, batch), rows, columns);
  });
  // Each part packs an operand whole: for a single product, fewer parts are better.
  return builder.finish('dot', batches * split.parts, batches === 1);
}
