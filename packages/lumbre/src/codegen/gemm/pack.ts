import type { Emitter } from '../emitter.ts';
import { type Expr, f32, i32, mask, vector } from '../ir.ts';
import { QUAD } from '../target.ts';
import { at, FLOAT_BYTES } from './tile.ts';

/**
 * A matrix operand as packing sees it: lines, which a tile has side by side (rows of a, columns of b), each of as many
 * steps as the product is deep.
 */
export interface PanelSource {
  /** How many lines there are in all. */
  readonly lines: number;
  /** Writes one panel: at `to`, for each of `depth` steps from `from`, the lines `first` to `first + count`, side by side. */
  pack(panel: Panel): void;
}

export interface Panel {
  readonly to: Expr;
  readonly count: number;
  /** The first line: a multiple of `count`. */
  readonly first: Expr;
  readonly from: Expr;
  readonly depth: Expr;
}

/** Packs `lines` lines from `first` on into panels one after another. */
export function packPanels(
  e: Emitter,
  source: PanelSource,
  { to, count, first, from, depth }: Panel,
  lines: Expr,
): void {
  const depthBytes = e.op('mul', i32, depth, e.int(FLOAT_BYTES));
  e.loop(e.int(0), lines, count, (i) => {
    source.pack({
      to: e.op('add', i32, to, e.op('mul', i32, i, depthBytes)),
      count,
      first: e.op('add', i32, first, i),
      from,
      depth,
    });
  });
}

/** A matrix in memory. */
export interface Strided {
  readonly base: Expr;
  /** Elements from one line to the next, and from one step to the next. */
  readonly lineStride: number;
  readonly stepStride: number;
  readonly lines: number;
}

/** Packs floats that lie at equal distances: as vectors where lines, or steps, are neighbours in memory. */
export function stridedSource(e: Emitter, { base, lineStride, stepStride, lines }: Strided): PanelSource {
  const lineBytes = lineStride * FLOAT_BYTES;
  const stepBytes = stepStride * FLOAT_BYTES;
  return {
    lines,
    pack({ to, count, first, from, depth }) {
      const start = at(e, base, from, stepBytes);
      /** Lines beyond the last are never stored: packing the last one again in their place keeps addresses valid. */
      const line = (i: number, clamped: boolean) => {
        const index = e.op('add', i32, first, e.int(i));
        return at(e, start, clamped ? e.op('min', i32, index, e.int(lines - 1)) : index, lineBytes);
      };
      const sources = (clamped: boolean) => Array.from({ length: count }, (_, i) => line(i, clamped));
      const whole = () => {
        if (count % QUAD > 0) packScattered(e, to, sources(false), depth, stepBytes);
        else if (lineStride === 1) packNeighbours(e, to, line(0, false), count, depth, stepBytes);
        else if (stepStride === 1) packTransposed(e, to, sources(false), depth);
        else packScattered(e, to, sources(false), depth, stepBytes);
      };
      if (lines % count === 0) return whole();
      const fits = e.op('lt', mask, first, e.int(lines - count + 1));
      e.when(fits, whole, () => packScattered(e, to, sources(true), depth, stepBytes));
    },
  };
}

function packNeighbours(
  e: Emitter,
  to: Expr,
  from: Expr,
  count: number,
  depth: Expr,
  stepBytes: number,
): void {
  const lanes = count % e.lanes === 0 ? e.lanes : QUAD;
  const wide = vector(f32, lanes);
  e.loop(e.int(0), depth, 1, (p) => {
    const source = at(e, from, p, stepBytes);
    const target = at(e, to, p, count * FLOAT_BYTES);
    for (let i = 0; i < count; i += lanes) {
      const offset = i * FLOAT_BYTES;
      e.store('f32', target, offset, e.load(wide, 'f32', source, offset, false));
    }
  });
}

function packScattered(
  e: Emitter,
  to: Expr,
  sources: readonly Expr[],
  depth: Expr,
  stepBytes: number,
  start: Expr = e.int(0),
): void {
  e.loop(start, depth, 1, (p) => {
    const target = at(e, to, p, sources.length * FLOAT_BYTES);
    sources.forEach((source, i) => {
      e.store('f32', target, i * FLOAT_BYTES, e.load(f32, 'f32', at(e, source, p, stepBytes), 0, false));
    });
  });
}

/** Lines that are contiguous along the steps: four by four, loaded as rows and stored as columns. */
function packTransposed(e: Emitter, to: Expr, sources: readonly Expr[], depth: Expr): void {
  const wide = vector(f32, QUAD);
  const count = sources.length;
  const whole = e.op('and', i32, depth, e.int(-QUAD));
  e.loop(e.int(0), whole, QUAD, (p) => {
    const target = at(e, to, p, count * FLOAT_BYTES);
    for (let i = 0; i < count; i += QUAD) {
      const rows = sources
        .slice(i, i + QUAD)
        .map((source) => e.load(wide, 'f32', at(e, source, p, FLOAT_BYTES), 0, false));
      transpose(e, rows).forEach((column, c) => {
        e.store('f32', target, (c * count + i) * FLOAT_BYTES, column);
      });
    }
  });
  packScattered(e, to, sources, depth, FLOAT_BYTES, whole);
}

/** The columns of a 4x4 matrix given by its rows. */
export function transpose(e: Emitter, rows: readonly Expr[]): Expr[] {
  const [a, b, c, d] = rows as [Expr, Expr, Expr, Expr];
  const here = (op: 'zipLow' | 'zipHigh' | 'joinLow' | 'joinHigh', x: Expr, y: Expr) =>
    e.freeze(e.opHere(op, f32, x, y));
  const [low1, low2] = [here('zipLow', a, b), here('zipLow', c, d)];
  const [high1, high2] = [here('zipHigh', a, b), here('zipHigh', c, d)];
  return [
    here('joinLow', low1, low2),
    here('joinHigh', low1, low2),
    here('joinLow', high1, high2),
    here('joinHigh', high1, high2),
  ];
}
