import type { Emitter } from '../emitter.ts';
import { type Expr, i32 } from '../ir.ts';

/** The index in each batch dimension of batch element `number`. */
export function batchIndex(e: Emitter, number: Expr, batch: readonly number[]): Expr[] {
  let rest = number;
  const index = new Array<Expr>(batch.length);
  for (let axis = batch.length - 1; axis >= 0; axis--) {
    const size = e.int(batch[axis] as number);
    const outermost = batch.slice(0, axis).every((outer) => outer === 1);
    index[axis] = batch[axis] === 1 ? e.int(0) : outermost ? rest : e.op('remS', i32, rest, size);
    rest = outermost ? e.int(0) : e.op('divS', i32, rest, size);
  }
  return index;
}
