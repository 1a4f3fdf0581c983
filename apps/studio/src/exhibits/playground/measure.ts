import { stack, type Tensor } from 'lumbre';
import { accuracy, r2Score } from 'lumbre/metrics';
import { crossEntropy, mseLoss } from 'lumbre/nn';
import type { PointsNetwork } from './network.ts';

/** A slope under this is as good as none: sigmoid or tanh, far out. */
export const FLAT = 0.02;

/**
 * The losses of the points one by one, the results, and of each layer [5, neurons]: the least and the greatest sum, the share
 * of points above zero, the share where the activation is flat, and the norm of the gradient of the mean loss by the weights
 * that lead to each neuron. Points of weight 0 do not count.
 */
export function measure(
  network: PointsNetwork,
  task: 'classes' | 'values',
  x: Tensor,
  targets: Tensor,
  weights: Tensor,
): Tensor[] {
  const { layers, result } = network.trace(x);
  const losses =
    task === 'classes'
      ? crossEntropy(result, targets, { reduction: 'none' })
      : mseLoss(result, targets, { reduction: 'none' }).reshape(-1);
  const total = weights.sum();
  losses.mul(weights).sum().div(total).backward();
  const counted = weights.reshape(-1, 1);
  const far = counted.mul(-1).add(1).mul(1e9);
  const figures = layers.map((layer, i) => {
    const { sums } = layer;
    const share = (condition: Tensor) => condition.to('float32').mul(counted).sum(0).div(total);
    const weight = network.hidden[i]?.weight.grad as Tensor;
    return stack([
      sums.add(far).amin(0),
      sums.sub(far).amax(0),
      share(sums.gt(0)),
      share(network.steepness(layer).abs().lt(FLAT)),
      weight.square().sum(1).sqrt(),
    ]).detach();
  });
  network.zeroGrad();
  return [losses.detach(), result.detach(), ...figures];
}

/** The share of points told rightly, or R²: how much of the variance of the values is explained. */
export function scoreOf(
  task: 'classes' | 'values',
  labels: readonly number[],
  result: ArrayLike<number>,
  outputs: number,
): number {
  const rows = labels.map((_, i) =>
    Array.from({ length: outputs }, (_, j) => Number(result[i * outputs + j])),
  );
  if (task === 'values') return labels.length < 2 ? Number.NaN : r2Score(labels, rows.flat());
  return labels.length === 0
    ? Number.NaN
    : accuracy(
        labels,
        rows.map((row) => row.indexOf(Math.max(...row))),
      );
}
