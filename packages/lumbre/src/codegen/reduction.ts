import type { Node } from '../graph/node.ts';
import type { Emitter } from './emitter.ts';
import type { Expr, IrOp } from './ir.ts';
import { fitted, valueType } from './types.ts';

interface Reduction {
  readonly op: IrOp;
  readonly identity: number;
}

const floats: Record<string, Reduction> = {
  sum: { op: 'add', identity: 0 },
  maxReduce: { op: 'max', identity: Number.NEGATIVE_INFINITY },
  prod: { op: 'mul', identity: 1 },
};

const integers: Record<string, Reduction> = { ...floats, maxReduce: { op: 'max', identity: -(2 ** 31) } };

const truths: Record<string, Reduction> = {
  sum: { op: 'maskOr', identity: 0 },
  maxReduce: { op: 'maskOr', identity: 0 },
  prod: { op: 'maskAnd', identity: 1 },
};

export function reductionOf(node: Node): Reduction {
  const { scalar } = valueType(node.dtype);
  const table = scalar === 'f32' ? floats : scalar === 'i32' ? integers : truths;
  return table[node.op] as Reduction;
}

/** Brings a complete reduction back to what its dtype holds: a sum of bytes to 8 bits, one of 16-bit floats to 16. */
export const wrapReduced = (e: Emitter, node: Node, value: Expr): Expr => fitted(e, value, node.dtype);

/** Combines values two by two: the order is fixed, so that every device and every number of threads agree. */
export function combineTree(e: Emitter, node: Node, values: readonly Expr[]): Expr {
  const { op } = reductionOf(node);
  if (values.length === 1) return values[0] as Expr;
  const half: Expr[] = [];
  for (let i = 0; i < values.length; i += 2) {
    const [a, b] = [values[i] as Expr, values[i + 1]];
    half.push(b ? e.freeze(e.opHere(op, valueType(node.dtype), a, b)) : a);
  }
  return combineTree(e, node, half);
}

/** All lanes of a vector combined, neighbours first. */
export const combineLanes = (e: Emitter, node: Node, value: Expr): Expr =>
  value.type.lanes === 1
    ? value
    : combineTree(
        e,
        node,
        Array.from({ length: value.type.lanes }, (_, lane) => e.lane(value, lane)),
      );
