/**
 * The loop language that kernels are lowered to and that every renderer prints. It is small on purpose: loops, mutable
 * variables, immutable lets, loads, stores, and vectors whose width is explicit, so that lowering decides what is a
 * vector and a renderer decides nothing.
 *
 * Addresses are i32 byte addresses and unsigned: memory may be larger than 2 GiB.
 */

/** `mask` is a truth value: one bit of meaning, whatever a renderer keeps it in. */
export type ScalarType = 'f32' | 'i32' | 'mask';

export interface Type {
  readonly scalar: ScalarType;
  readonly lanes: number;
}

/**
 * How an element lies in memory. Bytes are loaded as i32 (of an i8 with its sign), or as a mask (not zero) where the
 * load's type says so. The 16-bit floats f16 (IEEE 754 binary16) and bf16 (the upper half of an f32) are loaded as f32,
 * which holds each of their values, and rounded when they are stored: to the nearest, ties to even;
 * all NaNs become the positive quiet one without a payload.
 */
export type MemoryType = 'f32' | 'f16' | 'bf16' | 'i32' | 'i16' | 'i8' | 'u8';

export const bytesOf: Record<MemoryType, number> = { f32: 4, f16: 2, bf16: 2, i32: 4, i16: 2, i8: 1, u8: 1 };

/**
 * Pure operations, on scalars or lane by lane. Sources and result have one type, unless the comment says otherwise.
 */
export type IrOp =
  // f32 and i32
  | 'add'
  | 'sub'
  | 'mul'
  | 'min'
  | 'max'
  | 'neg'
  // f32 only. pmin(a, b) = b < a ? b : a and pmax(a, b) = a < b ? b : a: one instruction each, and a NaN in a stays
  | 'pmin'
  | 'pmax'
  // f32 only. fma(a, b, c) = a * b + c with one rounding where the machine has it; nearest rounds half to even.
  | 'div'
  | 'sqrt'
  | 'abs'
  | 'floor'
  | 'nearest'
  | 'fma'
  // f32 only: to the value that an f16 or a bf16 in memory would have after storing
  | 'roundF16'
  | 'roundBF16'
  // i32 only. divS and remS truncate and must not be given a zero divisor; shift counts are taken modulo 32.
  | 'divS'
  | 'remS'
  | 'and'
  | 'or'
  | 'xor'
  | 'shl'
  | 'shrU'
  | 'shrS'
  // f32 or i32 (signed) to mask; ltU compares i32 as unsigned
  | 'lt'
  | 'le'
  | 'eq'
  | 'ne'
  | 'ltU'
  // mask to mask
  | 'maskAnd'
  | 'maskOr'
  | 'maskXor'
  | 'maskNot'
  // (mask, a, b) to the type of a and b (f32, i32 or mask)
  | 'select'
  // conversions: toI32 truncates towards zero, saturates, and makes NaN 0; toF32 is signed; as… reinterprets bits
  | 'toI32'
  | 'toF32'
  | 'asI32'
  | 'asF32'
  | 'maskToI32'
  | 'maskToF32'
  // vectors: splat(scalar); pack(one scalar a lane); ramp() = i32 0, 1, 2, …; any(mask vector) to a scalar mask
  // quad(vector, constant index) = its four lanes from 4 · index on
  | 'splat'
  | 'pack'
  | 'ramp'
  | 'any'
  | 'quad'
  // f32 vectors a and b of four lanes: zipLow = a0 b0 a1 b1, zipHigh = a2 b2 a3 b3, joinLow = a0 a1 b0 b1, joinHigh = a2 a3 b2 b3
  | 'zipLow'
  | 'zipHigh'
  | 'joinLow'
  | 'joinHigh'
  // (address, i32 vector, constant offset): with a the i8 in memory there and b the i16 halves of the vector,
  // lane i = a[2i] * b[2i] + a[2i + 1] * b[2i + 1]
  | 'dotBytes'
  // (address, i32 vector): lane i is the f32 or i32, as the type says, at address + 4 · vector[i]
  | 'gather'
  // The same where a mask says so, and elsewhere 0, of which nothing is read. loadWhere(mask, address, constant step): lane i
  // is at address + 4 · step · i, step being 1 or 2; gatherWhere(mask, address, i32 vector)
  | 'loadWhere'
  | 'gatherWhere';

export type Expr =
  | { readonly kind: 'const'; readonly type: Type; readonly value: number }
  /** A let, a loop variable, or the current value of a mutable variable. */
  | { readonly kind: 'local'; readonly type: Type; readonly id: number }
  /** Address of buffer `index` of the kernel's arguments. */
  | { readonly kind: 'buffer'; readonly type: Type; readonly index: number }
  /** Address of the kernel's private scratch memory, 64-byte aligned. */
  | { readonly kind: 'scratch'; readonly type: Type }
  /** The part of the parallel axis that this call computes: [begin, end). */
  | { readonly kind: 'begin'; readonly type: Type }
  | { readonly kind: 'end'; readonly type: Type }
  | { readonly kind: 'op'; readonly op: IrOp; readonly type: Type; readonly args: readonly Expr[] }
  /** One lane of a vector, as a scalar. */
  | { readonly kind: 'lane'; readonly type: Type; readonly vector: Expr; readonly lane: number }
  /** `type.lanes` consecutive elements at `address + offset`; `offset` is in bytes and not negative. */
  | {
      readonly kind: 'load';
      readonly type: Type;
      readonly memory: MemoryType;
      readonly address: Expr;
      readonly offset: number;
    };

export type Stmt =
  /** Names a value; it never changes. */
  | { readonly kind: 'let'; readonly id: number; readonly value: Expr }
  /** Declares a mutable variable. */
  | { readonly kind: 'var'; readonly id: number; readonly init: Expr }
  | { readonly kind: 'set'; readonly id: number; readonly value: Expr }
  /** for (id = start; id < end; id += step), i32 signed. */
  | {
      readonly kind: 'loop';
      readonly id: number;
      readonly start: Expr;
      readonly end: Expr;
      readonly step: number;
      readonly body: readonly Stmt[];
    }
  | {
      readonly kind: 'if';
      readonly condition: Expr;
      readonly then: readonly Stmt[];
      readonly otherwise: readonly Stmt[];
    }
  /** Stores all lanes of `value`; into i8 and u8, i32 is truncated to 8 bits and a mask becomes 0 or 1. */
  | {
      readonly kind: 'store';
      readonly memory: MemoryType;
      readonly address: Expr;
      readonly offset: number;
      readonly value: Expr;
    }
  /**
   * A block that uses many registers and sets no variable from outside. A renderer may make a function of it, so that what
   * lies around it keeps no registers from it.
   */
  | { readonly kind: 'apart'; readonly body: readonly Stmt[] }
  /** Reports a bad value found in the data; the first report of a program wins and the kernel goes on. */
  | { readonly kind: 'fail'; readonly code: number; readonly value: Expr };

/**
 * One kernel. A renderer makes of it a function `(arguments, begin, end, scratch)`, all i32: `arguments` is the address
 * of a table with one i32 address a buffer.
 */
export interface KernelBody {
  readonly buffers: number;
  readonly statements: readonly Stmt[];
  /** Types of all locals, by id. */
  readonly locals: readonly Type[];
}

export const f32: Type = { scalar: 'f32', lanes: 1 };
export const i32: Type = { scalar: 'i32', lanes: 1 };
export const mask: Type = { scalar: 'mask', lanes: 1 };
export const vector = (type: Type, lanes: number): Type => ({ scalar: type.scalar, lanes });
