import type { DType } from '../graph/dtype.ts';
import { f32, i32, type MemoryType, mask, type Type } from './ir.ts';

/** What a dtype is in the loop language, as a value and in memory. uint8 is computed as i32 and wrapped. */
const table: Partial<Record<DType, { readonly value: Type; readonly memory: MemoryType }>> = {
  float32: { value: f32, memory: 'f32' },
  int32: { value: i32, memory: 'i32' },
  uint8: { value: i32, memory: 'u8' },
  bool: { value: mask, memory: 'u8' },
};

function row(dtype: DType) {
  const found = table[dtype];
  if (!found)
    throw new TypeError(`Kernels do not compute in ${dtype}; use the 'js' device, or .to('float32').`);
  return found;
}

export const valueType = (dtype: DType): Type => row(dtype).value;
export const memoryType = (dtype: DType): MemoryType => row(dtype).memory;
