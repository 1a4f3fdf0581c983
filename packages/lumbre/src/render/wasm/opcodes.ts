/**
 * The WebAssembly instructions that kernels use, by the names and numbers of the specification
 * (https://webassembly.github.io/spec/core/binary/instructions.html). One table for each kind of immediate operand, so
 * that a writer cannot forget one.
 */

/** Instructions behind a prefix byte carry it above bit 16; the rest is a LEB128 number. */
const numeric = (code: number): number => 0xfc_0000 + code;
const simd = (code: number): number => 0xfd_0000 + code;
const atomic = (code: number): number => 0xfe_0000 + code;

/** Instructions without immediates. */
export const opcodes = {
  select: 0x1b,
  'i32.eqz': 0x45,
  'i32.eq': 0x46,
  'i32.ne': 0x47,
  'i32.lt_s': 0x48,
  'i32.lt_u': 0x49,
  'i32.gt_s': 0x4a,
  'i32.le_s': 0x4c,
  'f32.eq': 0x5b,
  'f32.ne': 0x5c,
  'f32.lt': 0x5d,
  'f32.le': 0x5f,
  'i32.add': 0x6a,
  'i32.sub': 0x6b,
  'i32.mul': 0x6c,
  'i32.div_s': 0x6d,
  'i32.rem_s': 0x6f,
  'i32.and': 0x71,
  'i32.or': 0x72,
  'i32.xor': 0x73,
  'i32.shl': 0x74,
  'i32.shr_s': 0x75,
  'i32.shr_u': 0x76,
  'f32.abs': 0x8b,
  'f32.neg': 0x8c,
  'f32.floor': 0x8e,
  'f32.nearest': 0x90,
  'f32.sqrt': 0x91,
  'f32.add': 0x92,
  'f32.sub': 0x93,
  'f32.mul': 0x94,
  'f32.div': 0x95,
  'f32.min': 0x96,
  'f32.max': 0x97,
  'f32.convert_i32_s': 0xb2,
  'i32.reinterpret_f32': 0xbc,
  'f32.reinterpret_i32': 0xbe,
  'i32.trunc_sat_f32_s': numeric(0x00),
  'i8x16.swizzle': simd(0x0e),
  'i32x4.splat': simd(0x11),
  'f32x4.splat': simd(0x13),
  'i32x4.eq': simd(0x37),
  'i32x4.ne': simd(0x38),
  'i32x4.lt_s': simd(0x39),
  'i32x4.lt_u': simd(0x3a),
  'i32x4.gt_s': simd(0x3b),
  'i32x4.le_s': simd(0x3d),
  'f32x4.eq': simd(0x41),
  'f32x4.ne': simd(0x42),
  'f32x4.lt': simd(0x43),
  'f32x4.le': simd(0x45),
  'v128.not': simd(0x4d),
  'v128.and': simd(0x4e),
  'v128.or': simd(0x50),
  'v128.xor': simd(0x51),
  'v128.bitselect': simd(0x52),
  'v128.any_true': simd(0x53),
  'f32x4.floor': simd(0x68),
  'f32x4.nearest': simd(0x6a),
  'i16x8.extend_low_i8x16_s': simd(0x87),
  'i16x8.extend_low_i8x16_u': simd(0x89),
  'i32x4.neg': simd(0xa1),
  'i32x4.extend_low_i16x8_s': simd(0xa7),
  'i32x4.dot_i16x8_s': simd(0xba),
  'i32x4.extend_low_i16x8_u': simd(0xa9),
  'i32x4.shl': simd(0xab),
  'i32x4.shr_s': simd(0xac),
  'i32x4.shr_u': simd(0xad),
  'i32x4.add': simd(0xae),
  'i32x4.sub': simd(0xb1),
  'i32x4.mul': simd(0xb5),
  'i32x4.min_s': simd(0xb6),
  'i32x4.max_s': simd(0xb8),
  'f32x4.abs': simd(0xe0),
  'f32x4.neg': simd(0xe1),
  'f32x4.sqrt': simd(0xe3),
  'f32x4.add': simd(0xe4),
  'f32x4.sub': simd(0xe5),
  'f32x4.mul': simd(0xe6),
  'f32x4.div': simd(0xe7),
  'f32x4.min': simd(0xe8),
  'f32x4.max': simd(0xe9),
  'f32x4.pmin': simd(0xea),
  'f32x4.pmax': simd(0xeb),
  'i32x4.trunc_sat_f32x4_s': simd(0xf8),
  'f32x4.convert_i32x4_s': simd(0xfa),
  'f32x4.relaxed_madd': simd(0x105),
} as const satisfies Record<string, number>;

/** Instructions with a lane as their immediate. */
export const laneOpcodes = {
  'i32x4.extract_lane': simd(0x1b),
  'i32x4.replace_lane': simd(0x1c),
  'f32x4.extract_lane': simd(0x1f),
  'f32x4.replace_lane': simd(0x20),
} as const satisfies Record<string, number>;

/** Instructions with a memory immediate: the alignment and the offset. */
export const memoryOpcodes = {
  'i32.load': 0x28,
  'f32.load': 0x2a,
  'i32.load8_s': 0x2c,
  'i32.load8_u': 0x2d,
  'i32.load16_s': 0x2e,
  'i32.load16_u': 0x2f,
  'i32.store': 0x36,
  'f32.store': 0x38,
  'i32.store8': 0x3a,
  'i32.store16': 0x3b,
  'v128.load': simd(0x00),
  'v128.load32_splat': simd(0x09),
  'v128.store': simd(0x0b),
  'v128.load8x8_s': simd(0x01),
  'v128.load32_zero': simd(0x5c),
  'v128.load64_zero': simd(0x5d),
  'i32.atomic.rmw.cmpxchg': atomic(0x48),
} as const satisfies Record<string, number>;

/** Instructions with both. */
export const memoryLaneOpcodes = {
  'v128.store32_lane': simd(0x5a),
  'v128.store64_lane': simd(0x5b),
} as const satisfies Record<string, number>;

export type Instruction = keyof typeof opcodes;
export type LaneInstruction = keyof typeof laneOpcodes;
export type MemoryInstruction = keyof typeof memoryOpcodes;
export type MemoryLaneInstruction = keyof typeof memoryLaneOpcodes;
