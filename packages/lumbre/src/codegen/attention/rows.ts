import type { Emitter } from '../emitter.ts';
import { at, FLOAT_BYTES } from '../gemm/tile.ts';
import { type Expr, f32, i32, mask, type Type, vector } from '../ir.ts';
import * as math from '../math.ts';
import { QUAD, type Target, tileColumns, VIRTUAL_LANES } from '../target.ts';

type Variable = Expr & { kind: 'local' };

/** A row that is passed over is as long as a multiple of this. */
export const ROW_STEP = VIRTUAL_LANES;

/** Rows of scores that products are stored in have room for whole tiles, too: as long as a multiple of this. */
export function scoreStep(target: Target): number {
  const columns = tileColumns(target);
  let step = columns;
  while (step % ROW_STEP !== 0) step += columns;
  return step;
}

/** The next multiple of a constant. */
export function roundedUp(e: Emitter, value: Expr, step: number): Expr {
  const most = e.op('add', i32, value, e.int(step - 1));
  return e.op('mul', i32, e.op('divS', i32, most, e.int(step)), e.int(step));
}

/** Vectors that are computed side by side: the virtual lanes of a sum. */
const unrolled = (e: Emitter): number => VIRTUAL_LANES / e.lanes;
const wideType = (e: Emitter): Type => vector(f32, e.lanes);

/** Stores `value` in the floats [from, to) of a row. */
export function fillRow(e: Emitter, row: Expr, from: Expr, to: Expr, value: number): void {
  const element = (j: Expr) => at(e, row, j, FLOAT_BYTES);
  const single = (j: Expr) => e.store('f32', element(j), 0, e.constant(f32, value));
  const aligned = (j: Expr) => e.op('and', i32, j, e.int(-e.lanes));
  const begin = e.op('min', i32, aligned(e.op('add', i32, from, e.int(e.lanes - 1))), to);
  const end = e.op('max', i32, aligned(to), begin);
  e.loop(from, begin, 1, single);
  e.loop(begin, end, e.lanes, (j) => e.store('f32', element(j), 0, e.constant(wideType(e), value)));
  e.loop(end, to, 1, single);
}

/** Runs `body` on each vector of a row; `part` says which of those that are computed side by side. */
function eachVector(e: Emitter, width: Expr, body: (j: Expr, part: number) => void): void {
  e.loop(e.int(0), width, ROW_STEP, (j) => {
    for (let part = 0; part < unrolled(e); part++) body(e.op('add', i32, j, e.int(part * e.lanes)), part);
  });
}

function reduceLanes(e: Emitter, op: 'add' | 'max', parts: readonly Variable[]): Expr {
  const combined = e
    .quads(parts.map((part): Expr => e.freeze(part)))
    .reduce((a, b) => e.freeze(e.opHere(op, f32, a, b)));
  return Array.from({ length: QUAD }, (_, lane): Expr => e.lane(combined, lane)).reduce((a, b) =>
    e.freeze(e.opHere(op, f32, a, b)),
  );
}

/** What is known of a row once its scores have become weights that are not yet divided by their sum. */
export interface RowStatistics {
  readonly total: Expr;
  readonly logSumExp: Expr;
}

/**
 * Replaces a row of scores by exp(scale · score - largest), whose sum is returned. Scores that are not seen are -∞. A
 * NaN makes the whole row NaN: it is in the sum.
 */
export function exponentials(e: Emitter, row: Expr, width: Expr, scale: number): RowStatistics {
  const wide = wideType(e);
  const load = (j: Expr) => e.load(wide, 'f32', at(e, row, j, FLOAT_BYTES), 0, false);
  const factor = e.constant(wide, scale);
  const largest = Array.from({ length: unrolled(e) }, () =>
    e.variable(e.constant(wide, Number.NEGATIVE_INFINITY)),
  );
  eachVector(e, width, (j, part) => {
    const most = largest[part] as Variable;
    e.set(most, e.opHere('pmax', f32, most, load(j)));
  });
  const found = e.op('mul', f32, reduceLanes(e, 'max', largest), e.constant(f32, scale));
  // A query that sees nothing has no largest score; its exponentials are all 0.
  const nothing = e.op('eq', mask, found, e.constant(f32, Number.NEGATIVE_INFINITY));
  const shift = e.op('select', f32, nothing, e.constant(f32, 0), found);
  const shiftWide = e.widen(shift, e.lanes);
  const totals = Array.from({ length: unrolled(e) }, () => e.variable(e.constant(wide, 0)));
  eachVector(e, width, (j, part) => {
    const scaled = e.op('sub', f32, e.op('mul', f32, load(j), factor), shiftWide);
    const value = math.exp(e, scaled);
    e.store('f32', at(e, row, j, FLOAT_BYTES), 0, value);
    const total = totals[part] as Variable;
    e.set(total, e.opHere('add', f32, total, value));
  });
  const total = reduceLanes(e, 'add', totals);
  return { total, logSumExp: e.op('add', f32, shift, math.log(e, total)) };
}

/**
 * Replaces a row of scores by the weights exp(scale · score - logSumExp), and beside it a row of gradients by the weights
 * by those by the scores: weight · (gradient - delta) · scale.
 */
export function scoreGradients(
  e: Emitter,
  rows: { readonly scores: Expr; readonly gradients: Expr },
  width: Expr,
  { scale, logSumExp, delta }: { scale: number; logSumExp: Expr; delta: Expr },
): void {
  const wide = wideType(e);
  const factor = e.constant(wide, scale);
  const [shift, centre] = [e.widen(logSumExp, e.lanes), e.widen(delta, e.lanes)];
  eachVector(e, width, (j) => {
    const [score, gradient] = [at(e, rows.scores, j, FLOAT_BYTES), at(e, rows.gradients, j, FLOAT_BYTES)];
    const scaled = e.op('mul', f32, e.load(wide, 'f32', score, 0, false), factor);
    const weight = math.exp(e, e.op('sub', f32, scaled, shift));
    e.store('f32', score, 0, weight);
    const centred = e.op('sub', f32, e.load(wide, 'f32', gradient, 0, false), centre);
    e.store('f32', gradient, 0, e.op('mul', f32, e.op('mul', f32, weight, centred), factor));
  });
}

/** Multiplies `width` floats from `row` on by a scalar. */
export function scaleRow(e: Emitter, row: Expr, width: number, factor: Expr): void {
  const whole = width - (width % e.lanes);
  const step = (j: Expr, lanes: number) => {
    const address = at(e, row, j, FLOAT_BYTES);
    const value = e.load(lanes === 1 ? f32 : wideType(e), 'f32', address, 0, false);
    e.store('f32', address, 0, e.op('mul', f32, value, factor));
  };
  e.loop(e.int(0), e.int(whole), e.lanes, (j) => step(j, e.lanes));
  e.loop(e.int(whole), e.int(width), 1, (j) => step(j, 1));
}
