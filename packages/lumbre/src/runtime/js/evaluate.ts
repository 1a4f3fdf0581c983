import type { NumericArray } from '../../graph/dtype.ts';
import type { Node, OpName } from '../../graph/node.ts';
import { accumulate, linearRecurrence } from './accumulate.ts';
import { bitcast, cast, checkIndex, constant, elementwise, iota, polygamma } from './elementwise.ts';
import { argsort, gather, scatterAdd, scatterSet } from './indexed.ts';
import { expand, flip, pad, permute, reshape, shrink, slant, spread } from './movement.ts';
import { argmax, dot, maxReduce, prod, sum } from './reduce.ts';

export type Evaluator<Op extends OpName> = (node: Node<Op>, sources: readonly NumericArray[]) => NumericArray;

/** Ops that are more than a function of one element of each source. */
const evaluators: { readonly [Op in OpName]?: Evaluator<Op> } = {
  const: constant,
  iota,
  cast,
  bitcast,
  checkIndex,
  polygamma,
  reshape,
  permute,
  expand,
  pad,
  shrink,
  flip,
  slant,
  spread,
  sum,
  maxReduce,
  prod,
  argmax,
  accumulate,
  linearRecurrence,
  dot,
  gather,
  scatterAdd,
  scatterSet,
  argsort,
};

/** The value of a node, given those of its sources: all row-major, the result in an array of its own. */
export const evaluate: Evaluator<OpName> = (node, sources) =>
  ((evaluators[node.op] as Evaluator<OpName> | undefined) ?? elementwise)(node, sources);
