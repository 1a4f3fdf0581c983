import { Tensor } from 'lumbre';
import type { Algebra, FunctionName, Operator } from './expression.ts';

// For `compute.ts` alone: it brings the engine with it.

/** A tensor, or a number that is written in the formula. */
export type Operand = Tensor | number;

function operate(operator: Operator, left: Tensor, right: Operand): Tensor {
  switch (operator) {
    case '+':
      return left.add(right);
    case '-':
      return left.sub(right);
    case '*':
      return left.mul(right);
    case '/':
      return left.div(right);
    case '**':
      return left.pow(right);
  }
}

/** Formulas on the engine. `lift` makes a tensor of a number, with the dtype and on the device of the others. */
export const tensorAlgebra = (lift: (value: number) => Tensor): Algebra<Operand> => ({
  number: (value) => value,
  negative: (of) => (of instanceof Tensor ? of.neg() : -of),
  operation: (operator, left, right) => operate(operator, left instanceof Tensor ? left : lift(left), right),
  call: (name: FunctionName, of) => (of instanceof Tensor ? of : lift(of))[name](),
});
