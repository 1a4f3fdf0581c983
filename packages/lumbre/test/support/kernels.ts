import { underlyingNode } from '../../src/graph/node.ts';
import type { Tensor } from '../../src/index.ts';
import { normalize } from '../../src/schedule/normalize.ts';
import { plan } from '../../src/schedule/plan.ts';

/** The kernels of what computes these tensors, by kind; a `rows` kernel without a reduction is called `map`. */
export function kernelNames(...outputs: readonly Tensor[]): string[] {
  const { groups } = plan(normalize(outputs.map(({ node }) => underlyingNode(node))));
  return groups.map(({ kind, inner }) => (kind === 'rows' && !inner ? 'map' : kind));
}
