import type { IrOp, ScalarType } from '../../codegen/ir.ts';
import type { FunctionBody } from './assembler.ts';
import { roundBF16, roundF16 } from './halfFloats.ts';
import type { Instruction } from './opcodes.ts';

/** What computes an operation once its operands are on the stack. */
export type Rendering = Instruction | 'nothing' | ((body: FunctionBody) => void);

/** An instruction on two i32, run once for each of the four lanes. */
const laneByLane =
  (instruction: Instruction) =>
  (body: FunctionBody): void => {
    const right = body.newLocal('v128');
    const left = body.newLocal('v128');
    body.set(right).set(left);
    const lane = (index: number): FunctionBody =>
      body
        .get(left)
        .laneOp('i32x4.extract_lane', index)
        .get(right)
        .laneOp('i32x4.extract_lane', index)
        .op(instruction);
    lane(0).op('i32x4.splat');
    for (let index = 1; index < 4; index++) lane(index).laneOp('i32x4.replace_lane', index);
  };

/** The left one of two i32 if `comparison` holds of them, else the right one. */
const leftIf =
  (comparison: Instruction) =>
  (body: FunctionBody): void => {
    const right = body.newLocal('i32');
    const left = body.newLocal('i32');
    body.set(right).tee(left).get(right).get(left).get(right).op(comparison).op('select');
  };

/** The right one of two f32 if it is less than the left one (`pmin`), or the other way round (`pmax`); else the left. */
const rightIf =
  (rightIsLess: boolean) =>
  (body: FunctionBody): void => {
    const right = body.newLocal('f32');
    const left = body.newLocal('f32');
    const [less, more] = rightIsLess ? [right, left] : [left, right];
    body.set(right).set(left).get(right).get(left).get(less).get(more).op('f32.lt').op('select');
  };

/** Lanes of two vectors put together: 0 to 3 are the first one's, 4 to 7 the second one's. */
const shuffled =
  (...lanes: readonly number[]) =>
  (body: FunctionBody): FunctionBody =>
    body.shuffle(Uint8Array.from(lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte))));

/** 1.0 where the mask is all ones, 0.0 (whose bits are zero) elsewhere. */
const onesWhere = (body: FunctionBody): FunctionBody => body.v128(new Float32Array(4).fill(1)).op('v128.and');

/** Vector shifts by one scalar count, which is all that WebAssembly has; other counts go lane by lane. */
export const uniformShifts = { shl: 'i32x4.shl', shrU: 'i32x4.shr_u', shrS: 'i32x4.shr_s' } as const;

type Row = { readonly [T in ScalarType]?: readonly [scalar: Rendering, vector: Rendering] };

/**
 * Operations whose operands simply go to the stack first, by the type of the first one. A scalar mask is an i32, 0 or
 * 1; a vector mask has all bits of a lane set or none.
 */
export const operations: { readonly [op in IrOp]?: Row } = {
  add: { f32: ['f32.add', 'f32x4.add'], i32: ['i32.add', 'i32x4.add'] },
  sub: { f32: ['f32.sub', 'f32x4.sub'], i32: ['i32.sub', 'i32x4.sub'] },
  mul: { f32: ['f32.mul', 'f32x4.mul'], i32: ['i32.mul', 'i32x4.mul'] },
  min: { f32: ['f32.min', 'f32x4.min'], i32: [leftIf('i32.lt_s'), 'i32x4.min_s'] },
  max: { f32: ['f32.max', 'f32x4.max'], i32: [leftIf('i32.gt_s'), 'i32x4.max_s'] },
  neg: { f32: ['f32.neg', 'f32x4.neg'], i32: [(body) => body.i32(-1).op('i32.mul'), 'i32x4.neg'] },

  pmin: { f32: [rightIf(true), 'f32x4.pmin'] },
  pmax: { f32: [rightIf(false), 'f32x4.pmax'] },
  div: { f32: ['f32.div', 'f32x4.div'] },
  sqrt: { f32: ['f32.sqrt', 'f32x4.sqrt'] },
  abs: { f32: ['f32.abs', 'f32x4.abs'] },
  floor: { f32: ['f32.floor', 'f32x4.floor'] },
  nearest: { f32: ['f32.nearest', 'f32x4.nearest'] },
  roundF16: { f32: [(body) => roundF16(body, 1), (body) => roundF16(body, 4)] },
  roundBF16: { f32: [(body) => roundBF16(body, 1), (body) => roundBF16(body, 4)] },

  divS: { i32: ['i32.div_s', laneByLane('i32.div_s')] },
  remS: { i32: ['i32.rem_s', laneByLane('i32.rem_s')] },
  and: { i32: ['i32.and', 'v128.and'] },
  or: { i32: ['i32.or', 'v128.or'] },
  xor: { i32: ['i32.xor', 'v128.xor'] },
  shl: { i32: ['i32.shl', laneByLane('i32.shl')] },
  shrU: { i32: ['i32.shr_u', laneByLane('i32.shr_u')] },
  shrS: { i32: ['i32.shr_s', laneByLane('i32.shr_s')] },

  lt: { f32: ['f32.lt', 'f32x4.lt'], i32: ['i32.lt_s', 'i32x4.lt_s'] },
  le: { f32: ['f32.le', 'f32x4.le'], i32: ['i32.le_s', 'i32x4.le_s'] },
  eq: { f32: ['f32.eq', 'f32x4.eq'], i32: ['i32.eq', 'i32x4.eq'] },
  ne: { f32: ['f32.ne', 'f32x4.ne'], i32: ['i32.ne', 'i32x4.ne'] },
  ltU: { i32: ['i32.lt_u', 'i32x4.lt_u'] },

  maskAnd: { mask: ['i32.and', 'v128.and'] },
  maskOr: { mask: ['i32.or', 'v128.or'] },
  maskXor: { mask: ['i32.xor', 'v128.xor'] },
  maskNot: { mask: ['i32.eqz', 'v128.not'] },

  toI32: { f32: ['i32.trunc_sat_f32_s', 'i32x4.trunc_sat_f32x4_s'] },
  toF32: { i32: ['f32.convert_i32_s', 'f32x4.convert_i32x4_s'] },
  asI32: { f32: ['i32.reinterpret_f32', 'nothing'] },
  asF32: { i32: ['f32.reinterpret_i32', 'nothing'] },
  zipLow: { f32: ['nothing', shuffled(0, 4, 1, 5)] },
  zipHigh: { f32: ['nothing', shuffled(2, 6, 3, 7)] },
  joinLow: { f32: ['nothing', shuffled(0, 1, 4, 5)] },
  joinHigh: { f32: ['nothing', shuffled(2, 3, 6, 7)] },

  maskToI32: { mask: ['nothing', 'i32x4.neg'] },
  maskToF32: { mask: ['f32.convert_i32_s', onesWhere] },
};
