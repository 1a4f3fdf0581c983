import { type DType, isFloat, isHalf } from './dtype.ts';
import type { Node, OpArgs, WindowArg } from './node.ts';
import { checkShape, formatShape, type Shape, sameShape, sizeOf } from './shape.ts';

/** What an op makes of its sources. */
export interface Inferred {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** Shape and dtype that the maker of a node asks for, where the sources do not determine them. */
export interface Hint {
  readonly shape?: Shape;
  readonly dtype?: DType;
}

const describe = (node: Node): string => `${node.dtype}${formatShape(node.shape)}`;

function expectSources(op: string, sources: readonly Node[], count: number): void {
  if (sources.length !== count) {
    throw new TypeError(`${op}: expected ${count} sources, got ${sources.length}.`);
  }
}

function expectDType(op: string, node: Node, allowed: (dtype: DType) => boolean, wanted: string): void {
  if (!allowed(node.dtype)) {
    throw new TypeError(`${op}: expected ${wanted}, got ${describe(node)}. Convert it with .to('…') first.`);
  }
}

const isIndex = (dtype: DType) => dtype === 'int32' || dtype === 'uint8';

/** A source: shape and dtype are what the maker says. */
export const source =
  (op: string) =>
  (_sources: readonly Node[], _arg: unknown, hint: Hint): Inferred => {
    if (!hint.shape || !hint.dtype) throw new TypeError(`${op}: a source needs a shape and a dtype.`);
    checkShape(op, hint.shape);
    return { shape: hint.shape, dtype: hint.dtype };
  };

/** Elementwise ops: sources of one shape and one dtype from `allowed`; the result has `result` or the same dtype. */
export const elementwise =
  (op: string, count: number, allowed: 'float' | 'number' | 'integer' | 'bits' | 'any', result?: DType) =>
  (sources: readonly Node[]): Inferred => {
    expectSources(op, sources, count);
    const first = sources[0] as Node;
    for (const other of sources) {
      if (!sameShape(first.shape, other.shape)) {
        throw new RangeError(
          `${op}: shapes ${formatShape(first.shape)} and ${formatShape(other.shape)} differ; broadcast them first.`,
        );
      }
      if (other.dtype !== first.dtype) {
        throw new TypeError(
          `${op}: dtypes ${first.dtype} and ${other.dtype} differ; convert one of them with .to().`,
        );
      }
    }
    if (allowed === 'float') expectDType(op, first, isFloat, 'a float dtype');
    if (allowed === 'number') expectDType(op, first, (d) => d !== 'bool', 'numbers, not bool');
    if (allowed === 'integer') expectDType(op, first, (d) => !isFloat(d) && d !== 'bool', 'an integer dtype');
    if (allowed === 'bits') expectDType(op, first, (d) => !isFloat(d), 'an integer dtype or bool');
    return { shape: first.shape, dtype: result ?? first.dtype };
  };

/** The first source; the others only come along. */
export const inferFirst =
  (op: string) =>
  (sources: readonly Node[]): Inferred => {
    const [value] = sources;
    if (!value || sources.length < 2) {
      throw new TypeError(`${op}: expected a value and what comes along, got ${sources.length} sources.`);
    }
    return { shape: value.shape, dtype: value.dtype };
  };

export function inferCast(sources: readonly Node[], _arg: unknown, hint: Hint): Inferred {
  expectSources('cast', sources, 1);
  return { shape: (sources[0] as Node).shape, dtype: hint.dtype ?? (sources[0] as Node).dtype };
}

export function inferBitcast(sources: readonly Node[], _arg: unknown, hint: Hint): Inferred {
  expectSources('bitcast', sources, 1);
  const from = sources[0] as Node;
  const to = hint.dtype ?? from.dtype;
  const wide = (dtype: DType) => dtype === 'int32' || dtype === 'float32';
  if (!wide(from.dtype) || !wide(to)) {
    throw new TypeError(
      `bitcast: expected int32 and float32, got ${from.dtype} to ${to}; both must have 4 bytes.`,
    );
  }
  return { shape: from.shape, dtype: to };
}

export function inferWhere(sources: readonly Node[]): Inferred {
  expectSources('where', sources, 3);
  const [condition, yes, no] = sources as [Node, Node, Node];
  expectDType('where', condition, (d) => d === 'bool', 'a bool condition');
  const { dtype } = elementwise('where', 2, 'any')([yes, no]);
  if (!sameShape(condition.shape, yes.shape)) {
    throw new RangeError(
      `where: condition ${formatShape(condition.shape)} and values ${formatShape(yes.shape)} differ in shape.`,
    );
  }
  return { shape: yes.shape, dtype };
}

export function inferReshape(sources: readonly Node[], _arg: unknown, hint: Hint): Inferred {
  expectSources('reshape', sources, 1);
  const from = sources[0] as Node;
  const shape = hint.shape ?? from.shape;
  checkShape('reshape', shape);
  if (sizeOf(shape) !== sizeOf(from.shape)) {
    throw new RangeError(
      `reshape: ${formatShape(from.shape)} has ${sizeOf(from.shape)} elements and ${formatShape(shape)} has ` +
        `${sizeOf(shape)}; the products must agree.`,
    );
  }
  return { shape, dtype: from.dtype };
}

export function inferPermute(sources: readonly Node[], arg: OpArgs['permute']): Inferred {
  expectSources('permute', sources, 1);
  const from = sources[0] as Node;
  const sorted = [...arg.axes].sort((a, b) => a - b);
  if (sorted.length !== from.shape.length || sorted.some((axis, i) => axis !== i)) {
    throw new RangeError(
      `permute: [${arg.axes.join(', ')}] is not an order of the ${from.shape.length} axes of ` +
        `${formatShape(from.shape)}; name each axis once.`,
    );
  }
  return { shape: arg.axes.map((axis) => from.shape[axis] as number), dtype: from.dtype };
}

export function inferExpand(sources: readonly Node[], _arg: unknown, hint: Hint): Inferred {
  expectSources('expand', sources, 1);
  const from = sources[0] as Node;
  const shape = hint.shape ?? from.shape;
  checkShape('expand', shape);
  if (
    shape.length !== from.shape.length ||
    shape.some((size, i) => size !== from.shape[i] && from.shape[i] !== 1)
  ) {
    throw new RangeError(
      `expand: ${formatShape(from.shape)} cannot be expanded to ${formatShape(shape)}; only sizes of 1 can grow.`,
    );
  }
  return { shape, dtype: from.dtype };
}

export function inferPad(sources: readonly Node[], arg: OpArgs['pad']): Inferred {
  expectSources('pad', sources, 1);
  const from = sources[0] as Node;
  for (const list of [arg.low, arg.high, arg.interior]) {
    if (list.length !== from.shape.length || list.some((n) => !Number.isInteger(n) || n < 0)) {
      throw new RangeError(
        `pad: [${list.join(', ')}] does not fit ${formatShape(from.shape)}; give one non-negative integer an axis.`,
      );
    }
  }
  const shape = from.shape.map((size, i) => {
    const inner = size === 0 ? 0 : (size - 1) * ((arg.interior[i] as number) + 1) + 1;
    return inner + (arg.low[i] as number) + (arg.high[i] as number);
  });
  checkShape('pad', shape);
  return { shape, dtype: from.dtype };
}

/** The result's shape is the hint: the sizes that are kept. */
export function inferShrink(sources: readonly Node[], arg: OpArgs['shrink'], hint: Hint): Inferred {
  expectSources('shrink', sources, 1);
  const from = sources[0] as Node;
  const shape = hint.shape ?? [];
  checkShape('shrink', shape);
  const fits = from.shape.every((size, i) => {
    const start = arg.start[i] as number;
    const step = arg.step[i] as number;
    const last = start + ((shape[i] as number) - 1) * step;
    return start >= 0 && step >= 1 && (shape[i] === 0 || last < size);
  });
  if (shape.length !== from.shape.length || !fits) {
    throw new RangeError(
      `shrink: ${formatShape(shape)} elements from [${arg.start.join(', ')}] by [${arg.step.join(', ')}] ` +
        `do not lie within ${formatShape(from.shape)}.`,
    );
  }
  return { shape, dtype: from.dtype };
}

export function inferFlip(sources: readonly Node[], arg: OpArgs['flip']): Inferred {
  expectSources('flip', sources, 1);
  const from = sources[0] as Node;
  if (arg.axes.some((axis) => !(axis >= 0 && axis < from.shape.length))) {
    throw new RangeError(
      `flip: axes [${arg.axes.join(', ')}] do not all exist in ${formatShape(from.shape)}.`,
    );
  }
  return { shape: from.shape, dtype: from.dtype };
}

/**
 * `slant` and `spread`: the result's shape is the hint. It differs from the source's along `axes` alone, where one of the
 * two has the positions of windows and the other the elements under them.
 */
export const windowed =
  (op: 'slant' | 'spread') =>
  (sources: readonly Node[], arg: WindowArg, hint: Hint): Inferred => {
    expectSources(op, sources, 1);
    const from = sources[0] as Node;
    const shape = hint.shape ?? [];
    checkShape(op, shape);
    const { axes, offsets, stride, dilation } = arg;
    const named = new Set([...axes, ...offsets]);
    const steps = [...stride, ...dilation];
    const sound =
      shape.length === from.shape.length &&
      [offsets, stride, dilation].every((list) => list.length === axes.length) &&
      named.size === 2 * axes.length &&
      [...named].every((axis) => axis in shape) &&
      steps.every((step) => Number.isInteger(step) && step >= 1) &&
      shape.every((size, axis) => size === from.shape[axis] || axes.includes(axis));
    const [positions, elements] = op === 'slant' ? [shape, from.shape] : [from.shape, shape];
    const fits = axes.every((axis, i) => {
      const [count, reach] = [positions[axis] as number, shape[offsets[i] as number] as number];
      const last = (count - 1) * (stride[i] as number) + (reach - 1) * (dilation[i] as number);
      return count === 0 || reach === 0 || last < (elements[axis] as number);
    });
    if (!sound || !fits) {
      throw new RangeError(
        `${op}: windows at axes [${axes.join(', ')}] with offsets along [${offsets.join(', ')}], stride ` +
          `[${stride.join(', ')}] and dilation [${dilation.join(', ')}] do not lead from ${formatShape(from.shape)} to ` +
          `${formatShape(shape)}; the last one must end within the elements.`,
      );
    }
    return { shape, dtype: from.dtype };
  };

export const reduction =
  (op: string, needsElements: boolean) =>
  (sources: readonly Node[], arg: { readonly axes: readonly number[] }): Inferred => {
    expectSources(op, sources, 1);
    const from = sources[0] as Node;
    const shape = from.shape.map((size, axis) => (arg.axes.includes(axis) ? 1 : size));
    if (needsElements && sizeOf(from.shape) === 0 && sizeOf(shape) > 0) {
      throw new RangeError(
        `${op}: ${formatShape(from.shape)} has no elements along axes [${arg.axes.join(', ')}] and ${op} of nothing ` +
          'is undefined; check for an empty tensor first.',
      );
    }
    return { shape, dtype: from.dtype };
  };

export function inferArgmax(sources: readonly Node[], arg: OpArgs['argmax']): Inferred {
  const { shape } = reduction('argmax', true)(sources, { axes: [arg.axis] });
  return { shape, dtype: 'int32' };
}

function expectAxis(op: string, { shape }: Node, axis: number): void {
  if (axis >= 0 && axis < shape.length) return;
  throw new RangeError(`${op}: there is no axis ${axis} in ${formatShape(shape)}.`);
}

export function inferAccumulate(sources: readonly Node[], arg: OpArgs['accumulate']): Inferred {
  const inferred = elementwise('accumulate', 1, 'number')(sources);
  expectAxis('accumulate', sources[0] as Node, arg.axis);
  return inferred;
}

export function inferLinearRecurrence(sources: readonly Node[], arg: OpArgs['linearRecurrence']): Inferred {
  const inferred = elementwise('linearRecurrence', 2, 'float')(sources);
  expectAxis('linearRecurrence', sources[0] as Node, arg.axis);
  return inferred;
}

export function inferDot(sources: readonly Node[]): Inferred {
  expectSources('dot', sources, 2);
  const [a, b] = sources as [Node, Node];
  expectDType('dot', a, (d) => isFloat(d) && !isHalf(d), 'float32 or float64');
  const batch = a.shape.slice(0, -2);
  const [m, k] = a.shape.slice(-2) as [number, number];
  const [k2, n] = b.shape.slice(-2) as [number, number];
  if (a.shape.length < 2 || a.dtype !== b.dtype || k !== k2 || !sameShape(batch, b.shape.slice(0, -2))) {
    throw new RangeError(
      `dot: ${describe(a)} and ${describe(b)} do not fit; expected [batch…, m, k] and [batch…, k, n] of one dtype.`,
    );
  }
  return { shape: [...batch, m, n], dtype: a.dtype };
}

const agreeExcept = (a: Shape, b: Shape, axis: number) =>
  a.length === b.length && a.every((size, i) => i === axis || size === b[i]);

export function inferGather(sources: readonly Node[], arg: OpArgs['gather']): Inferred {
  expectSources('gather', sources, 2);
  const [from, index] = sources as [Node, Node];
  expectDType('gather', index, isIndex, 'an int32 index');
  if (!agreeExcept(from.shape, index.shape, arg.axis)) {
    throw new RangeError(
      `gather: source ${formatShape(from.shape)} and index ${formatShape(index.shape)} must agree but along axis ${arg.axis}.`,
    );
  }
  return { shape: index.shape, dtype: from.dtype };
}

export const scatter =
  (op: 'scatterAdd' | 'scatterSet') =>
  (sources: readonly Node[], arg: { readonly axis: number }): Inferred => {
    expectSources(op, sources, 3);
    const [base, index, updates] = sources as [Node, Node, Node];
    expectDType(op, index, isIndex, 'an int32 index');
    if (op === 'scatterAdd') expectDType(op, base, (d) => d !== 'bool', 'numbers, not bool');
    if (
      !sameShape(index.shape, updates.shape) ||
      !agreeExcept(base.shape, index.shape, arg.axis) ||
      base.dtype !== updates.dtype
    ) {
      throw new RangeError(
        `${op}: base ${describe(base)}, index ${formatShape(index.shape)} and updates ${describe(updates)} do not ` +
          `fit; index and updates have one shape, which agrees with the base but along axis ${arg.axis}.`,
      );
    }
    return { shape: base.shape, dtype: base.dtype };
  };

export function inferArgsort(sources: readonly Node[], arg: OpArgs['argsort']): Inferred {
  expectSources('argsort', sources, 1);
  const { shape } = sources[0] as Node;
  if (!(arg.axis >= 0 && arg.axis < shape.length)) {
    throw new RangeError(`argsort: axis ${arg.axis} does not exist in ${formatShape(shape)}.`);
  }
  return { shape, dtype: 'int32' };
}
