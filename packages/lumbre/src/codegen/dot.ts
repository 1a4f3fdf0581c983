import type { Node } from '../graph/node.ts';
import { type StridedView, stridedView } from '../schedule/access.ts';
import type { Group } from '../schedule/group.ts';
import type { Emitter } from './emitter.ts';
import { type Expr, f32, i32, mask, vector } from './ir.ts';
import { type Kernel, KernelBuilder, LANES, type Placement } from './kernel.ts';

/** The tile of the result that one inner loop keeps in registers: eight accumulators, two vectors of b, one of a. */
const TILE_ROWS = 4;
const TILE_VECTORS = 2;
const TILE_COLUMNS = TILE_VECTORS * LANES;

/** Blocks of the operands that are packed at a time: a block of b stays in the second-level cache, one of a in the first. */
const BLOCK_DEPTH = 256;
const BLOCK_ROWS = 64;
const BLOCK_COLUMNS = 512;

/** A single product is offered to threads in about this many parts, none with fewer rows than this. */
const PARTS = 8;
const LEAST_ROWS = 16;

const FLOAT_BYTES = 4;

/** A matrix operand: where it starts for the current batch, and its strides in elements. */
interface Matrix {
  readonly base: Expr;
  readonly rowStride: number;
  readonly columnStride: number;
}

const roundUp = (n: number, to: number) => Math.ceil(n / to) * to;

/**
 * Batched matrix product [batch…, m, k] by [batch…, k, n], operands read through their strides. Both are packed into
 * panels that the inner loop walks with unit stride, after Goto and van de Geijn, "Anatomy of High-Performance Matrix
 * Multiplication" (2008). k runs in sequence for every element, block after block, whatever the parallel partition.
 *
 * The parallel axis counts batches, or, for a single product, blocks of rows.
 */
export function dotKernel(group: Group, placement: Placement): Kernel {
  const root = group.roots[0] as Node;
  const builder = new KernelBuilder();
  const e = builder.emitter;
  const [a, b] = root.sources.map((operand) => operandView(operand, placement)) as [StridedView, StridedView];
  const rank = root.shape.length;
  const batch = root.shape.slice(0, -2);
  const [m, n] = root.shape.slice(-2) as [number, number];
  const k = (root.sources[0] as Node).shape[rank - 1] as number;
  const batches = batch.reduce((product, size) => product * size, 1);

  const start = (view: StridedView) =>
    e.op('add', i32, e.buffer(builder.argument(view.base)), e.int(view.offset * FLOAT_BYTES));
  const aStart = start(a);
  const bStart = start(b);
  const cStart = builder.output(root);
  const packedA = e.op(
    'add',
    i32,
    e.scratch,
    e.int(builder.scratch(BLOCK_ROWS * Math.min(k, BLOCK_DEPTH) * FLOAT_BYTES)),
  );
  const panelColumns = Math.min(roundUp(n, TILE_COLUMNS), BLOCK_COLUMNS);
  const packedB = e.op(
    'add',
    i32,
    e.scratch,
    e.int(builder.scratch(panelColumns * Math.min(k, BLOCK_DEPTH) * FLOAT_BYTES)),
  );
  const edge = e.op('add', i32, e.scratch, e.int(builder.scratch(TILE_ROWS * TILE_COLUMNS * FLOAT_BYTES)));

  const product = (index: readonly Expr[], rowsFrom: Expr, rowsTo: Expr) => {
    const moved = (base: Expr, strides: readonly number[]) =>
      index.reduce((sum, i, axis) => at(e, sum, i, (strides[axis] as number) * FLOAT_BYTES), base);
    const matrix = (base: Expr, view: StridedView): Matrix => ({
      base: moved(base, view.strides),
      rowStride: view.strides[rank - 2] as number,
      columnStride: view.strides[rank - 1] as number,
    });
    const c = index.reduce((sum, i, axis) => {
      const inside = batch.slice(axis + 1).reduce((p, size) => p * size, m * n);
      return at(e, sum, i, inside * FLOAT_BYTES);
    }, cStart);
    multiply(matrix(aStart, a), matrix(bStart, b), c, rowsFrom, rowsTo);
  };

  const multiply = (left: Matrix, right: Matrix, c: Expr, rowsFrom: Expr, rowsTo: Expr) => {
    const whole = Math.floor(n / BLOCK_COLUMNS) * BLOCK_COLUMNS;
    const block = (from: Expr, width: number) => columns(left, right, c, from, width, rowsFrom, rowsTo);
    e.loop(e.int(0), e.int(whole), BLOCK_COLUMNS, (from) => block(from, BLOCK_COLUMNS));
    if (whole < n) block(e.int(whole), n - whole);
  };

  const columns = (
    left: Matrix,
    right: Matrix,
    c: Expr,
    from: Expr,
    width: number,
    rowsFrom: Expr,
    rowsTo: Expr,
  ) => {
    const whole = Math.floor(k / BLOCK_DEPTH) * BLOCK_DEPTH;
    const depthBlock = (at0: Expr, depth: number, first: boolean) => {
      packColumns(e, packedB, right, at0, depth, from, width);
      e.loop(rowsFrom, rowsTo, BLOCK_ROWS, (row) => {
        const height = e.op('min', i32, e.op('sub', i32, rowsTo, row), e.int(BLOCK_ROWS));
        packRows(e, packedA, left, row, height, m, at0, depth);
        tiles(c, row, height, from, width, depth, first);
      });
    };
    if (k <= BLOCK_DEPTH) return depthBlock(e.int(0), k, true);
    depthBlock(e.int(0), BLOCK_DEPTH, true);
    e.loop(e.int(BLOCK_DEPTH), e.int(whole), BLOCK_DEPTH, (at0) => depthBlock(at0, BLOCK_DEPTH, false));
    if (whole < k) depthBlock(e.int(whole), k - whole, false);
  };

  const tiles = (
    c: Expr,
    row: Expr,
    height: Expr,
    from: Expr,
    width: number,
    depth: number,
    first: boolean,
  ) => {
    e.loop(e.int(0), e.int(width), TILE_COLUMNS, (j) => {
      const bPanel = at(e, packedB, j, depth * FLOAT_BYTES);
      e.loop(e.int(0), height, TILE_ROWS, (i) => {
        const aPanel = at(e, packedA, i, depth * FLOAT_BYTES);
        const sums = tile(e, aPanel, bPanel, depth);
        const cRow = e.op('add', i32, row, i);
        const cColumn = e.op('add', i32, from, j);
        const target = at(e, at(e, c, cRow, n * FLOAT_BYTES), cColumn, FLOAT_BYTES);
        const full = () => storeTile(e, target, n * FLOAT_BYTES, sums, first);
        const exact = m % TILE_ROWS === 0 && width % TILE_COLUMNS === 0;
        if (exact) return full();
        const rowsLeft = e.op('min', i32, e.op('sub', i32, e.int(m), cRow), e.int(TILE_ROWS));
        const columnsLeft = e.op('min', i32, e.op('sub', i32, e.int(width), j), e.int(TILE_COLUMNS));
        const fits = e.op(
          'maskAnd',
          mask,
          e.op('eq', mask, rowsLeft, e.int(TILE_ROWS)),
          e.op('eq', mask, columnsLeft, e.int(TILE_COLUMNS)),
        );
        e.when(fits, full, () => {
          storeTile(e, edge, TILE_COLUMNS * FLOAT_BYTES, sums, true);
          e.loop(e.int(0), rowsLeft, 1, (r) => {
            e.loop(e.int(0), columnsLeft, 1, (s) => {
              const value = e.load(
                f32,
                'f32',
                at(e, at(e, edge, r, TILE_COLUMNS * FLOAT_BYTES), s, FLOAT_BYTES),
                0,
                false,
              );
              const to = at(e, at(e, target, r, n * FLOAT_BYTES), s, FLOAT_BYTES);
              const sum = first ? value : e.opHere('add', f32, e.load(f32, 'f32', to, 0, false), value);
              e.store('f32', to, 0, sum);
            });
          });
        });
      });
    });
  };

  if (batches === 1) {
    const rowsPerPart = Math.min(BLOCK_ROWS, Math.max(LEAST_ROWS, roundUp(Math.ceil(m / PARTS), TILE_ROWS)));
    const unit = (bound: Expr) => e.op('mul', i32, bound, e.int(rowsPerPart));
    const to = e.op('min', i32, unit(e.end), e.int(m));
    product(
      batch.map(() => e.int(0)),
      unit(e.begin),
      to,
    );
    return builder.finish('dot', Math.ceil(m / rowsPerPart), true);
  }
  e.loop(e.begin, e.end, 1, (number) => {
    let rest = number;
    const index = batch
      .map((_, axis) => axis)
      .reverse()
      .map((axis) => {
        const size = e.int(batch[axis] as number);
        const here = axis === 0 ? rest : e.op('remS', i32, rest, size);
        rest = e.op('divS', i32, rest, size);
        return here;
      })
      .reverse();
    product(index, e.int(0), e.int(m));
  });
  return builder.finish('dot', batches);
}

function operandView(operand: Node, placement: Placement): StridedView {
  const view = stridedView(operand, placement.isLoaded);
  if (!view) throw new Error('dot: an operand has no memory; the schedule must realize it.');
  return view;
}

/** base + index · bytes. */
const at = (e: Emitter, base: Expr, index: Expr, bytes: number): Expr =>
  e.op('add', i32, base, e.op('mul', i32, index, e.int(bytes)));

/** One tile of the result: for each step of k, one column of the a panel times one row of the b panel. */
function tile(e: Emitter, aPanel: Expr, bPanel: Expr, depth: number): Expr[][] {
  const wide = vector(f32, LANES);
  const sums = Array.from({ length: TILE_ROWS }, () =>
    Array.from({ length: TILE_VECTORS }, () => e.variable(e.constant(wide, 0))),
  );
  const step = TILE_ROWS * FLOAT_BYTES;
  e.loop(e.int(0), e.int(depth * step), step, (offset) => {
    const a = e.op('add', i32, aPanel, offset);
    const b = e.op('add', i32, bPanel, e.op('mul', i32, offset, e.int(TILE_COLUMNS / TILE_ROWS)));
    const row = Array.from({ length: TILE_VECTORS }, (_, v) =>
      e.load(wide, 'f32', b, v * LANES * FLOAT_BYTES, false),
    );
    sums.forEach((line, r) => {
      const value = e.widen(e.load(f32, 'f32', a, r * FLOAT_BYTES, false));
      line.forEach((sum, v) => {
        e.set(sum, e.opHere('fma', f32, value, row[v] as Expr, sum));
      });
    });
  });
  return sums.map((line) => line.map((sum) => e.freeze(sum)));
}

function storeTile(
  e: Emitter,
  target: Expr,
  rowBytes: number,
  sums: readonly (readonly Expr[])[],
  first: boolean,
): void {
  const wide = vector(f32, LANES);
  sums.forEach((line, r) => {
    const address = e.op('add', i32, target, e.int(r * rowBytes));
    line.forEach((sum, v) => {
      const offset = v * LANES * FLOAT_BYTES;
      const value = first ? sum : e.opHere('add', f32, e.load(wide, 'f32', address, offset, false), sum);
      e.store('f32', address, offset, value);
    });
  });
}

/** Packs rows [row, row + height) and [from, from + depth) of k into panels of TILE_ROWS rows, k outermost. */
function packRows(
  e: Emitter,
  to: Expr,
  a: Matrix,
  row: Expr,
  height: Expr,
  m: number,
  from: Expr,
  depth: number,
): void {
  const rowBytes = a.rowStride * FLOAT_BYTES;
  const stepBytes = a.columnStride * FLOAT_BYTES;
  const start = at(e, a.base, from, stepBytes);
  e.loop(e.int(0), height, TILE_ROWS, (i) => {
    const panel = at(e, to, i, depth * FLOAT_BYTES);
    const first = e.op('add', i32, row, i);
    // Rows beyond the last are never stored: packing the last one again in their place keeps addresses valid.
    const sources = Array.from({ length: TILE_ROWS }, (_, r) => {
      const index = e.op('add', i32, first, e.int(r));
      return at(e, start, m % TILE_ROWS === 0 ? index : e.op('min', i32, index, e.int(m - 1)), rowBytes);
    });
    packPanel(e, panel, sources, depth, a.rowStride === 1 && m % TILE_ROWS === 0, stepBytes);
  });
}

/** Packs columns [column, column + width) and [from, from + depth) of k into panels of TILE_COLUMNS columns. */
function packColumns(
  e: Emitter,
  to: Expr,
  b: Matrix,
  from: Expr,
  depth: number,
  column: Expr,
  width: number,
): void {
  const columnBytes = b.columnStride * FLOAT_BYTES;
  const stepBytes = b.rowStride * FLOAT_BYTES;
  const start = at(e, b.base, from, stepBytes);
  e.loop(e.int(0), e.int(width), TILE_COLUMNS, (j) => {
    const panel = at(e, to, j, depth * FLOAT_BYTES);
    const sources = Array.from({ length: TILE_COLUMNS }, (_, c) => {
      const index = e.op('add', i32, j, e.int(c));
      const inside = width % TILE_COLUMNS === 0 ? index : e.op('min', i32, index, e.int(width - 1));
      return at(e, start, e.op('add', i32, column, inside), columnBytes);
    });
    packPanel(e, panel, sources, depth, b.columnStride === 1 && width % TILE_COLUMNS === 0, stepBytes);
  });
}

/** Interleaves `depth` steps of the sources; as vectors where the sources are neighbours in memory. */
function packPanel(
  e: Emitter,
  panel: Expr,
  sources: readonly Expr[],
  depth: number,
  neighbours: boolean,
  stepBytes: number,
): void {
  const wide = vector(f32, LANES);
  const lineBytes = sources.length * FLOAT_BYTES;
  e.loop(e.int(0), e.int(depth), 1, (p) => {
    const line = at(e, panel, p, lineBytes);
    const moved = e.op('mul', i32, p, e.int(stepBytes));
    const step = neighbours ? LANES : 1;
    for (let s = 0; s < sources.length; s += step) {
      const source = e.op('add', i32, sources[s] as Expr, moved);
      e.store('f32', line, s * FLOAT_BYTES, e.load(neighbours ? wide : f32, 'f32', source, 0, false));
    }
  });
}
