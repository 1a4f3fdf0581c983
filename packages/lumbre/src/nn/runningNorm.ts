import { ones, zeros } from '../tensor/creation.ts';
import { realizeNodes } from '../tensor/realize.ts';
import { noGrad } from '../tensor/scope.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { currentTrace } from '../tensor/trace.ts';
import { alongChannels } from './channels.ts';
import type { LayerOptions } from './linear.ts';
import { Module } from './module.ts';
import { buffer, parameter } from './parameter.ts';

export interface RunningNormOptions extends Omit<LayerOptions, 'generator'> {
  /** Added to the variance before the root. Default 1e-5. */
  readonly eps?: number;
  /** How much of each new batch goes into the running statistics; `null` for the mean of all batches. Default 0.1. */
  readonly momentum?: number | null;
  /** Whether values are scaled and shifted by what is learned. Default true for batches, false for instances. */
  readonly affine?: boolean;
  /**
   * Whether statistics are kept while training and used in their place when it is over. Default true for batches, false
   * for instances.
   */
  readonly trackRunningStats?: boolean;
}

/** Mean, variance and how many values there were of each. */
interface Moments {
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly count: number;
}

/** Channels with mean 0 and variance 1, with statistics that are kept: what normalizing batches and instances share. */
export abstract class RunningNorm extends Module {
  readonly numFeatures: number;
  readonly eps: number;
  readonly momentum: number | null;
  /** `[numFeatures]`, or null if not affine. */
  readonly weight: Tensor | null;
  readonly bias: Tensor | null;
  /** `[numFeatures]`, or null if not tracked. */
  readonly running_mean: Tensor | null;
  /** Of unbiased variances. */
  readonly running_var: Tensor | null;
  /** int32, how many batches the statistics are of. */
  readonly num_batches_tracked: Tensor | null;

  constructor(
    numFeatures: number,
    options: RunningNormOptions & { affine: boolean; trackRunningStats: boolean },
  ) {
    super();
    const { eps = 1e-5, momentum = 0.1, affine, trackRunningStats, dtype, device } = options;
    if (!Number.isInteger(numFeatures) || numFeatures < 1) {
      throw new RangeError(
        `${this.constructor.name}: numFeatures must be a whole number of at least 1, not ${numFeatures}.`,
      );
    }
    this.numFeatures = numFeatures;
    this.eps = eps;
    this.momentum = momentum;
    const [shape, place] = [[numFeatures], { dtype, device }];
    this.weight = affine ? parameter(ones(shape, place)) : null;
    this.bias = affine ? parameter(zeros(shape, place)) : null;
    this.running_mean = trackRunningStats ? buffer(zeros(shape, place)) : null;
    this.running_var = trackRunningStats ? buffer(ones(shape, place)) : null;
    this.num_batches_tracked = trackRunningStats ? buffer(zeros([], { dtype: 'int32', device })) : null;
  }

  /** Whether statistics come from the input, not from what has been kept. */
  protected get usesInput(): boolean {
    return this.training || !this.running_mean;
  }

  /** `x` [batch, channels, spatial…] over these axes, which are the batch's or not. */
  protected normalize(x: Tensor, axes: readonly number[], { counts }: { counts: boolean }): Tensor {
    if (!this.usesInput) {
      const mean = alongChannels(this.running_mean as Tensor, x.ndim);
      const scale = (this.running_var as Tensor).add(this.eps).rsqrt();
      return this.#affine(x.sub(mean).mul(alongChannels(scale, x.ndim)));
    }
    const mean = x.mean(axes, { keepdim: true });
    const centered = x.sub(mean);
    const variance = centered.square().mean(axes, { keepdim: true });
    const count = axes.reduce((product, axis) => product * (x.shape[axis] as number), 1);
    if (this.training && this.running_mean) this.#keep(x, { mean, variance, count }, counts);
    return this.#affine(centered.mul(variance.add(this.eps).rsqrt()));
  }

  #affine(x: Tensor): Tensor {
    if (!this.weight || !this.bias) return x;
    return x.mul(alongChannels(this.weight, x.ndim)).add(alongChannels(this.bias, x.ndim));
  }

  #keep(x: Tensor, { mean, variance, count }: Moments, counts: boolean): void {
    const { running_mean, running_var, num_batches_tracked, momentum, numFeatures } = this;
    if (!running_mean || !running_var || !num_batches_tracked) return;
    noGrad(() => {
      if (counts) num_batches_tracked.assign(num_batches_tracked.add(1));
      const share = momentum ?? (counts ? num_batches_tracked.to(running_mean.dtype).reciprocal() : 0);
      // [batch or 1, channels, 1…]: instances have statistics each, of which the mean is kept.
      const perChannel = (value: Tensor) =>
        value.detach().to(running_mean.dtype).reshape(-1, numFeatures).mean(0);
      const towards = (running: Tensor, value: Tensor) => running.add(value.sub(running).mul(share));
      running_mean.assign(towards(running_mean, perChannel(mean)));
      const unbiased = perChannel(variance).mul(count / (count - 1));
      running_var.assign(towards(running_var, unbiased));
    });
    // Outside of a program each batch's statistics would hang on all batches before: they are computed at once, and with
    // them the input, which is needed anyway and would be computed a second time.
    if (currentTrace()) return;
    const nodes = [x, running_mean, running_var, num_batches_tracked].map(({ node }) => node);
    realizeNodes(nodes, x.device);
  }
}
