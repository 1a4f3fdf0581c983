import { accumulateGradient, linearRecurrenceGradient } from './accumulate.ts';
import {
  attentionComposition,
  attentionGradients,
  inferAttention,
  inferAttentionGradient,
  inferLogSumExp,
} from './attention.ts';
import type { Builder } from './builder.ts';
import {
  elementwise,
  type Hint,
  type Inferred,
  inferAccumulate,
  inferArgmax,
  inferArgsort,
  inferBitcast,
  inferCast,
  inferDot,
  inferExpand,
  inferFirst,
  inferFlip,
  inferGather,
  inferLinearRecurrence,
  inferPad,
  inferPermute,
  inferReshape,
  inferShrink,
  inferWhere,
  reduction,
  scatter,
  source,
  windowed,
} from './infer.ts';
import { inferScan } from './loop.ts';
import type { Node, OpArgs, OpName } from './node.ts';
import { inferQuantizedDot, quantizedDotComposition } from './quantized.ts';
import { erf, erfc, pow } from './scalar.ts';
import { erfinv, lgamma } from './special.ts';

export type OpKind = 'source' | 'elementwise' | 'movement' | 'reduce' | 'contraction' | 'indexed';

/**
 * All that there is to know about one op but how a kernel computes it (that is the row of the same name in
 * `codegen/ops.ts`).
 */
export interface OpRow<Op extends OpName> {
  readonly kind: OpKind;
  /** Shape and dtype of the result. Throws when the sources do not fit. */
  readonly infer: (sources: readonly Node[], arg: OpArgs[Op], hint: Hint) => Inferred;
  /** The gradient of each source given that of the result; `null` for a source without one, or for the whole op. */
  readonly gradient: null | ((node: Node<Op>, dy: Node, b: Builder) => (Node | null)[]);
  /**
   * What an op with a kernel of its own stands for in terms of others: its meaning, and what computes it on a device
   * without such a kernel. An op that has no `gradient` is differentiated through it.
   */
  readonly composition?: (node: Node<Op>, b: Builder) => Node;
  /** The value for one element in double precision: what the oracle computes. */
  readonly scalar?: (a: number, b: number, c: number) => number;
  /** The same for integers, where wrapping or rounding differs. */
  readonly integer?: (a: number, b: number) => number;
  /** Rough cost of one element in additions, for the scheduler. */
  readonly cost?: number;
  /** Where tests take each float source from; [-3, 3] when absent. Gradients are checked inside it. */
  readonly testRange?: readonly (readonly [low: number, high: number])[];
}

const none = (_node: unknown, _dy: unknown) => [];
const floorMod = (a: number, b: number) => a - b * Math.floor(a / b);

/** The source of a function of one number. */
const sourceOf = (y: Node): Node => y.sources[0] as Node;

/** Integer division by zero gives 0: a kernel cannot stop in the middle of a vector. */
const guard = (f: (a: number, b: number) => number) => (a: number, b: number) => (b === 0 ? 0 : f(a, b));

/** Every primitive, one row each. Composite ops are methods of Tensor, written in terms of these. */
export const opTable: { readonly [Op in OpName]: OpRow<Op> } = {
  const: { kind: 'source', infer: source('const'), gradient: null },
  buffer: { kind: 'source', infer: source('buffer'), gradient: none },
  iota: { kind: 'source', infer: source('iota'), gradient: null },

  neg: {
    kind: 'elementwise',
    infer: elementwise('neg', 1, 'number'),
    gradient: (_, dy, b) => [b.neg(dy)],
    scalar: (a) => -a,
    cost: 1,
  },
  recip: {
    kind: 'elementwise',
    infer: elementwise('recip', 1, 'float'),
    gradient: (y, dy, b) => [b.neg(b.mul(dy, b.mul(y, y)))],
    scalar: (a) => 1 / a,
    cost: 4,
    testRange: [[0.5, 3]],
  },
  sqrt: {
    kind: 'elementwise',
    infer: elementwise('sqrt', 1, 'float'),
    gradient: (y, dy, b) => [b.div(dy, b.add(y, y))],
    scalar: Math.sqrt,
    cost: 4,
    testRange: [[0.1, 4]],
  },
  exp: {
    kind: 'elementwise',
    infer: elementwise('exp', 1, 'float'),
    gradient: (y, dy, b) => [b.mul(dy, y)],
    scalar: Math.exp,
    cost: 12,
  },
  /** e^x - 1 */
  expm1: {
    kind: 'elementwise',
    infer: elementwise('expm1', 1, 'float'),
    gradient: (y, dy, b) => [b.mul(dy, b.add(y, b.full(y, 1)))],
    scalar: Math.expm1,
    cost: 16,
  },
  exp2: {
    kind: 'elementwise',
    infer: elementwise('exp2', 1, 'float'),
    gradient: (y, dy, b) => [b.mul(dy, b.mul(y, b.full(y, Math.LN2)))],
    scalar: (a) => 2 ** a,
    cost: 11,
  },
  log: {
    kind: 'elementwise',
    infer: elementwise('log', 1, 'float'),
    gradient: (y, dy, b) => [b.div(dy, y.sources[0] as Node)],
    scalar: Math.log,
    cost: 14,
    testRange: [[0.1, 5]],
  },
  /** log(1 + x) */
  log1p: {
    kind: 'elementwise',
    infer: elementwise('log1p', 1, 'float'),
    gradient: (y, dy, b) => [b.div(dy, b.add(sourceOf(y), b.full(y, 1)))],
    scalar: Math.log1p,
    cost: 22,
    testRange: [[-0.8, 4]],
  },
  log2: {
    kind: 'elementwise',
    infer: elementwise('log2', 1, 'float'),
    gradient: (y, dy, b) => [b.div(dy, b.mul(sourceOf(y), b.full(y, Math.LN2)))],
    scalar: Math.log2,
    cost: 15,
    testRange: [[0.1, 5]],
  },
  sin: {
    kind: 'elementwise',
    infer: elementwise('sin', 1, 'float'),
    gradient: (y, dy, b) => [b.mul(dy, b.cos(sourceOf(y)))],
    scalar: Math.sin,
    cost: 18,
  },
  cos: {
    kind: 'elementwise',
    infer: elementwise('cos', 1, 'float'),
    gradient: (y, dy, b) => [b.neg(b.mul(dy, b.sin(sourceOf(y))))],
    scalar: Math.cos,
    cost: 18,
  },
  atan: {
    kind: 'elementwise',
    infer: elementwise('atan', 1, 'float'),
    gradient: (y, dy, b) => {
      const x = sourceOf(y);
      return [b.div(dy, b.add(b.mul(x, x), b.full(x, 1)))];
    },
    scalar: Math.atan,
    cost: 20,
  },
  sinh: {
    kind: 'elementwise',
    infer: elementwise('sinh', 1, 'float'),
    gradient: (y, dy, b) => [b.mul(dy, b.cosh(sourceOf(y)))],
    scalar: Math.sinh,
    cost: 28,
  },
  cosh: {
    kind: 'elementwise',
    infer: elementwise('cosh', 1, 'float'),
    gradient: (y, dy, b) => [b.mul(dy, b.sinh(sourceOf(y)))],
    scalar: Math.cosh,
    cost: 18,
  },
  tanh: {
    kind: 'elementwise',
    infer: elementwise('tanh', 1, 'float'),
    gradient: (y, dy, b) => [b.mul(dy, b.sub(b.full(y, 1), b.mul(y, y)))],
    scalar: Math.tanh,
    cost: 16,
  },
  asinh: {
    kind: 'elementwise',
    infer: elementwise('asinh', 1, 'float'),
    gradient: (y, dy, b) => {
      const x = sourceOf(y);
      return [b.div(dy, b.sqrt(b.add(b.mul(x, x), b.full(x, 1))))];
    },
    scalar: Math.asinh,
    cost: 34,
  },
  acosh: {
    kind: 'elementwise',
    infer: elementwise('acosh', 1, 'float'),
    gradient: (y, dy, b) => {
      const x = sourceOf(y);
      const one = b.full(x, 1);
      return [b.div(dy, b.mul(b.sqrt(b.sub(x, one)), b.sqrt(b.add(x, one))))];
    },
    scalar: Math.acosh,
    cost: 34,
    testRange: [[1.2, 5]],
  },
  erf: {
    kind: 'elementwise',
    infer: elementwise('erf', 1, 'float'),
    gradient: (y, dy, b) => {
      const x = y.sources[0] as Node;
      return [b.mul(dy, b.mul(b.full(x, 2 / Math.sqrt(Math.PI)), b.exp(b.neg(b.mul(x, x)))))];
    },
    scalar: erf,
    cost: 18,
  },
  erfc: {
    kind: 'elementwise',
    infer: elementwise('erfc', 1, 'float'),
    gradient: (y, dy, b) => {
      const x = y.sources[0] as Node;
      return [b.mul(dy, b.mul(b.full(x, -2 / Math.sqrt(Math.PI)), b.exp(b.neg(b.mul(x, x)))))];
    },
    scalar: erfc,
    cost: 50,
  },
  erfinv: {
    kind: 'elementwise',
    infer: elementwise('erfinv', 1, 'float'),
    gradient: (y, dy, b) => [b.mul(dy, b.mul(b.full(y, Math.sqrt(Math.PI) / 2), b.exp(b.mul(y, y))))],
    scalar: erfinv,
    cost: 45,
    testRange: [[-0.9, 0.9]],
  },
  /** log |Γ(x)| */
  lgamma: {
    kind: 'elementwise',
    infer: elementwise('lgamma', 1, 'float'),
    gradient: (y, dy, b) => [b.mul(dy, b.polygamma(sourceOf(y), 0))],
    scalar: lgamma,
    cost: 90,
    testRange: [[0.3, 6]],
  },
  polygamma: {
    kind: 'elementwise',
    infer: elementwise('polygamma', 1, 'float'),
    gradient: (y, dy, b) => [b.mul(dy, b.polygamma(sourceOf(y), y.arg.order + 1))],
    cost: 90,
    testRange: [[0.3, 6]],
  },
  floor: {
    kind: 'elementwise',
    infer: elementwise('floor', 1, 'float'),
    gradient: null,
    scalar: Math.floor,
    cost: 1,
  },
  cast: {
    kind: 'elementwise',
    infer: inferCast,
    gradient: (y, dy, b) => [b.castGradient(dy, y.sources[0] as Node)],
    scalar: (a) => a,
    cost: 1,
  },
  bitcast: { kind: 'elementwise', infer: inferBitcast, gradient: null, cost: 0 },
  identity: {
    kind: 'elementwise',
    infer: elementwise('identity', 1, 'any'),
    gradient: (_, dy) => [dy],
    scalar: (a) => a,
    cost: 0,
  },
  detach: {
    kind: 'elementwise',
    infer: elementwise('detach', 1, 'any'),
    gradient: null,
    scalar: (a) => a,
    cost: 0,
  },
  custom: {
    kind: 'elementwise',
    infer: inferFirst('custom'),
    gradient: (node, dy) => node.arg.gradient(node, dy),
    cost: 0,
  },
  after: {
    kind: 'movement',
    infer: inferFirst('after'),
    gradient: (_, dy) => [dy, null],
    scalar: (a) => a,
    cost: 0,
  },
  contiguous: {
    kind: 'elementwise',
    infer: elementwise('contiguous', 1, 'any'),
    gradient: (_, dy) => [dy],
    scalar: (a) => a,
    cost: 0,
  },
  checkIndex: {
    kind: 'elementwise',
    infer: elementwise('checkIndex', 1, 'integer'),
    gradient: null,
    cost: 2,
  },

  add: {
    kind: 'elementwise',
    infer: elementwise('add', 2, 'number'),
    gradient: (_, dy) => [dy, dy],
    scalar: (a, b) => a + b,
    cost: 1,
  },
  sub: {
    kind: 'elementwise',
    infer: elementwise('sub', 2, 'number'),
    gradient: (_, dy, b) => [dy, b.neg(dy)],
    scalar: (a, b) => a - b,
    cost: 1,
  },
  mul: {
    kind: 'elementwise',
    infer: elementwise('mul', 2, 'number'),
    gradient: (y, dy, b) => [b.mul(dy, y.sources[1] as Node), b.mul(dy, y.sources[0] as Node)],
    scalar: (a, b) => a * b,
    integer: Math.imul,
    cost: 1,
  },
  div: {
    kind: 'elementwise',
    infer: elementwise('div', 2, 'float'),
    gradient: (y, dy, b) => {
      const divisor = y.sources[1] as Node;
      return [b.div(dy, divisor), b.neg(b.div(b.mul(dy, y), divisor))];
    },
    scalar: (a, b) => a / b,
    cost: 4,
    testRange: [
      [-3, 3],
      [0.5, 3],
    ],
  },
  max: {
    kind: 'elementwise',
    infer: elementwise('max', 2, 'number'),
    gradient: (y, dy, b) => b.shareByOrder(dy, y.sources[1] as Node, y.sources[0] as Node),
    scalar: Math.max,
    cost: 1,
  },
  min: {
    kind: 'elementwise',
    infer: elementwise('min', 2, 'number'),
    gradient: (y, dy, b) => b.shareByOrder(dy, y.sources[0] as Node, y.sources[1] as Node),
    scalar: Math.min,
    cost: 1,
  },
  pow: {
    kind: 'elementwise',
    infer: elementwise('pow', 2, 'float'),
    gradient: (y, dy, b) => {
      const [base, exponent] = y.sources as [Node, Node];
      const zero = b.full(base, 0);
      const power = b.mul(exponent, b.pow(base, b.sub(exponent, b.full(base, 1))));
      // x^0 is constant, and 0^y is flat for y > 0: without these, 0 times infinity would be NaN.
      const byBase = b.where(b.eq(exponent, zero), zero, power);
      const byExponent = b.where(b.eq(base, zero), zero, b.mul(y, b.log(base)));
      return [b.mul(dy, byBase), b.mul(dy, byExponent)];
    },
    scalar: pow,
    cost: 30,
    testRange: [
      [0.3, 3],
      [-2, 2],
    ],
  },
  /** The angle of the point (b, a), in (-π, π]. */
  atan2: {
    kind: 'elementwise',
    infer: elementwise('atan2', 2, 'float'),
    gradient: (y, dy, b) => {
      const [sine, cosine] = y.sources as [Node, Node];
      const share = b.div(dy, b.add(b.mul(sine, sine), b.mul(cosine, cosine)));
      return [b.mul(share, cosine), b.neg(b.mul(share, sine))];
    },
    scalar: Math.atan2,
    cost: 28,
    testRange: [
      [0.5, 3],
      [-3, 3],
    ],
  },
  /** Division rounded down. Of integers by zero: 0. */
  idiv: {
    kind: 'elementwise',
    infer: elementwise('idiv', 2, 'number'),
    gradient: null,
    scalar: (a, b) => Math.floor(a / b),
    integer: guard((a, b) => Math.floor(a / b)),
    cost: 5,
    testRange: [
      [-9, 9],
      [1, 4],
    ],
  },
  /** Remainder with the sign of the divisor. Of integers by zero: 0. */
  mod: {
    kind: 'elementwise',
    infer: elementwise('mod', 2, 'number'),
    gradient: (y, dy, b) => {
      const [a, divisor] = y.sources as [Node, Node];
      return [dy, b.neg(b.mul(dy, b.floor(b.div(a, divisor))))];
    },
    scalar: floorMod,
    integer: guard(floorMod),
    cost: 6,
    testRange: [
      [-9, 9],
      [1, 4],
    ],
  },
  lt: {
    kind: 'elementwise',
    infer: elementwise('lt', 2, 'any', 'bool'),
    gradient: null,
    scalar: (a, b) => (a < b ? 1 : 0),
    cost: 1,
  },
  eq: {
    kind: 'elementwise',
    infer: elementwise('eq', 2, 'any', 'bool'),
    gradient: null,
    scalar: (a, b) => (a === b ? 1 : 0),
    cost: 1,
  },
  and: {
    kind: 'elementwise',
    infer: elementwise('and', 2, 'bits'),
    gradient: null,
    scalar: (a, b) => a & b,
    cost: 1,
  },
  or: {
    kind: 'elementwise',
    infer: elementwise('or', 2, 'bits'),
    gradient: null,
    scalar: (a, b) => a | b,
    cost: 1,
  },
  xor: {
    kind: 'elementwise',
    infer: elementwise('xor', 2, 'bits'),
    gradient: null,
    scalar: (a, b) => a ^ b,
    cost: 1,
  },
  /** Shift counts are taken modulo 32. */
  shl: {
    kind: 'elementwise',
    infer: elementwise('shl', 2, 'integer'),
    gradient: null,
    scalar: (a, b) => a << b,
    cost: 1,
  },
  /** A logical shift: zeros come in from the left. */
  shr: {
    kind: 'elementwise',
    infer: elementwise('shr', 2, 'integer'),
    gradient: null,
    scalar: (a, b) => a >>> b,
    cost: 1,
  },
  where: {
    kind: 'elementwise',
    infer: inferWhere,
    gradient: (y, dy, b) => {
      const condition = y.sources[0] as Node;
      const zero = b.full(dy, 0);
      return [null, b.where(condition, dy, zero), b.where(condition, zero, dy)];
    },
    scalar: (condition, a, b) => (condition !== 0 ? a : b),
    cost: 1,
  },

  reshape: {
    kind: 'movement',
    infer: inferReshape,
    gradient: (y, dy, b) => [b.reshape(dy, (y.sources[0] as Node).shape)],
  },
  permute: {
    kind: 'movement',
    infer: inferPermute,
    gradient: (y, dy, b) => [
      b.permute(
        dy,
        y.arg.axes.map((_, axis) => y.arg.axes.indexOf(axis)),
      ),
    ],
  },
  expand: {
    kind: 'movement',
    infer: inferExpand,
    gradient: (y, dy, b) => [b.sumTo(dy, (y.sources[0] as Node).shape)],
  },
  pad: {
    kind: 'movement',
    infer: inferPad,
    gradient: (y, dy, b) => [
      b.shrink(
        dy,
        y.arg.low,
        (y.sources[0] as Node).shape,
        y.arg.interior.map((gap) => gap + 1),
      ),
    ],
  },
  shrink: {
    kind: 'movement',
    infer: inferShrink,
    gradient: (y, dy, b) => [b.unshrink(dy, y.arg, (y.sources[0] as Node).shape)],
  },
  flip: { kind: 'movement', infer: inferFlip, gradient: (y, dy, b) => [b.flip(dy, y.arg.axes)] },
  /** Windows are not copied: with `expand` along the offsets in front, a kernel reads them by index arithmetic. */
  slant: {
    kind: 'movement',
    infer: windowed('slant'),
    gradient: (y, dy, b) => [b.spread(dy, y.arg, (y.sources[0] as Node).shape)],
  },
  /** With `sum` over the offsets behind, values in windows are added up where windows overlap. */
  spread: {
    kind: 'movement',
    infer: windowed('spread'),
    gradient: (y, dy, b) => [b.slant(dy, y.arg, (y.sources[0] as Node).shape)],
  },

  sum: {
    kind: 'reduce',
    infer: reduction('sum', false),
    gradient: (y, dy, b) => [b.expand(dy, (y.sources[0] as Node).shape)],
    cost: 1,
  },
  maxReduce: {
    kind: 'reduce',
    infer: reduction('max', true),
    gradient: (y, dy, b) => {
      const x = y.sources[0] as Node;
      if (y.arg.ties === 'first') {
        const place = b.expand(b.firstPlace(x, y, y.arg.axes), x.shape);
        const chosen = b.eq(b.placesFromEnd(x.shape, y.arg.axes), place);
        return [b.where(chosen, b.expand(dy, x.shape), b.full(x, 0))];
      }
      // As PyTorch's amax does.
      const hit = b.cast(b.eq(x, b.expand(y, x.shape)), x.dtype);
      const share = b.div(dy, b.sum(hit, y.arg.axes));
      return [b.mul(hit, b.expand(share, x.shape))];
    },
    cost: 1,
  },
  prod: {
    kind: 'reduce',
    infer: reduction('prod', false),
    gradient: (y, dy, b) => {
      // Dividing the product by each factor fails at zeros: multiply the other factors and count the zeros instead.
      const x = y.sources[0] as Node;
      const zero = b.full(x, 0);
      const isZero = b.eq(x, zero);
      const nonZero = b.where(isZero, b.full(x, 1), x);
      const product = b.expand(b.prod(nonZero, y.arg.axes), x.shape);
      const zeros = b.expand(b.sum(b.cast(isZero, x.dtype), y.arg.axes), x.shape);
      const atZero = b.where(b.eq(zeros, b.full(x, 1)), product, zero);
      const elsewhere = b.where(b.eq(zeros, zero), b.div(product, nonZero), zero);
      return [b.mul(b.expand(dy, x.shape), b.where(isZero, atZero, elsewhere))];
    },
    cost: 1,
  },
  argmax: { kind: 'reduce', infer: inferArgmax, gradient: null, cost: 2 },

  accumulate: { kind: 'reduce', infer: inferAccumulate, gradient: accumulateGradient, cost: 1 },
  linearRecurrence: {
    kind: 'reduce',
    infer: inferLinearRecurrence,
    gradient: linearRecurrenceGradient,
    cost: 2,
    testRange: [
      [-1, 1],
      [-3, 3],
    ],
  },

  scan: { kind: 'contraction', infer: inferScan, gradient: (y, dy) => y.arg.loop.gradient([y], [dy]) },

  dot: {
    kind: 'contraction',
    infer: inferDot,
    gradient: (y, dy, b) => {
      const [x, w] = y.sources as [Node, Node];
      return [b.dot(dy, b.transpose(w)), b.dot(b.transpose(x), dy)];
    },
    testRange: [
      [-1, 1],
      [-1, 1],
    ],
  },

  quantizedDot: {
    kind: 'contraction',
    infer: inferQuantizedDot,
    gradient: null,
    composition: quantizedDotComposition,
  },

  attention: {
    kind: 'contraction',
    infer: inferAttention,
    gradient: attentionGradients,
    composition: attentionComposition,
  },
  attentionLogSumExp: {
    kind: 'contraction',
    infer: inferLogSumExp,
    gradient: null,
    composition: attentionComposition,
  },
  attentionGradient: {
    kind: 'contraction',
    infer: inferAttentionGradient,
    gradient: null,
    composition: attentionComposition,
  },

  gather: {
    kind: 'indexed',
    infer: inferGather,
    gradient: (y, dy, b) => {
      const [x, index] = y.sources as [Node, Node];
      return [b.scatterAdd(b.full(x, 0), index, dy, y.arg.axis), null];
    },
    cost: 3,
  },
  scatterAdd: {
    kind: 'indexed',
    infer: scatter('scatterAdd'),
    gradient: (y, dy, b) => [dy, null, b.gather(dy, y.sources[1] as Node, y.arg.axis)],
    cost: 2,
  },
  scatterSet: {
    kind: 'indexed',
    infer: scatter('scatterSet'),
    gradient: (y, dy, b) => {
      const [base, index, updates] = y.sources as [Node, Node, Node];
      const { axis } = y.arg;
      // Which update stayed at each place: the others, and what was there before, have no part in the result.
      const number = b.iota(updates.shape, axis);
      const winner = b.scatterSet(b.constant(base.shape, 'int32', -1), index, number, axis);
      const zero = b.full(updates, 0);
      const won = b.eq(b.gather(winner, index, axis), number);
      return [
        b.where(b.lt(winner, b.full(winner, 0)), dy, b.full(dy, 0)),
        null,
        b.where(won, b.gather(dy, index, axis), zero),
      ];
    },
    cost: 2,
  },
  argsort: { kind: 'indexed', infer: inferArgsort, gradient: null, cost: 30 },
};
