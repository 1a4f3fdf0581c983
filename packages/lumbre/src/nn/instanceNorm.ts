import { formatShape } from '../graph/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { withBatch } from './channels.ts';
import { RunningNorm, type RunningNormOptions } from './runningNorm.ts';

abstract class InstanceNorm extends RunningNorm {
  constructor(numFeatures: number, options: RunningNormOptions = {}) {
    super(numFeatures, { affine: false, trackRunningStats: false, ...options });
  }

  protected normalizeInstances(x: Tensor, rank: number): Tensor {
    const { batched, single } = withBatch(this.constructor.name, x, this.numFeatures, [rank]);
    if (this.usesInput && batched.shape.slice(2).every((size) => size === 1)) {
      throw new RangeError(
        `${this.constructor.name}: ${formatShape(x.shape)} has one value in each channel of an instance, which has no ` +
          'variance.',
      );
    }
    const axes = Array.from({ length: rank }, (_, i) => i + 2);
    const normal = this.normalize(batched, axes, { counts: false });
    return single ? normal.squeeze(0) : normal;
  }
}

/** Each channel of each sequence with mean 0 and variance 1 (Ulyanov et al., arXiv:1607.08022). */
export class InstanceNorm1d extends InstanceNorm {
  /** `[batch, numFeatures, length]`, or without the batch, to the same shape. */
  forward(x: Tensor): Tensor {
    return this.normalizeInstances(x, 1);
  }
}

/** Each channel of each image with mean 0 and variance 1 (Ulyanov et al., arXiv:1607.08022). */
export class InstanceNorm2d extends InstanceNorm {
  /** `[batch, numFeatures, height, width]`, or without the batch, to the same shape. */
  forward(x: Tensor): Tensor {
    return this.normalizeInstances(x, 2);
  }
}
