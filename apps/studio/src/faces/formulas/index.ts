import { elementwise } from './elementwise.ts';
import { probabilities } from './probabilities.ts';
import { products } from './products.ts';
import { reductions } from './reductions.ts';
import type { Rule } from './tex.ts';

export { type Formula, inner, Operand, positionOf, type Rule, texNumber, texSymbol } from './tex.ts';

/** How one element of a result comes from elements of what it was made of, by the name of the operation. */
export const rules: ReadonlyMap<string, Rule> = new Map(
  Object.entries({ ...elementwise, ...reductions, ...products, ...probabilities }),
);
