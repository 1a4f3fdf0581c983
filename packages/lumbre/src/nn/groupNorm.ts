import { formatShape } from '../graph/shape.ts';
import { ones, zeros } from '../tensor/creation.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { LayerOptions } from './linear.ts';
import { Module } from './module.ts';
import { parameter } from './parameter.ts';

export interface GroupNormOptions extends Omit<LayerOptions, 'generator'> {
  /** Added to the variance before the root. Default 1e-5. */
  readonly eps?: number;
  /** Whether channels are scaled and shifted by what is learned. Default true. */
  readonly affine?: boolean;
}

/**
 * Channels in groups, each group of each example with mean 0 and variance 1, then channels scaled and shifted by what is
 * learned (Wu and He, arXiv:1803.08494). It does not look at the batch, so that training and use are the same.
 */
export class GroupNorm extends Module {
  readonly numGroups: number;
  readonly numChannels: number;
  readonly eps: number;
  /** `[numChannels]`, or null if not affine. */
  readonly weight: Tensor | null;
  readonly bias: Tensor | null;

  /** @throws RangeError when the groups do not divide the channels. */
  constructor(
    numGroups: number,
    numChannels: number,
    { eps = 1e-5, affine = true, dtype, device }: GroupNormOptions = {},
  ) {
    super();
    if (!Number.isInteger(numGroups) || numGroups < 1 || numChannels % numGroups !== 0) {
      throw new RangeError(
        `GroupNorm: ${numChannels} channels do not divide into ${numGroups} equal groups.`,
      );
    }
    this.numGroups = numGroups;
    this.numChannels = numChannels;
    this.eps = eps;
    this.weight = affine ? parameter(ones([numChannels], { dtype, device })) : null;
    this.bias = affine ? parameter(zeros([numChannels], { dtype, device })) : null;
  }

  /** `[batch, numChannels, ..]` to the same shape. */
  forward(x: Tensor): Tensor {
    if (x.ndim < 2 || x.shape[1] !== this.numChannels) {
      throw new RangeError(
        `GroupNorm: expected an input [batch, ${this.numChannels}, ..], got ${formatShape(x.shape)}.`,
      );
    }
    // [batch, groups, channels of a group, positions]: what belongs to a channel is the same for all of its positions.
    const groups = x.reshape(x.shape[0] as number, this.numGroups, this.numChannels / this.numGroups, -1);
    const mean = meanOfGroups(groups);
    const scale = meanOfGroups(groups.sub(mean).square()).add(this.eps).rsqrt();
    if (!this.weight || !this.bias) return groups.sub(mean).mul(scale).reshape(x.shape);
    const [weight, bias] = [this.weight, this.bias].map((value) => value.reshape(this.numGroups, -1, 1)) as [
      Tensor,
      Tensor,
    ];
    const scales = weight.mul(scale);
    return groups
      .mul(scales)
      .add(bias.sub(mean.mul(scales)))
      .reshape(x.shape);
  }
}

/** The mean of each group: of channels first, in whose positions memory is read in order. */
const meanOfGroups = (groups: Tensor): Tensor => groups.mean(3, { keepdim: true }).mean(2, { keepdim: true });
