import { ones } from '../tensor/creation.ts';
import type { Generator } from '../tensor/generator.ts';
import { bernoulli } from '../tensor/random.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { withBatch } from './channels.ts';
import { Module } from './module.ts';

export interface DropoutOptions {
  /** What decides; the default generator unless given. */
  readonly generator?: Generator;
}

abstract class DropoutLayer extends Module {
  readonly p: number;
  readonly #generator: Generator | undefined;

  /** @throws RangeError if `p` is no probability. */
  constructor(p = 0.5, { generator }: DropoutOptions = {}) {
    super();
    if (!(p >= 0 && p <= 1)) {
      throw new RangeError(`${this.constructor.name}: p must be a probability from 0 to 1, not ${p}.`);
    }
    this.p = p;
    this.#generator = generator;
  }

  /** What `drop` makes of x while training, else x itself. */
  protected whileTraining(x: Tensor, drop: (p: number, generator: Generator | undefined) => Tensor): Tensor {
    return this.p > 0 && this.training ? drop(this.p, this.#generator) : x;
  }

  /** Whole channels of x, which has this many dimensions behind them. */
  protected dropChannels(x: Tensor, ranks: readonly number[]): Tensor {
    const { single } = withBatch(this.constructor.name, x, null, ranks);
    return this.whileTraining(x, (p, generator) => {
      const shape = x.shape.map((size, axis) => (axis < (single ? 1 : 2) ? size : 1));
      return x.mul(ones(shape, { dtype: x.dtype, device: x.device }).dropout(p, true, generator));
    });
  }

  abstract forward(x: Tensor): Tensor;
}

/** While training, zeros with probability `p` and scales what is left by 1/(1 - p); see `Tensor.dropout`. */
export class Dropout extends DropoutLayer {
  override forward(x: Tensor): Tensor {
    return this.whileTraining(x, (p, generator) => x.dropout(p, true, generator));
  }
}

/** Dropout of whole channels of sequences (Tompson et al., arXiv:1411.4280). */
export class Dropout1d extends DropoutLayer {
  /** `[batch, channels, length]`, or without the batch, to the same shape. */
  override forward(x: Tensor): Tensor {
    return this.dropChannels(x, [1]);
  }
}

/** Dropout of whole channels of images (Tompson et al., arXiv:1411.4280). */
export class Dropout2d extends DropoutLayer {
  /** `[batch, channels, height, width]`, or without the batch, to the same shape. */
  override forward(x: Tensor): Tensor {
    return this.dropChannels(x, [2]);
  }
}

/** What SELU gives for -∞. */
const SELU_FLOOR = -1.6732632423543772 * 1.0507009873554805;

/**
 * Dropout that goes with SELU: what is dropped becomes SELU's lowest value, and all is scaled and shifted so that mean 0
 * and variance 1 stay (Klambauer et al., arXiv:1706.02515).
 */
export class AlphaDropout extends DropoutLayer {
  override forward(x: Tensor): Tensor {
    return this.whileTraining(x, (p, generator) => {
      if (p === 1) return x.mul(0);
      const scale = 1 / Math.sqrt((1 - p) * (1 + p * SELU_FLOOR ** 2));
      const kept = bernoulli(1 - p, x.shape, { device: x.device, generator });
      return x
        .where(kept, SELU_FLOOR)
        .mul(scale)
        .sub(scale * SELU_FLOOR * p);
    });
  }
}
