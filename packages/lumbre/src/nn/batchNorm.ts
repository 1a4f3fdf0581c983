import { formatShape } from '../graph/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { withBatch } from './channels.ts';
import { RunningNorm, type RunningNormOptions } from './runningNorm.ts';

abstract class BatchNorm extends RunningNorm {
  constructor(numFeatures: number, options: RunningNormOptions = {}) {
    super(numFeatures, { affine: true, trackRunningStats: true, ...options });
  }

  protected normalizeBatch(x: Tensor, ranks: readonly number[]): Tensor {
    withBatch(this.constructor.name, x, this.numFeatures, ranks, false);
    if (this.training && x.size === this.numFeatures) {
      throw new RangeError(
        `${this.constructor.name}: ${formatShape(x.shape)} has one value per channel, which has no variance to train ` +
          'with; give a larger batch, or call eval().',
      );
    }
    return this.normalize(x, [0, ...Array.from({ length: x.ndim - 2 }, (_, i) => i + 2)], { counts: true });
  }
}

/**
 * Each channel of a batch with mean 0 and variance 1, then scaled and shifted by what is learned (Ioffe and Szegedy,
 * arXiv:1502.03167). After training, with the statistics that were kept instead of the batch's.
 */
export class BatchNorm1d extends BatchNorm {
  /**
   * `[batch, numFeatures]` or `[batch, numFeatures, length]` to the same shape.
   * @throws RangeError for other shapes, and while training for one value per channel.
   */
  forward(x: Tensor): Tensor {
    return this.normalizeBatch(x, [0, 1]);
  }
}

/** BatchNorm1d for images: each channel's mean and variance are over the batch, height and width. */
export class BatchNorm2d extends BatchNorm {
  /**
   * `[batch, numFeatures, height, width]` to the same shape.
   * @throws RangeError for other shapes, and while training for one value per channel.
   */
  forward(x: Tensor): Tensor {
    return this.normalizeBatch(x, [2]);
  }
}
