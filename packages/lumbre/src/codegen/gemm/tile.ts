import type { Emitter } from '../emitter.ts';
import { type Expr, f32, i32, mask, vector } from '../ir.ts';
import { tileColumns } from '../target.ts';

export const FLOAT_BYTES = 4;

/** base + index · bytes. */
export const at = (e: Emitter, base: Expr, index: Expr, bytes: number): Expr =>
  e.op('add', i32, base, e.op('mul', i32, index, e.int(bytes)));

/** A block of the product: rows of packed a by columns of packed b. */
export interface Block {
  /** Panels of the target's tile rows and of its tile columns, each `depth` steps long. */
  readonly packedA: Expr;
  readonly packedB: Expr;
  readonly depth: Expr;
  /** Steps from one panel of b to the next, where they are longer than what is multiplied. */
  readonly panelDepthB?: Expr;
  /** Rows and columns to compute; whole tiles unless `edge` says where partial ones may go. */
  readonly height: Expr;
  readonly width: Expr;
  /** The address of the block's first element, and bytes from one of its rows to the next. */
  readonly target: Expr;
  readonly rowBytes: number;
  /** Whether the block is new, or the products are added to what is there. */
  readonly first: boolean;
  /** Scratch memory for a tile of which only a part is stored; `null` when height and width are whole tiles. */
  readonly edge: Expr | null;
}

/** Computes a block tile by tile. */
export function multiplyPanels(e: Emitter, block: Block): void {
  const { packedA, packedB, depth, height, width, target, rowBytes, first, edge } = block;
  const rowsOfTile = e.target.tileRows;
  const columnsOfTile = tileColumns(e.target);
  const panel = (base: Expr, line: Expr, steps: Expr) =>
    e.op('add', i32, base, e.op('mul', i32, line, e.op('mul', i32, steps, e.int(FLOAT_BYTES))));
  e.loop(e.int(0), width, columnsOfTile, (j) => {
    const bPanel = panel(packedB, j, block.panelDepthB ?? depth);
    e.loop(e.int(0), height, rowsOfTile, (i) =>
      e.apart(() => {
        const sums = tile(e, panel(packedA, i, depth), bPanel, depth);
        const corner = at(e, at(e, target, i, rowBytes), j, FLOAT_BYTES);
        const whole = () => storeTile(e, corner, rowBytes, sums, first);
        if (!edge) return whole();
        const rows = e.op('min', i32, e.op('sub', i32, height, i), e.int(rowsOfTile));
        const columns = e.op('min', i32, e.op('sub', i32, width, j), e.int(columnsOfTile));
        const fits = e.op(
          'maskAnd',
          mask,
          e.op('eq', mask, rows, e.int(rowsOfTile)),
          e.op('eq', mask, columns, e.int(columnsOfTile)),
        );
        e.when(fits, whole, () => storePart(e, edge, corner, rowBytes, sums, rows, columns, first));
      }),
    );
  });
}

/** One tile: for each step of k, one column of the a panel times one row of the b panel. */
function tile(e: Emitter, aPanel: Expr, bPanel: Expr, depth: Expr): Expr[][] {
  const { lanes, tileRows, tileVectors } = e.target;
  const wide = vector(f32, lanes);
  const sums = Array.from({ length: tileRows }, () =>
    Array.from({ length: tileVectors }, () => e.variable(e.constant(wide, 0))),
  );
  const step = tileRows * FLOAT_BYTES;
  e.loop(e.int(0), e.op('mul', i32, depth, e.int(step)), step, (offset) => {
    const a = e.op('add', i32, aPanel, offset);
    const b = e.op('add', i32, bPanel, e.op('mul', i32, offset, e.int(tileColumns(e.target) / tileRows)));
    const row = Array.from({ length: tileVectors }, (_, v) =>
      e.load(wide, 'f32', b, v * lanes * FLOAT_BYTES, false),
    );
    sums.forEach((line, r) => {
      const value = e.widen(e.load(f32, 'f32', a, r * FLOAT_BYTES, false), lanes);
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
  const wide = vector(f32, e.lanes);
  sums.forEach((line, r) => {
    const address = e.op('add', i32, target, e.int(r * rowBytes));
    line.forEach((sum, v) => {
      const offset = v * e.lanes * FLOAT_BYTES;
      const value = first ? sum : e.opHere('add', f32, e.load(wide, 'f32', address, offset, false), sum);
      e.store('f32', address, offset, value);
    });
  });
}

/** Stores the upper left part of a tile, by way of scratch memory. */
function storePart(
  e: Emitter,
  edge: Expr,
  target: Expr,
  rowBytes: number,
  sums: readonly (readonly Expr[])[],
  rows: Expr,
  columns: Expr,
  first: boolean,
): void {
  const edgeBytes = tileColumns(e.target) * FLOAT_BYTES;
  storeTile(e, edge, edgeBytes, sums, true);
  e.loop(e.int(0), rows, 1, (r) => {
    e.loop(e.int(0), columns, 1, (c) => {
      const value = e.load(f32, 'f32', at(e, at(e, edge, r, edgeBytes), c, FLOAT_BYTES), 0, false);
      const to = at(e, at(e, target, r, rowBytes), c, FLOAT_BYTES);
      const sum = first ? value : e.opHere('add', f32, e.load(f32, 'f32', to, 0, false), value);
      e.store('f32', to, 0, sum);
    });
  });
}
