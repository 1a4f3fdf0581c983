import type { Tensor } from '../../tensor/tensor.ts';

/** What may stand between the two layers of a feed-forward part, by name. */
export type ActivationName = 'relu' | 'gelu';

/** @throws RangeError for another name. */
export function activationOf(
  layer: string,
  activation: ActivationName | ((x: Tensor) => Tensor),
): (x: Tensor) => Tensor {
  if (typeof activation === 'function') return activation;
  if (activation === 'relu') return (x) => x.relu();
  if (activation === 'gelu') return (x) => x.gelu();
  throw new RangeError(`${layer}: activation must be 'relu', 'gelu' or a function, not '${activation}'.`);
}
