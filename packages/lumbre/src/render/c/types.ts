import type { MemoryType, Type } from '../../codegen/ir.ts';

/** The C type of a value: `f32x16`, `int`. A vector mask is a vector of i32, all bits set or none; a scalar one is 0 or 1. */
export function valueType({ scalar, lanes }: Type): string {
  if (lanes > 1) return `${scalar === 'f32' ? 'f32' : 'i32'}x${lanes}`;
  return scalar === 'f32' ? 'float' : 'int';
}

/** What the names of functions on values of a type end in. */
export function suffix({ scalar, lanes }: Type): string {
  const name = scalar === 'f32' ? 'f32' : 'i32';
  return lanes > 1 ? `${name}x${lanes}` : name;
}

const elements: Record<MemoryType, readonly [scalar: string, vector: string]> = {
  f32: ['f32_at', 'f32'],
  i32: ['i32_at', 'i32'],
  i16: ['i16_at', 'i16'],
  i8: ['signed char', 'i8'],
  u8: ['unsigned char', 'u8'],
  f16: ['u16_at', 'u16'],
  bf16: ['u16_at', 'u16'],
};

/** The C type of elements in memory, which may begin anywhere. */
export const memoryType = (memory: MemoryType, lanes: number): string =>
  lanes > 1 ? `${elements[memory][1]}x${lanes}_at` : elements[memory][0];
