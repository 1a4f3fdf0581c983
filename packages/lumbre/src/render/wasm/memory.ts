/** What lies in memory and how it is loaded and stored: one element, or four side by side. */

import type { MemoryType } from '../../codegen/ir.ts';
import type { FunctionBody } from './assembler.ts';
import { bitsOfBF16, bitsOfF16, type Lanes, valueOfBF16, valueOfF16 } from './halfFloats.ts';

/** What is loaded as f32; all else is loaded as i32. */
export const floatMemory: ReadonlySet<MemoryType> = new Set(['f32', 'f16', 'bf16']);

/** Exponents of the alignment that an element's address has. */
const alignment: Record<MemoryType, number> = { f32: 2, f16: 1, bf16: 1, i32: 2, i16: 1, i8: 0, u8: 0 };

/** Move the lowest byte, or the lowest two, of each i32 lane to the front. */
const lowBytes = Uint8Array.of(0, 4, 8, 12, ...new Array<number>(12).fill(0xff));
const lowHalves = Uint8Array.of(0, 1, 4, 5, 8, 9, 12, 13, ...new Array<number>(8).fill(0xff));

/** Loads from the address on the stack. */
export function loadElements(body: FunctionBody, memory: MemoryType, offset: number, lanes: Lanes): void {
  const load = (instruction: Parameters<FunctionBody['memoryOp']>[0]) =>
    body.memoryOp(instruction, alignment[memory], offset);
  switch (memory) {
    case 'f32':
    case 'i32':
      load(lanes === 4 ? 'v128.load' : `${memory}.load`);
      return;
    case 'u8':
      if (lanes === 1) load('i32.load8_u');
      else load('v128.load32_zero').op('i16x8.extend_low_i8x16_u').op('i32x4.extend_low_i16x8_u');
      return;
    case 'i16':
      if (lanes === 1) load('i32.load16_s');
      else load('v128.load64_zero').op('i32x4.extend_low_i16x8_s');
      return;
    case 'i8':
      if (lanes === 1) load('i32.load8_s');
      else load('v128.load32_zero').op('i16x8.extend_low_i8x16_s').op('i32x4.extend_low_i16x8_s');
      return;
    case 'f16':
    case 'bf16':
      if (lanes === 1) load('i32.load16_u');
      else load('v128.load64_zero').op('i32x4.extend_low_i16x8_u');
      (memory === 'f16' ? valueOfF16 : valueOfBF16)(body, lanes);
      return;
  }
}

/** Stores the value on the stack at the address below it. A vector of bytes or bits of floats is one of i32. */
export function storeElements(body: FunctionBody, memory: MemoryType, offset: number, lanes: Lanes): void {
  const align = alignment[memory];
  switch (memory) {
    case 'f32':
    case 'i32':
      body.memoryOp(lanes === 4 ? 'v128.store' : `${memory}.store`, align, offset);
      return;
    case 'u8':
    case 'i8':
      if (lanes === 1) body.memoryOp('i32.store8', align, offset);
      else body.v128(lowBytes).op('i8x16.swizzle').memoryLaneOp('v128.store32_lane', align, offset, 0);
      return;
    case 'i16':
      if (lanes === 1) body.memoryOp('i32.store16', align, offset);
      else body.v128(lowHalves).op('i8x16.swizzle').memoryLaneOp('v128.store64_lane', align, offset, 0);
      return;
    case 'f16':
    case 'bf16':
      (memory === 'f16' ? bitsOfF16 : bitsOfBF16)(body, lanes);
      if (lanes === 1) body.memoryOp('i32.store16', align, offset);
      else body.v128(lowHalves).op('i8x16.swizzle').memoryLaneOp('v128.store64_lane', align, offset, 0);
      return;
  }
}

/** Whether one instruction loads an element into all four lanes. */
export const hasSplat = (memory: MemoryType): boolean => memory === 'f32' || memory === 'i32';

/** Loads the element at the address on the stack into all four lanes. */
export function loadSplat(body: FunctionBody, memory: MemoryType, offset: number): void {
  body.memoryOp('v128.load32_splat', alignment[memory], offset);
}
