import type { Node } from '../graph/node.ts';
import { levelsOf } from '../graph/quantized.ts';
import type { Group } from '../schedule/group.ts';
import { at, FLOAT_BYTES } from './gemm/tile.ts';
import { bytesOf, type Expr, f32, i32, mask, vector } from './ir.ts';
import type { Kernel, KernelBuilder } from './kernel.ts';
import { QUAD } from './target.ts';

/** Steps whose sums go side by side. */
const UNROLL = 2;
/** Weights that one lane multiplies in a step. */
const PAIR = 2;
/**
 * Rows that are read side by side, each far from the next: a processor fetches ahead within a page of memory, and while it
 * waits at the end of one it goes on in the others.
 */
const STREAMS = 4;
/** A product is offered to threads in about this many parts, none with fewer rows of weights than the least. */
const PARTS = 16;
const LEAST_ROWS = 96;

const HALF_BYTES = bytesOf.i16;

/** Rows by int8 weights: a row of x becomes 16-bit whole numbers, and then each weight is read once. */
export function quantizedDotKernel(builder: KernelBuilder, group: Group): Kernel {
  const root = group.roots[0] as Node;
  const [x, weight, scale] = root.sources as [Node, Node, Node];
  const [m, n] = root.shape as [number, number];
  const k = x.shape[1] as number;
  const levels = levelsOf(k);
  const e = builder.emitter;
  const lanes = k % (PAIR * e.lanes) === 0 ? e.lanes : QUAD;
  /** Weights that one step multiplies. */
  const stepSize = PAIR * lanes;
  const wide = vector(f32, lanes);
  const out = builder.output(root);
  const values = e.buffer(builder.argument(x));
  const weights = e.buffer(builder.argument(weight));
  const scales = e.buffer(builder.argument(scale));
  const scratch = (bytes: number) => e.op('add', i32, e.scratch, e.int(builder.scratch(bytes)));
  const whole = scratch(k * HALF_BYTES);
  const rows = Math.max(LEAST_ROWS, Math.ceil(n / PARTS));
  const parts = Math.ceil(n / rows);

  /** Rounds row `row` of x into scratch memory; returns what one level is worth. */
  const quantize = (row: Expr): Expr => {
    const floats = at(e, values, row, k * FLOAT_BYTES);
    const largest = e.variable(e.constant(wide, 0));
    const load = (j: Expr) => e.load(wide, 'f32', at(e, floats, j, FLOAT_BYTES), 0, true);
    e.loop(e.int(0), e.int(k), lanes, (j) => {
      const value = load(j);
      const size = e.freeze(e.opHere('abs', f32, value));
      // max, and not pmax: a NaN must not be lost.
      e.set(largest, e.opHere('max', f32, largest, size));
    });
    const found = e.freeze(largest);
    const most = Array.from({ length: lanes }, (_, lane): Expr => e.lane(found, lane)).reduce((a, b) =>
      e.op('max', f32, a, b),
    );
    const step = e.op('div', f32, most, e.constant(f32, levels));
    const nothing = e.op('eq', mask, step, e.constant(f32, 0));
    const inverse = e.op(
      'select',
      f32,
      nothing,
      e.constant(f32, 0),
      e.op('div', f32, e.constant(f32, 1), step),
    );
    const factor = e.widen(inverse, lanes);
    e.loop(e.int(0), e.int(k), lanes, (j) => {
      const scaled = e.op('mul', f32, load(j), factor);
      const rounded = e.op('floor', f32, e.op('add', f32, scaled, e.constant(wide, 0.5)));
      e.store('i16', at(e, whole, j, HALF_BYTES), 0, e.op('toI32', i32, rounded));
    });
    return step;
  };

  /** The products with these rows of the weights, stored. Each is read in the order in which it lies. */
  const multiply = (row: Expr, step: Expr, numbers: readonly Expr[]) => {
    const type = vector(i32, lanes);
    const sums = numbers.map(() => Array.from({ length: UNROLL }, () => e.variable(e.constant(type, 0))));
    const starts = numbers.map((number) => at(e, weights, number, k));
    const add = (p: Expr, u: number) => {
      const halves = e.load(type, 'i32', at(e, whole, p, HALF_BYTES), u * stepSize * HALF_BYTES, false);
      sums.forEach((ofRow, r) => {
        const args = [e.op('add', i32, starts[r] as Expr, p), halves, e.int(u * stepSize)];
        const sum = ofRow[u] as Expr & { kind: 'local' };
        const products = e.freeze({ kind: 'op', op: 'dotBytes', type, args });
        e.set(sum, e.opHere('add', i32, sum, products));
      });
    };
    const unrolled = k - (k % (UNROLL * stepSize));
    e.loop(e.int(0), e.int(unrolled), UNROLL * stepSize, (p) => {
      for (let u = 0; u < UNROLL; u++) add(p, u);
    });
    e.loop(e.int(unrolled), e.int(k), stepSize, (p) => add(p, 0));
    sums.forEach((ofRow, r) => {
      const number = numbers[r] as Expr;
      const all = ofRow.map((sum): Expr => e.freeze(sum)).reduce((a, b) => e.op('add', i32, a, b));
      const quad = e.quads([all]).reduce((a, b) => e.op('add', i32, a, b));
      const total = Array.from({ length: QUAD }, (_, lane): Expr => e.lane(quad, lane)).reduce((a, b) =>
        e.op('add', i32, a, b),
      );
      const worth = e.load(f32, 'f32', at(e, scales, number, FLOAT_BYTES), 0, true);
      const value = e.op('mul', f32, e.op('mul', f32, e.op('toF32', f32, total), step), worth);
      e.store('f32', at(e, at(e, out, row, n * FLOAT_BYTES), number, FLOAT_BYTES), 0, value);
    });
  };

  // All parts of a call at once: x becomes whole numbers for each call anew.
  const from = e.op('mul', i32, e.begin, e.int(rows));
  const to = e.op('min', i32, e.op('mul', i32, e.end, e.int(rows)), e.int(n));
  const apart = e.op('divS', i32, e.op('sub', i32, to, from), e.int(STREAMS));
  e.loop(e.int(0), e.int(m), 1, (row) => {
    const step = quantize(row);
    e.loop(from, e.op('add', i32, from, apart), 1, (first) =>
      multiply(
        row,
        step,
        Array.from({ length: STREAMS }, (_, r) => e.op('add', i32, first, e.op('mul', i32, apart, e.int(r)))),
      ),
    );
    const rest = e.op('add', i32, from, e.op('mul', i32, apart, e.int(STREAMS)));
    e.loop(rest, to, 1, (number) => multiply(row, step, [number]));
  });
  return builder.finish('quantizedDot', parts, true);
}
