/**
 * 16-bit floats as sequences of instructions, for one value or four: each takes the value on top of the stack. Scalars and
 * lanes go the same way, so that they have the same bits.
 */

import type { FunctionBody } from './assembler.ts';

export type Lanes = 1 | 4;

/** Writes the instructions of one shape: the same names for a scalar and for four lanes. */
class Shape {
  readonly #body: FunctionBody;
  readonly #isVector: boolean;

  constructor(body: FunctionBody, lanes: Lanes) {
    this.#body = body;
    this.#isVector = lanes === 4;
  }

  /** Keeps the value on the stack in a local, which it returns. */
  keep(type: 'i32' | 'f32'): number {
    const local = this.#body.newLocal(this.#isVector ? 'v128' : type);
    this.#body.set(local);
    return local;
  }

  get(local: number): this {
    this.#body.get(local);
    return this;
  }

  int(value: number): this {
    if (this.#isVector) this.#body.v128(new Int32Array(4).fill(value));
    else this.#body.i32(value);
    return this;
  }

  float(value: number): this {
    if (this.#isVector) this.#body.v128(new Float32Array(4).fill(value));
    else this.#body.f32(value);
    return this;
  }

  onInts(op: 'add' | 'sub'): this {
    this.#body.op(this.#isVector ? `i32x4.${op}` : `i32.${op}`);
    return this;
  }

  bits(op: 'and' | 'or'): this {
    this.#body.op(this.#isVector ? `v128.${op}` : `i32.${op}`);
    return this;
  }

  shift(op: 'shl' | 'shr_u', count: number): this {
    this.#body.i32(count).op(this.#isVector ? `i32x4.${op}` : `i32.${op}`);
    return this;
  }

  onFloats(op: 'add' | 'sub' | 'mul' | 'abs'): this {
    this.#body.op(this.#isVector ? `f32x4.${op}` : `f32.${op}`);
    return this;
  }

  /** The smaller or larger of two floats; a NaN in the first one stays. */
  limit(op: 'min' | 'max'): this {
    this.#body.op(this.#isVector ? `f32x4.p${op}` : `f32.${op}`);
    return this;
  }

  /** All bits set where a comparison holds, else none. */
  compareFloats(op: 'eq' | 'le'): this {
    if (this.#isVector) this.#body.op(`f32x4.${op}`);
    else this.#body.op(`f32.${op}`).i32(-1).op('i32.mul');
    return this;
  }

  greater(): this {
    if (this.#isVector) this.#body.op('i32x4.gt_s');
    else this.#body.op('i32.gt_s').i32(-1).op('i32.mul');
    return this;
  }

  /** The first of two integers where the condition on top has all bits set, else the second. */
  select(): this {
    this.#body.op(this.#isVector ? 'v128.bitselect' : 'select');
    return this;
  }

  toBits(): this {
    if (!this.#isVector) this.#body.op('i32.reinterpret_f32');
    return this;
  }

  toFloat(): this {
    if (!this.#isVector) this.#body.op('f32.reinterpret_i32');
    return this;
  }
}

const SIGN = 0x8000_0000 | 0;
const INFINITY = 0x7f80_0000;
/** The first power of two beyond f16, where its infinity begins. */
const F16_LIMIT = 2 ** 16;
const F16_SMALLEST_NORMAL = 2 ** -14;
/** How much finer f32 is: bits of the fraction, and the distance of the exponents' biases. */
const F16_SHIFT = 13;
const F16_BIAS = 112;

/** f16 bits in an i32 to their value, of an infinity and a NaN too. */
export function valueOfF16(body: FunctionBody, lanes: Lanes): void {
  const s = new Shape(body, lanes);
  const half = s.keep('i32');
  s.get(half).int(0x7fff).bits('and').shift('shl', F16_SHIFT);
  const moved = s.keep('i32');
  // Read as f32, the bits are the value times 2^-112, subnormal ones included.
  s.get(moved).toFloat();
  s.float(2 ** F16_BIAS)
    .onFloats('mul')
    .toBits();
  // The largest exponent must become the largest again.
  s.get(moved)
    .int((31 << 23) - 1)
    .greater()
    .int(INFINITY)
    .bits('and')
    .bits('or');
  s.get(half).int(0x8000).bits('and').shift('shl', 16).bits('or').toFloat();
}

/**
 * Splits the f32 `value`: leaves |value|, at most 2^16, in one local and in another a power of two whose last bit is
 * worth one step of f16 at that magnitude, so that their sum rounds to such steps.
 */
function alignToF16(s: Shape, value: number): { magnitude: number; large: number } {
  s.get(value).onFloats('abs').float(F16_LIMIT).limit('min');
  const magnitude = s.keep('f32');
  s.get(magnitude).toBits().int(INFINITY).bits('and').toFloat();
  s.float(F16_SMALLEST_NORMAL)
    .limit('max')
    .float(2 ** F16_SHIFT)
    .onFloats('mul');
  return { magnitude, large: s.keep('f32') };
}

/** f32 to the nearest value of f16, ties to even. */
export function roundF16(body: FunctionBody, lanes: Lanes): void {
  const s = new Shape(body, lanes);
  const value = s.keep('f32');
  const { magnitude, large } = alignToF16(s, value);
  s.get(magnitude).get(large).onFloats('add').get(large).onFloats('sub');
  const rounded = s.keep('f32');
  s.get(rounded).toBits();
  s.float(F16_LIMIT).get(rounded).compareFloats('le').int(INFINITY).bits('and').bits('or');
  s.get(value).toBits().int(SIGN).bits('and').bits('or').toFloat();
}

/** f32 to the bits of the nearest f16, in an i32. All NaNs become one. */
export function bitsOfF16(body: FunctionBody, lanes: Lanes): void {
  const s = new Shape(body, lanes);
  const value = s.keep('f32');
  const { magnitude, large } = alignToF16(s, value);
  s.get(large).toBits();
  const exponent = s.keep('i32');
  // The sum's fraction counts the steps; with the exponent below them, a carry raises it, up to infinity.
  s.get(magnitude).get(large).onFloats('add').toBits().get(exponent).onInts('sub');
  s.get(exponent)
    .int((F16_BIAS + 1 + F16_SHIFT) << 23)
    .onInts('sub')
    .shift('shr_u', F16_SHIFT)
    .onInts('add');
  s.get(value).toBits().shift('shr_u', 16).int(0x8000).bits('and').bits('or');
  s.int(0x7e00).get(value).get(value).compareFloats('eq').select();
}

/** bf16 bits in an i32 to their value. */
export function valueOfBF16(body: FunctionBody, lanes: Lanes): void {
  new Shape(body, lanes).shift('shl', 16).toFloat();
}

/** f32 to the bits of the nearest bf16, ties to even, in an i32. All NaNs become one. */
export function bitsOfBF16(body: FunctionBody, lanes: Lanes): void {
  const s = new Shape(body, lanes);
  const value = s.keep('f32');
  s.get(value).toBits();
  const bits = s.keep('i32');
  // Half a step less one, and one more where the step below is odd.
  s.get(bits).shift('shr_u', 16).int(1).bits('and').int(0x7fff).onInts('add');
  s.get(bits).onInts('add').shift('shr_u', 16);
  // Rounding could make a NaN infinite, or zero.
  s.int(0x7fc0).get(value).get(value).compareFloats('eq').select();
}

/** f32 to the nearest value of bf16, ties to even. */
export function roundBF16(body: FunctionBody, lanes: Lanes): void {
  bitsOfBF16(body, lanes);
  valueOfBF16(body, lanes);
}
