import type { DType } from '../graph/dtype.ts';
import type { Emitter } from './emitter.ts';
import { type Expr, f32, i32, type MemoryType, mask, type Type } from './ir.ts';

interface Row {
  /** What a value of the dtype is in the loop language. */
  readonly value: Type;
  readonly memory: MemoryType;
  /** Brings a value that came out of arithmetic back to what the dtype holds, where arithmetic may leave that. */
  readonly fit?: (e: Emitter, value: Expr) => Expr;
}

/** Bytes are computed as i32 and wrapped, 16-bit floats as f32 and rounded. */
const table: Partial<Record<DType, Row>> = {
  float32: { value: f32, memory: 'f32' },
  float16: { value: f32, memory: 'f16', fit: (e, value) => e.op('roundF16', f32, value) },
  bfloat16: { value: f32, memory: 'bf16', fit: (e, value) => e.op('roundBF16', f32, value) },
  int32: { value: i32, memory: 'i32' },
  int8: {
    value: i32,
    memory: 'i8',
    fit: (e, value) => e.op('shrS', i32, e.op('shl', i32, value, e.int(24)), e.int(24)),
  },
  uint8: { value: i32, memory: 'u8', fit: (e, value) => e.op('and', i32, value, e.int(255)) },
  bool: { value: mask, memory: 'u8' },
};

function row(dtype: DType): Row {
  const found = table[dtype];
  if (!found)
    throw new TypeError(`Kernels do not compute in ${dtype}; use the 'js' device, or .to('float32').`);
  return found;
}

export const valueType = (dtype: DType): Type => row(dtype).value;
export const memoryType = (dtype: DType): MemoryType => row(dtype).memory;

/** `value` as `dtype` would hold it: wrapped to 8 bits, rounded to 16, or as it is. */
export const fitted = (e: Emitter, value: Expr, dtype: DType): Expr => row(dtype).fit?.(e, value) ?? value;
