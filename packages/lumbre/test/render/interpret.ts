// What the loop language means, said as plainly as possible: the reference that renderers are held against.
import { bytesOf, type Expr, type KernelBody, type MemoryType, type Stmt } from '../../src/codegen/ir.ts';
import { bfloat16ToNumber, float16ToNumber, halfBits, roundToHalf } from '../../src/graph/halfFloat.ts';
import { STATUS_CODE_ADDRESS, STATUS_VALUE_ADDRESS } from '../../src/render/wasm/render.ts';

/** a * b + c in f32: the rounding is the machine's choice. */
export type Fma = (a: number, b: number, c: number) => number;

export const fmaSeparate: Fma = (a, b, c) => Math.fround(Math.fround(a * b) + c);

/** One rounding. The product is exact in f64; the sum is rounded to odd there, so that the second rounding is right. */
export const fmaFused: Fma = (a, b, c) => {
  const product = a * b;
  const sum = product + c;
  if (!Number.isFinite(sum)) return sum;
  const cPart = sum - product;
  const error = product - (sum - cPart) + (c - cPart);
  if (error === 0) return Math.fround(sum);
  const bits = new BigInt64Array(Float64Array.of(sum).buffer);
  if ((bits[0] & 1n) === 0n) bits[0] += error > 0 === sum > 0 ? 1n : -1n;
  return Math.fround(new Float64Array(bits.buffer)[0]);
};

export interface Invocation {
  readonly memory: ArrayBuffer;
  /** Addresses of the buffers. */
  readonly buffers: readonly number[];
  readonly begin: number;
  readonly end: number;
  readonly scratch: number;
  readonly fma: Fma;
}

/** One number a lane: f32 values, i32 values, or 0 and 1 for masks. */
type Lanes = readonly number[];

/** Operations lane by lane; the result is rounded or wrapped to its type afterwards. */
const pure: { readonly [name: string]: (a: number, b: number, c: number) => number } = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  min: (a, b) => Math.min(a, b),
  max: (a, b) => Math.max(a, b),
  pmin: (a, b) => (b < a ? b : a),
  pmax: (a, b) => (a < b ? b : a),
  // Not 0 - a: the negative of 0 is -0.
  neg: (a) => -a,
  div: (a, b) => a / b,
  sqrt: Math.sqrt,
  abs: Math.abs,
  floor: Math.floor,
  nearest: (a) => {
    const down = Math.floor(a);
    const up = Math.ceil(a);
    if (a - down !== up - a) return a - down < up - a ? down : up;
    return down % 2 === 0 ? down : up;
  },
  roundF16: (a) => roundToHalf(a, 'float16'),
  roundBF16: (a) => roundToHalf(a, 'bfloat16'),
  divS: (a, b) => Math.trunc(a / b),
  remS: (a, b) => a % b,
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  shl: (a, b) => a << b,
  shrU: (a, b) => a >>> b,
  shrS: (a, b) => a >> b,
  lt: (a, b) => Number(a < b),
  le: (a, b) => Number(a <= b),
  eq: (a, b) => Number(a === b),
  ne: (a, b) => Number(a !== b),
  ltU: (a, b) => Number(a >>> 0 < b >>> 0),
  maskAnd: (a, b) => a & b,
  maskOr: (a, b) => a | b,
  maskXor: (a, b) => a ^ b,
  maskNot: (a) => 1 - a,
  select: (condition, a, b) => (condition !== 0 ? a : b),
  toI32: (a) => Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.trunc(a))),
  toF32: (a) => a,
  asI32: (a) => new Int32Array(Float32Array.of(a).buffer)[0],
  asF32: (a) => new Float32Array(Int32Array.of(a).buffer)[0],
  maskToI32: (a) => a,
  maskToF32: (a) => a,
};

/** Runs a kernel over the memory, as slowly and clearly as can be. */
export function interpret(
  kernel: KernelBody,
  { memory, buffers, begin, end, scratch, fma }: Invocation,
): void {
  const view = new DataView(memory);
  const locals: Lanes[] = [];

  const read = (type: MemoryType, at: number): number => {
    switch (type) {
      case 'f32':
        return view.getFloat32(at, true);
      case 'f16':
        return float16ToNumber(view.getUint16(at, true));
      case 'bf16':
        return bfloat16ToNumber(view.getUint16(at, true));
      case 'i32':
        return view.getInt32(at, true);
      case 'i16':
        return view.getInt16(at, true);
      case 'i8':
        return view.getInt8(at);
      case 'u8':
        return view.getUint8(at);
    }
  };
  const write = (type: MemoryType, at: number, value: number): void => {
    if (type === 'f32') view.setFloat32(at, value, true);
    else if (type === 'f16') view.setUint16(at, halfBits(value, 'float16'), true);
    else if (type === 'bf16') view.setUint16(at, halfBits(value, 'bfloat16'), true);
    else if (type === 'i32') view.setInt32(at, value, true);
    else if (type === 'i16') view.setInt16(at, value, true);
    else view.setUint8(at, value);
  };

  const evaluate = (expr: Expr): Lanes => {
    const { scalar, lanes } = expr.type;
    const make = (value: (lane: number) => number): Lanes =>
      Array.from({ length: lanes }, (_, index) => {
        const exact = value(index);
        if (scalar === 'f32') return Math.fround(exact);
        return scalar === 'i32' ? exact | 0 : Number(exact !== 0);
      });
    switch (expr.kind) {
      case 'const':
        return make(() => expr.value);
      case 'local':
        return locals[expr.id];
      case 'buffer':
        return make(() => buffers[expr.index]);
      case 'scratch':
        return make(() => scratch);
      case 'begin':
        return make(() => begin);
      case 'end':
        return make(() => end);
      case 'lane':
        return [evaluate(expr.vector)[expr.lane]];
      case 'load': {
        const at = (evaluate(expr.address)[0] >>> 0) + expr.offset;
        return make((index) => read(expr.memory, at + index * bytesOf[expr.memory]));
      }
      case 'op': {
        const args = expr.args.map(evaluate);
        const arg = (position: number, index: number): number => args[position]?.[index];
        switch (expr.op) {
          case 'splat':
            return make(() => args[0][0]);
          case 'pack':
            return make((index) => args[index][0]);
          case 'ramp':
            return make((index) => index);
          case 'zipLow':
            return make((index) => arg(index % 2, Math.floor(index / 2)));
          case 'zipHigh':
            return make((index) => arg(index % 2, 2 + Math.floor(index / 2)));
          case 'joinLow':
            return make((index) => arg(Math.floor(index / 2), index % 2));
          case 'joinHigh':
            return make((index) => arg(Math.floor(index / 2), 2 + (index % 2)));
          case 'dotBytes': {
            const a = (arg(0, 0) >>> 0) + arg(2, 0);
            const half = (i: number) => (arg(1, i >> 1) << (i % 2 === 0 ? 16 : 0)) >> 16;
            const product = (i: number) => view.getInt8(a + i) * half(i);
            return make((index) => product(2 * index) + product(2 * index + 1));
          }
          case 'quad':
            return make((index) => arg(0, 4 * arg(1, 0) + index));
          case 'gatherWhere':
          case 'loadWhere': {
            const type = scalar === 'f32' ? 'f32' : 'i32';
            const element = (index: number) => (expr.op === 'loadWhere' ? arg(2, 0) * index : arg(2, index));
            const at = (index: number) => (arg(1, 0) >>> 0) + 4 * element(index);
            return make((index) => (arg(0, index) ? read(type, at(index)) : 0));
          }
          case 'gather': {
            const type = scalar === 'f32' ? 'f32' : 'i32';
            return make((index) => read(type, (arg(0, 0) >>> 0) + 4 * arg(1, index)));
          }
          case 'any':
            return make(() => Number(args[0].includes(1)));
          case 'fma':
            return make((index) => fma(arg(0, index), arg(1, index), arg(2, index)));
          case 'mul': {
            const product = scalar === 'f32' ? (a: number, b: number) => a * b : Math.imul;
            return make((index) => product(arg(0, index), arg(1, index)));
          }
        }
        return make((index) => pure[expr.op](arg(0, index), arg(1, index), arg(2, index)));
      }
    }
  };

  const run = (statement: Stmt): void => {
    switch (statement.kind) {
      case 'let':
      case 'set':
        locals[statement.id] = evaluate(statement.value);
        break;
      case 'var':
        locals[statement.id] = evaluate(statement.init);
        break;
      case 'loop': {
        const [last] = evaluate(statement.end);
        for (let index = evaluate(statement.start)[0]; index < last; index += statement.step) {
          locals[statement.id] = [index];
          statement.body.forEach(run);
        }
        break;
      }
      case 'if':
        (evaluate(statement.condition)[0] !== 0 ? statement.then : statement.otherwise).forEach(run);
        break;
      case 'store': {
        const at = (evaluate(statement.address)[0] >>> 0) + statement.offset;
        const { memory } = statement;
        evaluate(statement.value).forEach((value, index) => {
          write(memory, at + index * bytesOf[memory], value);
        });
        break;
      }
      case 'apart':
        statement.body.forEach(run);
        break;
      case 'fail':
        if (view.getInt32(STATUS_CODE_ADDRESS, true) !== 0) break;
        view.setInt32(STATUS_CODE_ADDRESS, statement.code, true);
        write(
          statement.value.type.scalar === 'f32' ? 'f32' : 'i32',
          STATUS_VALUE_ADDRESS,
          evaluate(statement.value)[0],
        );
        break;
    }
  };
  kernel.statements.forEach(run);
}
