import { type DType, isFloat, makeArray, type NumericArray, toDType, viewMemory } from '../../graph/dtype.ts';
import type { Node, OpName } from '../../graph/node.ts';
import { opTable } from '../../graph/ops.ts';
import { sizeOf } from '../../graph/shape.ts';
import { polygamma as polygammaOf } from '../../graph/special.ts';
import { indexError } from '../indexError.ts';
import type { Evaluator } from './evaluate.ts';

/**
 * An array for a value inside a program. Floats are doubles until they are stored; writing to an integer array wraps as
 * `toDType` does.
 */
export const scratch = (dtype: DType, size: number): NumericArray =>
  isFloat(dtype) ? new Float64Array(size) : makeArray(dtype, size);

export const elementwise: Evaluator<OpName> = (node, sources) => {
  const row = opTable[node.op];
  const exact = node.sources.every((source) => !isFloat(source.dtype));
  const f = (exact && row.integer) || row.scalar;
  if (!f) throw new Error(`js: the op '${node.op}' has no scalar function in the op table and no evaluator.`);
  const size = sizeOf(node.shape);
  const out = scratch(node.dtype, size);
  const [a, b, c] = sources as [NumericArray, NumericArray?, NumericArray?];
  if (b && c) {
    for (let i = 0; i < size; i++) out[i] = f(a[i] as number, b[i] as number, c[i] as number);
  } else if (b) {
    const binary = f as (a: number, b: number) => number;
    for (let i = 0; i < size; i++) out[i] = binary(a[i] as number, b[i] as number);
  } else {
    const unary = f as (a: number) => number;
    for (let i = 0; i < size; i++) out[i] = unary(a[i] as number);
  }
  return out;
};

export const constant: Evaluator<'const'> = ({ dtype, shape, arg }) =>
  scratch(dtype, sizeOf(shape)).fill(toDType(arg.value, dtype));

export const iota: Evaluator<'iota'> = ({ dtype, shape, arg }) => {
  const out = scratch(dtype, sizeOf(shape));
  const size = shape[arg.axis] as number;
  const inner = sizeOf(shape.slice(arg.axis + 1));
  for (let i = 0; i < out.length; i++) out[i] = Math.floor(i / inner) % size;
  return out;
};

const LARGEST_INT32 = 2 ** 31 - 1;

/** Floats become integers by dropping the fraction; what is too large becomes the nearest int32, and NaN becomes 0. */
function truncate(value: number): number {
  return Number.isNaN(value) ? 0 : Math.trunc(Math.min(Math.max(value, -LARGEST_INT32 - 1), LARGEST_INT32));
}

export const cast: Evaluator<'cast'> = (node, [a]) => {
  const values = a as NumericArray;
  const out = scratch(node.dtype, values.length);
  const { dtype } = node.sources[0] as Node;
  if (isFloat(dtype) && !isFloat(node.dtype) && node.dtype !== 'bool') {
    for (let i = 0; i < out.length; i++) out[i] = truncate(values[i] as number);
  } else {
    for (let i = 0; i < out.length; i++) out[i] = toDType(values[i] as number, node.dtype);
  }
  return out;
};

export const bitcast: Evaluator<'bitcast'> = (node, [a]) => {
  const { dtype } = node.sources[0] as Node;
  const bits = makeArray(dtype, a as NumericArray);
  const out = scratch(node.dtype, bits.length);
  out.set(viewMemory(node.dtype, bits.buffer, 0, bits.length));
  return out;
};

export const checkIndex: Evaluator<'checkIndex'> = ({ arg }, [a]) => {
  const values = a as NumericArray;
  for (const index of values) if (index < 0 || index >= arg.size) throw indexError(arg.what, index, arg.size);
  return values.slice();
};

export const polygamma: Evaluator<'polygamma'> = ({ dtype, arg }, [a]) => {
  const values = a as NumericArray;
  const out = scratch(dtype, values.length);
  for (let i = 0; i < out.length; i++) out[i] = polygammaOf(arg.order, values[i] as number);
  return out;
};
