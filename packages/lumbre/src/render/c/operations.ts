import type { IrOp, Type } from '../../codegen/ir.ts';
import { suffix, valueType } from './types.ts';

/** The C of an operation on operands in C; `type` is that of the result, `of` that of the first operand. */
type Rendering = (args: readonly string[], type: Type, of: Type) => string;

const infix =
  (operator: string): Rendering =>
  ([a, b]) =>
    `(${a} ${operator} ${b})`;

const prefix =
  (operator: string): Rendering =>
  ([a]) =>
    `(${operator}${a})`;

/** A function of kernel.h, named after the operation and the type of its first operand. */
const call =
  (name: string): Rendering =>
  (args, _, of) =>
    `${name}_${suffix(of)}(${args.join(', ')})`;

const either =
  (scalar: Rendering, vector: Rendering): Rendering =>
  (args, type, of) =>
    (of.lanes > 1 ? vector : scalar)(args, type, of);

const cast: Rendering = ([a], type) => `((${valueType(type)})${a})`;

const spread = (value: string, { lanes }: Type): string => new Array<string>(lanes).fill(value).join(', ');

/** `ltU` compares as unsigned. */
const below: Rendering = ([a, b], _, { lanes }) => {
  const type = lanes > 1 ? `u32x${lanes}` : 'unsigned';
  return `((${type})${a} < (${type})${b})`;
};

/** One row an operation. Those with a name of their own in kernel.h are called, the others are operators. */
export const operations: { readonly [op in IrOp]?: Rendering } = {
  add: infix('+'),
  sub: infix('-'),
  mul: infix('*'),
  div: infix('/'),
  neg: prefix('-'),
  min: call('min'),
  max: call('max'),
  pmin: call('pmin'),
  pmax: call('pmax'),
  sqrt: call('sqrt'),
  abs: call('abs'),
  floor: call('floor'),
  nearest: call('nearest'),
  fma: call('fma'),
  roundF16: call('roundF16'),
  roundBF16: call('roundBF16'),

  divS: infix('/'),
  remS: infix('%'),
  and: infix('&'),
  or: infix('|'),
  xor: infix('^'),
  shl: call('shl'),
  shrU: call('shrU'),
  shrS: call('shrS'),

  lt: infix('<'),
  le: infix('<='),
  eq: infix('=='),
  ne: infix('!='),
  ltU: below,

  maskAnd: infix('&'),
  maskOr: infix('|'),
  maskXor: infix('^'),
  maskNot: either(prefix('!'), prefix('~')),
  select: ([m, a, b], type) =>
    type.lanes > 1 ? `select_${suffix(type)}(${m}, ${a}, ${b})` : `(${m} ? ${a} : ${b})`,

  toI32: call('toI32'),
  toF32: either(cast, call('toF32')),
  asI32: either(([a]) => `as_i32(${a})`, cast),
  asF32: either(([a]) => `as_f32(${a})`, cast),
  maskToI32: either(([a]) => a as string, prefix('-')),
  maskToF32: either(cast, call('maskToF32')),

  splat: ([a], type) => {
    // The truth of a scalar is one bit, that of a lane all of them.
    const value = type.scalar === 'mask' ? `-${a}` : (a as string);
    return `((${valueType(type)}){${spread(value, type)}})`;
  },
  pack: (args, type) =>
    `((${valueType(type)}){${args.map((a) => (type.scalar === 'mask' ? `-${a}` : a)).join(', ')}})`,
  ramp: (_, type) => `((${valueType(type)}){${Array.from({ length: type.lanes }, (_, i) => i).join(', ')}})`,
  any: call('any'),
  quad: call('quad'),
  zipLow: call('zipLow'),
  zipHigh: call('zipHigh'),
  joinLow: call('joinLow'),
  joinHigh: call('joinHigh'),
};
