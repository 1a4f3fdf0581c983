import { bytesPerElement, type DType, isFloat, promote } from '../graph/dtype.ts';
import type { Node, OpArgs, OpName } from '../graph/node.ts';
import type { Emitter } from './emitter.ts';
import * as gamma from './gamma.ts';
import * as hyperbolic from './hyperbolic.ts';
import { type Expr, f32, type IrOp, i32, mask } from './ir.ts';
import * as math from './math.ts';
import * as trigonometry from './trigonometry.ts';
import { fitted, valueType } from './types.ts';

/**
 * How a kernel computes one element of an op from those of its sources. The result may lie outside of what the node's
 * dtype holds: `lowerElementwise` brings it back.
 */
type Lowering = (e: Emitter, args: readonly Expr[], node: Node) => Expr;

const sourceType = (node: Node): DType => (node.sources[0] as Node).dtype;

const direct =
  (op: IrOp): Lowering =>
  (e, args, node) =>
    e.op(op, valueType(node.dtype), ...args);

const bitwise =
  (onBits: IrOp, onTruth: IrOp): Lowering =>
  (e, args, node) =>
    e.op(node.dtype === 'bool' ? onTruth : onBits, valueType(node.dtype), ...args);

const composed =
  (f: (e: Emitter, ...args: Expr[]) => Expr): Lowering =>
  (e, args) =>
    f(e, ...args);

const same: Lowering = (_, args) => args[0] as Expr;

/** The quotient rounded down and the remainder with the divisor's sign, both 0 for a zero divisor. */
function floorDivide(e: Emitter, a: Expr, b: Expr): { quotient: Expr; remainder: Expr } {
  const zero = e.int(0);
  const byZero = e.op('eq', mask, b, zero);
  const byMinusOne = e.op('eq', mask, b, e.int(-1));
  // The machine traps on zero, and on -2^31 / -1.
  const safe = e.op('select', i32, e.op('maskOr', mask, byZero, byMinusOne), e.int(1), b);
  const truncated = e.op('divS', i32, a, safe);
  const rest = e.op('sub', i32, a, e.op('mul', i32, truncated, safe));
  const opposite = e.op('lt', mask, e.op('xor', i32, rest, safe), zero);
  const adjust = e.op('maskAnd', mask, e.op('ne', mask, rest, zero), opposite);
  const one = e.op('maskToI32', i32, adjust);
  const quotient = e.op('sub', i32, truncated, one);
  const remainder = e.op('select', i32, adjust, e.op('add', i32, rest, safe), rest);
  const negated = e.op('select', i32, byMinusOne, e.op('neg', i32, a), quotient);
  return { quotient: e.op('select', i32, byZero, zero, negated), remainder };
}

const floatQuotient = (e: Emitter, a: Expr, b: Expr) => e.op('floor', f32, e.op('div', f32, a, b));

function cast(e: Emitter, value: Expr, from: DType, to: DType): Expr {
  if (to === 'bool') return from === 'bool' ? value : e.op('ne', mask, value, e.constant(valueType(from), 0));
  if (isFloat(to)) {
    if (from === 'bool') return e.op('maskToF32', f32, value);
    return isFloat(from) ? value : e.op('toF32', f32, value);
  }
  if (from === 'bool') return e.op('maskToI32', i32, value);
  return isFloat(from) ? e.op('toI32', i32, value) : value;
}

/** The elementwise ops, one row each: the second and last place that a primitive needs. */
const elementwiseLowering: Partial<Record<OpName, Lowering>> = {
  neg: direct('neg'),
  recip: (e, [a]) => e.op('div', f32, e.constant(f32, 1), a as Expr),
  sqrt: direct('sqrt'),
  exp: composed(math.exp),
  expm1: composed(math.expm1),
  exp2: composed(math.exp2),
  log: composed(math.log),
  log1p: composed(math.log1p),
  log2: composed(math.log2),
  sin: composed(trigonometry.sin),
  cos: composed(trigonometry.cos),
  atan: composed(trigonometry.atan),
  sinh: composed(hyperbolic.sinh),
  cosh: composed(hyperbolic.cosh),
  tanh: composed(math.tanh),
  asinh: composed(hyperbolic.asinh),
  acosh: composed(hyperbolic.acosh),
  erf: composed(math.erf),
  erfc: composed(math.erfc),
  erfinv: composed(math.erfinv),
  lgamma: composed(gamma.lgamma),
  polygamma: (e, [a], node) => gamma.polygamma(e, a as Expr, (node.arg as OpArgs['polygamma']).order),
  floor: direct('floor'),
  cast: (e, [a], node) => cast(e, a as Expr, sourceType(node), node.dtype),
  bitcast: (e, [a], node) =>
    sourceType(node) === node.dtype
      ? (a as Expr)
      : e.op(node.dtype === 'float32' ? 'asF32' : 'asI32', valueType(node.dtype), a as Expr),
  contiguous: same,
  add: direct('add'),
  sub: direct('sub'),
  mul: direct('mul'),
  div: direct('div'),
  max: direct('max'),
  min: direct('min'),
  pow: composed(math.pow),
  atan2: composed(trigonometry.atan2),
  idiv: (e, [a, b], node) =>
    isFloat(node.dtype)
      ? floatQuotient(e, a as Expr, b as Expr)
      : floorDivide(e, a as Expr, b as Expr).quotient,
  mod: (e, [a, b], node) =>
    isFloat(node.dtype)
      ? e.op('sub', f32, a as Expr, e.op('mul', f32, b as Expr, floatQuotient(e, a as Expr, b as Expr)))
      : floorDivide(e, a as Expr, b as Expr).remainder,
  lt: (e, [a, b], node) =>
    sourceType(node) === 'bool'
      ? e.op('maskAnd', mask, e.op('maskNot', mask, a as Expr), b as Expr)
      : e.op('lt', mask, a as Expr, b as Expr),
  eq: (e, [a, b], node) =>
    sourceType(node) === 'bool'
      ? e.op('maskNot', mask, e.op('maskXor', mask, a as Expr, b as Expr))
      : e.op('eq', mask, a as Expr, b as Expr),
  and: bitwise('and', 'maskAnd'),
  or: bitwise('or', 'maskOr'),
  xor: bitwise('xor', 'maskXor'),
  shl: direct('shl'),
  shr: direct('shrU'),
  where: (e, args, node) => e.op('select', valueType(node.dtype), ...args),
};

/** Ops whose result is a value that their sources' dtype holds: nothing is to be wrapped or rounded. */
const exact: ReadonlySet<OpName> = new Set<OpName>([
  'contiguous',
  'max',
  'min',
  'floor',
  'and',
  'or',
  'xor',
  'where',
]);

/** One element of an elementwise op. @throws for an op that has no row here. */
export function lowerElementwise(e: Emitter, node: Node, args: readonly Expr[]): Expr {
  const lowering = elementwiseLowering[node.op];
  if (!lowering) throw new Error(`Kernels have no way to compute ${node.op}; add a row to codegen/ops.ts.`);
  const value = lowering(e, args, node);
  const fits = exact.has(node.op) || (node.op === 'cast' && holds(node.dtype, sourceType(node)));
  return fits ? value : fitted(e, value, node.dtype);
}

/** Whether `dtype` has every value of `other`, a smaller one. */
const holds = (dtype: DType, other: DType): boolean =>
  other === 'bool' || (promote(dtype, other) === dtype && bytesPerElement(other) < bytesPerElement(dtype));
