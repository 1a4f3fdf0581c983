import { realizeNodes } from '../tensor/realize.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { currentTrace } from '../tensor/trace.ts';

/** A tensor and the value that it is to have. */
export type Change = readonly [target: Tensor, value: Tensor];

/**
 * Assigns all values. Outside `compile` they are computed first, in one program: otherwise the graph of each step would
 * hang on the one before. If that fails, nothing has been assigned.
 */
export function assignTogether(changes: readonly Change[]): void {
  const [first] = changes;
  if (!first) return;
  if (!currentTrace()) {
    realizeNodes(
      changes.map(([, { node }]) => node),
      first[0].device,
    );
  }
  for (const [target, value] of changes) target.assign(value);
}
