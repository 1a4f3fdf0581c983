// Every operation of the loop language on all combinations of edge values.
import {
  type Expr,
  f32,
  type IrOp,
  i32,
  type KernelBody,
  type MemoryType,
  mask,
  type ScalarType,
  type Type,
  vector,
} from '../../src/codegen/ir.ts';
import { buffer, element, end, int, Locals, load, op, store } from './build.ts';
import type { Call } from './harness.ts';

const { fround } = Math;

export const edges: Record<ScalarType, readonly number[]> = {
  f32: [
    0,
    -0,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    2 ** -149,
    -(2 ** -149),
    fround(2 ** -126 - 2 ** -149),
    fround(3.4028235e38),
    1,
    -1,
    0.5,
    -0.5,
    1.5,
    -2.5,
    1 + 2 ** -12,
    fround(-0.1),
    8388609,
    2147483648,
    -2147483648,
    -3e9,
  ].map(fround),
  i32: [0, 1, -1, 2, 3, -7, 31, 32, 33, 255, 256, -257, 65536, 16777217, 2147483647, -2147483648],
  mask: [0, 1],
};

export const memoryOf: Record<ScalarType, MemoryType> = { f32: 'f32', i32: 'i32', mask: 'u8' };
const typeOf: Record<ScalarType, Type> = { f32, i32, mask };

export type Signature = readonly [op: IrOp, operands: readonly ScalarType[], result: ScalarType];

const onTypes = (types: readonly ScalarType[], operands: number, names: readonly IrOp[]): Signature[] =>
  names.flatMap((name) =>
    types.map((type) => [name, new Array<ScalarType>(operands).fill(type), type] as const),
  );

const compare = (types: readonly ScalarType[], names: readonly IrOp[]): Signature[] =>
  names.flatMap((name) => types.map((type) => [name, [type, type], 'mask'] as const));

export const signatures: readonly Signature[] = [
  ...onTypes(['f32', 'i32'], 2, ['add', 'sub', 'mul', 'min', 'max']),
  ...onTypes(['f32', 'i32'], 1, ['neg']),
  ...onTypes(['f32'], 2, ['div', 'pmin', 'pmax']),
  ...onTypes(['f32'], 1, ['sqrt', 'abs', 'floor', 'nearest', 'roundF16', 'roundBF16']),
  ...onTypes(['f32'], 3, ['fma']),
  ...onTypes(['i32'], 2, ['divS', 'remS', 'and', 'or', 'xor', 'shl', 'shrU', 'shrS']),
  ...compare(['f32', 'i32'], ['lt', 'le', 'eq', 'ne']),
  ...compare(['i32'], ['ltU']),
  ...onTypes(['mask'], 2, ['maskAnd', 'maskOr', 'maskXor']),
  ...onTypes(['mask'], 1, ['maskNot']),
  ['select', ['mask', 'f32', 'f32'], 'f32'],
  ['select', ['mask', 'i32', 'i32'], 'i32'],
  ['select', ['mask', 'mask', 'mask'], 'mask'],
  ['toI32', ['f32'], 'i32'],
  ['toF32', ['i32'], 'f32'],
  ['asI32', ['f32'], 'i32'],
  ['asF32', ['i32'], 'f32'],
  ['maskToI32', ['mask'], 'i32'],
  ['maskToF32', ['mask'], 'f32'],
];

/** All combinations of one value for each operand. */
export const combinations = (lists: readonly (readonly number[])[]): number[][] =>
  lists.reduce<number[][]>((rows, list) => rows.flatMap((row) => list.map((value) => [...row, value])), [[]]);

export function isDefined(name: IrOp, [a, b]: readonly number[]): boolean {
  if (name === 'divS' || name === 'remS') return b !== 0 && !(a === -(2 ** 31) && b === -1);
  // The bits of a NaN are not part of the language.
  return name !== 'asI32' || !Number.isNaN(a);
}

export function arrayOf(type: ScalarType, values: readonly number[]): Call['buffers'][number] {
  if (type === 'f32') return Float32Array.from(values);
  return type === 'i32' ? Int32Array.from(values) : Uint8Array.from(values);
}

/** out[i] = op(operand0[i], operand1[i], …) for i in [0, end), `lanes` at a time. */
export function elementwise([name, operands, result]: Signature, lanes: number): KernelBody {
  const locals = new Locals();
  const at = (index: number, type: ScalarType, i: Expr) => element(buffer(index), i, type === 'mask' ? 1 : 4);
  const body = (i: Expr) => {
    const args = operands.map((type, index) =>
      load(vector(typeOf[type], lanes), memoryOf[type], at(index, type, i)),
    );
    const value = op(name, vector(typeOf[result], lanes), ...args);
    return [store(memoryOf[result], at(operands.length, result, i), value)];
  };
  return locals.kernel(operands.length + 1, [locals.loop(int(0), end, lanes, body)]);
}

/** All defined combinations of edge values, so many that vectors are full; as a call, with room for results in the end. */
export function edgeCase([name, operands, result]: Signature): { rows: number[][]; call: Call } {
  const rows = combinations(operands.map((type) => edges[type])).filter((row) => isDefined(name, row));
  while (rows.length % 16 !== 0) rows.push(rows[0]);
  const inputs = operands.map((type, index) =>
    arrayOf(
      type,
      rows.map((row) => row[index]),
    ),
  );
  const results = arrayOf(
    result,
    rows.map(() => 0),
  );
  return { rows, call: { buffers: [...inputs, results], end: rows.length } };
}
