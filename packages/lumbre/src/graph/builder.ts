import { arithmeticDtype, type DType, isFloat } from './dtype.ts';
import { type Combine, makeNode, type Node, type OpArgs, type WindowArg } from './node.ts';
import { type Shape, sameShape } from './shape.ts';

/**
 * Nodes made in one call each, with the shortcuts that keep gradients small: adding zero, multiplying by one, moving
 * nothing. Broadcasting is explicit here; Tensor does it for people.
 */

/**
 * One that has been computed counts as data: it may be the first value of a state, such as a running mean, which a trace
 * must not take for a constant.
 */
const isConst = (node: Node, value?: number): node is Node<'const'> =>
  node.op === 'const' &&
  !node.storage &&
  (value === undefined || (node.arg as OpArgs['const']).value === value);

export const constant = (shape: Shape, dtype: DType, value: number): Node =>
  makeNode('const', [], { value }, { shape, dtype });

/** A constant like `node`: its shape, its dtype. */
export const full = (node: Node, value: number): Node => constant(node.shape, node.dtype, value);

export const iota = (shape: Shape, axis: number): Node =>
  makeNode('iota', [], { axis }, { shape, dtype: 'int32' });

type Unary =
  | 'recip'
  | 'sqrt'
  | 'exp'
  | 'expm1'
  | 'exp2'
  | 'log'
  | 'log1p'
  | 'log2'
  | 'sin'
  | 'cos'
  | 'atan'
  | 'sinh'
  | 'cosh'
  | 'tanh'
  | 'asinh'
  | 'acosh'
  | 'erf'
  | 'erfc'
  | 'erfinv'
  | 'lgamma'
  | 'floor'
  | 'identity'
  | 'detach'
  | 'contiguous';
type Binary =
  | 'div'
  | 'max'
  | 'min'
  | 'pow'
  | 'atan2'
  | 'idiv'
  | 'mod'
  | 'lt'
  | 'eq'
  | 'and'
  | 'or'
  | 'xor'
  | 'shl'
  | 'shr';

const unary = (op: Unary) => (a: Node) => makeNode(op, [a], null);
const binary = (op: Binary) => (a: Node, b: Node) => makeNode(op, [a, b], null);

export const recip = unary('recip');
export const sqrt = unary('sqrt');
export const exp = unary('exp');
export const expm1 = unary('expm1');
export const exp2 = unary('exp2');
export const log = unary('log');
export const log1p = unary('log1p');
export const log2 = unary('log2');
export const sin = unary('sin');
export const cos = unary('cos');
export const atan = unary('atan');
export const sinh = unary('sinh');
export const cosh = unary('cosh');
export const tanh = unary('tanh');
export const asinh = unary('asinh');
export const acosh = unary('acosh');
export const erf = unary('erf');
export const erfc = unary('erfc');
export const erfinv = unary('erfinv');
export const lgamma = unary('lgamma');
export const polygamma = (a: Node, order: number): Node => makeNode('polygamma', [a], { order });
export const floor = unary('floor');
export const identity = unary('identity');
export const detach = unary('detach');
export const contiguous = unary('contiguous');
export const max = binary('max');
export const min = binary('min');
export const pow = binary('pow');
export const atan2 = binary('atan2');
export const idiv = binary('idiv');
export const mod = binary('mod');
export const lt = binary('lt');
export const eq = binary('eq');
export const and = binary('and');
export const or = binary('or');
export const xor = binary('xor');
export const shl = binary('shl');
export const shr = binary('shr');

/** Of a negation, what was negated; a node whose value is there may have forgotten its source. */
export function neg(a: Node): Node {
  const negated = a.op === 'neg' ? a.sources[0] : undefined;
  return negated ?? makeNode('neg', [a], null);
}
export const add = (a: Node, b: Node): Node =>
  isConst(a, 0) ? b : isConst(b, 0) ? a : makeNode('add', [a, b], null);
export const sub = (a: Node, b: Node): Node => (isConst(b, 0) ? a : makeNode('sub', [a, b], null));
export const mul = (a: Node, b: Node): Node =>
  isConst(a, 1) ? b : isConst(b, 1) ? a : makeNode('mul', [a, b], null);
export const div = (a: Node, b: Node): Node => (isConst(b, 1) ? a : makeNode('div', [a, b], null));

export const where = (condition: Node, a: Node, b: Node): Node => makeNode('where', [condition, a, b], null);

export const cast = (a: Node, dtype: DType): Node =>
  a.dtype === dtype ? a : makeNode('cast', [a], null, { dtype });
export const bitcast = (a: Node, dtype: DType): Node => makeNode('bitcast', [a], null, { dtype });
/** Gradients flow through casts between floats only. */
export const castGradient = (dy: Node, source: Node): Node | null =>
  isFloat(source.dtype) ? cast(dy, source.dtype) : null;

/** `value` with the gradient that `arg` gives; `others` are what that needs. */
export const custom = (value: Node, others: readonly Node[], arg: OpArgs['custom']): Node =>
  makeNode('custom', [value, ...others], arg);

/** `a`, computed once `trigger` is there. */
export const after = (a: Node, trigger: Node): Node => makeNode('after', [a, trigger], null);

export const checkIndex = (a: Node, size: number, what: string): Node =>
  makeNode('checkIndex', [a], { size, what });

export function reshape(a: Node, shape: Shape): Node {
  if (sameShape(a.shape, shape)) return a;
  const source = a.op === 'reshape' && !a.storage ? (a.sources[0] as Node) : a;
  return sameShape(source.shape, shape) ? source : makeNode('reshape', [source], null, { shape });
}

export const permute = (a: Node, axes: readonly number[]): Node =>
  axes.every((axis, i) => axis === i) && axes.length === a.shape.length
    ? a
    : makeNode('permute', [a], { axes });

/** Swaps the last two axes. */
export function transpose(a: Node): Node {
  const rank = a.shape.length;
  return permute(a, [...Array.from({ length: rank - 2 }, (_, i) => i), rank - 1, rank - 2]);
}

export function expand(a: Node, shape: Shape): Node {
  if (sameShape(a.shape, shape)) return a;
  if (isConst(a)) return constant(shape, a.dtype, a.arg.value);
  return makeNode('expand', [a], null, { shape });
}

export const pad = (
  a: Node,
  low: readonly number[],
  high: readonly number[],
  interior: readonly number[] = low.map(() => 0),
): Node =>
  [...low, ...high, ...interior].every((n) => n === 0) ? a : makeNode('pad', [a], { low, high, interior });

export const shrink = (
  a: Node,
  start: readonly number[],
  shape: Shape,
  step: readonly number[] = start.map(() => 1),
): Node => (sameShape(a.shape, shape) ? a : makeNode('shrink', [a], { start, step }, { shape }));

/** The transpose of shrink: `a` put back into zeros of `shape`. */
export function unshrink(a: Node, { start, step }: OpArgs['shrink'], shape: Shape): Node {
  const high = shape.map((size, i) => {
    const count = a.shape[i] as number;
    const used = count === 0 ? 0 : (count - 1) * (step[i] as number) + 1;
    return size - (start[i] as number) - used;
  });
  return pad(
    a,
    start,
    high,
    step.map((s) => s - 1),
  );
}

export const flip = (a: Node, axes: readonly number[]): Node =>
  axes.length === 0 ? a : makeNode('flip', [a], { axes });

/** Windows with a single offset only step over elements. */
const onlySteps = (a: Node, { offsets }: WindowArg): boolean => offsets.every((axis) => a.shape[axis] === 1);

/** For each axis, the stride of the windows along it. */
const stepsOf = ({ axes, stride }: WindowArg, rank: number): number[] =>
  Array.from({ length: rank }, (_, axis) => stride[axes.indexOf(axis)] ?? 1);

const zerosFor = (shape: Shape): number[] => shape.map(() => 0);

export const slant = (a: Node, arg: WindowArg, shape: Shape): Node =>
  onlySteps(a, arg)
    ? shrink(a, zerosFor(shape), shape, stepsOf(arg, shape.length))
    : makeNode('slant', [a], arg, { shape });

export const spread = (a: Node, arg: WindowArg, shape: Shape): Node =>
  onlySteps(a, arg)
    ? unshrink(a, { start: zerosFor(shape), step: stepsOf(arg, shape.length) }, shape)
    : makeNode('spread', [a], arg, { shape });

/** Windows over some axes of a value. All lists have one entry for each of `axes`. */
export interface Windows {
  readonly axes: readonly number[];
  /** How many elements a window takes. */
  readonly sizes: readonly number[];
  /** From one window to the next. */
  readonly stride: readonly number[];
  /** From one element of a window to the next. */
  readonly dilation: readonly number[];
}

/** How many windows lie within `size` elements of axis i of the windows. */
export const windowCount = ({ sizes, stride, dilation }: Windows, i: number, size: number): number =>
  Math.max(
    Math.floor((size - ((sizes[i] as number) - 1) * (dilation[i] as number) - 1) / (stride[i] as number)) + 1,
    0,
  );

/** All windows over `a`: along `axes` their positions, and behind all axes the elements of each, in the order of `axes`. */
export function windows(a: Node, over: Windows): Node {
  const rank = a.shape.length;
  const { axes, sizes, stride, dilation } = over;
  const seen = expand(reshape(a, [...a.shape, ...sizes.map(() => 1)]), [...a.shape, ...sizes]);
  const arg = { axes, offsets: axes.map((_, i) => rank + i), stride, dilation };
  const shape = [...seen.shape];
  axes.forEach((axis, i) => {
    shape[axis] = windowCount(over, i, a.shape[axis] as number);
  });
  return slant(seen, arg, shape);
}

/**
 * The transpose of `windows`: values in windows, added up where windows overlap, in the shape that the windows are over.
 */
export function overlapAdd(a: Node, { axes, sizes, stride, dilation }: Windows, shape: Shape): Node {
  const rank = shape.length;
  const offsets = axes.map((_, i) => rank + i);
  const apart = spread(a, { axes, offsets, stride, dilation }, [...shape, ...sizes]);
  return reshape(sum(apart, offsets), shape);
}

/** Summing over sizes of 1 changes nothing, nor does any other reduction. */
const reducesNothing = (a: Node, axes: readonly number[]): boolean =>
  axes.every((axis) => a.shape[axis] === 1);

const reducer = (op: 'sum' | 'prod') => (a: Node, axes: readonly number[]) =>
  reducesNothing(a, axes) ? a : makeNode(op, [a], { axes });

export const sum = reducer('sum');
export const prod = reducer('prod');
export const maxReduce = (a: Node, axes: readonly number[], ties?: 'first'): Node =>
  reducesNothing(a, axes) ? a : makeNode('maxReduce', [a], ties ? { axes, ties } : { axes });
export const argmax = (a: Node, axis: number): Node => makeNode('argmax', [a], { axis });

export const accumulate = (a: Node, axis: number, combine: Combine, reverse = false): Node =>
  a.shape[axis] === 1 ? a : makeNode('accumulate', [a], { axis, combine, reverse });
export const linearRecurrence = (factors: Node, terms: Node, axis: number, reverse = false): Node =>
  terms.shape[axis] === 1 ? terms : makeNode('linearRecurrence', [factors, terms], { axis, reverse });

/**
 * Where along the axis the running maxima `y` of `x` were reached; of equal elements the latest, as in PyTorch. A NaN is
 * the maximum from where it stands.
 */
export function runningArgmax(x: Node, y: Node, axis: number, reverse = false): Node {
  const positions = iota(x.shape, axis);
  const last = full(positions, (x.shape[axis] as number) - 1);
  const isNoNumber = eq(eq(x, x), constant(x.shape, 'bool', 0));
  const passed = reverse ? sub(last, positions) : positions;
  const reached = where(or(eq(x, y), isNoNumber), passed, full(passed, 0));
  const latest = accumulate(reached, axis, 'max', reverse);
  return reverse ? sub(last, latest) : latest;
}

/** The elements `by` places further on along one axis, zeros where there are none. */
export function shifted(a: Node, axis: number, by: number): Node {
  const zeros = a.shape.map(() => 0);
  const size = a.shape[axis] as number;
  const count = Math.min(Math.abs(by), size);
  const kept = shrink(a, zeros.with(axis, by > 0 ? count : 0), a.shape.with(axis, size - count));
  const missing = zeros.with(axis, count);
  return by > 0 ? pad(kept, zeros, missing) : pad(kept, missing, zeros);
}

/** The transpose of expand: sums over the axes that grew. */
export const sumTo = (a: Node, shape: Shape): Node =>
  sum(
    a,
    shape.flatMap((size, axis) => (size === 1 && a.shape[axis] !== 1 ? [axis] : [])),
  );

export const scan = (sources: readonly Node[], arg: OpArgs['scan']): Node<'scan'> =>
  makeNode('scan', sources, arg);

/** What is summed up from many parts: of 16-bit floats in float32, and rounded once. */
function accumulated(dtype: DType, compute: (wide: (node: Node) => Node) => Node): Node {
  const wide = arithmeticDtype(dtype);
  return cast(
    compute((node) => cast(node, wide)),
    dtype,
  );
}

export const dot = (a: Node, b: Node): Node =>
  accumulated(a.dtype, (wide) => makeNode('dot', [wide(a), wide(b)], null));
export const attentionLogSumExp = (sources: readonly Node[], arg: OpArgs['attention']): Node =>
  makeNode('attentionLogSumExp', sources, arg);
export const attentionGradient = (sources: readonly Node[], arg: OpArgs['attentionGradient']): Node =>
  makeNode('attentionGradient', sources, arg);
export const gather = (a: Node, index: Node, axis: number): Node => makeNode('gather', [a, index], { axis });
export const scatterAdd = (base: Node, index: Node, updates: Node, axis: number): Node =>
  accumulated(base.dtype, (wide) => makeNode('scatterAdd', [wide(base), index, wide(updates)], { axis }));
export const scatterSet = (base: Node, index: Node, updates: Node, axis: number): Node =>
  makeNode('scatterSet', [base, index, updates], { axis });
export const argsort = (a: Node, axis: number, descending: boolean): Node =>
  makeNode('argsort', [a], { axis, descending });

/** The gradient of max and min: all of it to the winner, half to each at a tie. */
export function shareByOrder(dy: Node, loser: Node, winner: Node): [Node, Node] {
  const half = mul(dy, full(dy, 0.5));
  const zero = full(dy, 0);
  const tie = where(eq(loser, winner), half, zero);
  return [where(lt(loser, winner), dy, tie), where(lt(winner, loser), dy, tie)];
}

/** Row-major positions within `axes`, counted down to 1 for the last: the first has the largest, and 0 is none. */
export function placesFromEnd(shape: Shape, axes: readonly number[]): Node {
  let places = constant(shape, 'int32', 1);
  let step = 1;
  for (const axis of [...axes].reverse()) {
    const size = shape[axis] as number;
    // From the end: size - 1 - index.
    const back = sub(constant(shape, 'int32', size - 1), iota(shape, axis));
    places = add(places, mul(back, full(back, step)));
    step *= size;
  }
  return places;
}

/**
 * Which of the elements of `a` that were reduced over `axes` to `largest` is the first to equal it, as `placesFromEnd`
 * counts; `axes` stay with size 1. 0 where none does, since that is NaN.
 */
export function firstPlace(a: Node, largest: Node, axes: readonly number[]): Node {
  const places = placesFromEnd(a.shape, axes);
  return maxReduce(where(eq(a, expand(largest, a.shape)), places, full(places, 0)), axes);
}

export type Builder = typeof import('./builder.ts');
