import { type InterpolateOptions, interpolate } from '../tensor/interpolate.ts';
import { pixelShuffle, pixelUnshuffle } from '../tensor/pixelShuffle.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { Module } from './module.ts';

/** The dimensions from one to another as one: `[batch, channels, height, width]` to `[batch, features]` unless told. */
export class Flatten extends Module {
  readonly startDim: number;
  readonly endDim: number;

  constructor(startDim = 1, endDim = -1) {
    super();
    this.startDim = startDim;
    this.endDim = endDim;
  }

  forward(x: Tensor): Tensor {
    return x.flatten(this.startDim, this.endDim);
  }
}

/** One dimension as several: `new Unflatten(1, [8, 7, 7])`. One of the sizes may be -1. */
export class Unflatten extends Module {
  readonly dim: number;
  readonly sizes: readonly number[];

  constructor(dim: number, sizes: readonly number[]) {
    super();
    this.dim = dim;
    this.sizes = sizes;
  }

  /** @throws RangeError when the sizes do not make up the dimension. */
  forward(x: Tensor): Tensor {
    return x.unflatten(this.dim, this.sizes);
  }
}

/**
 * Images, or sequences, of another size: `new Upsample({ scaleFactor: 2, mode: 'bilinear' })`. Mode `nearest` unless told;
 * `linear` is for sequences, `bilinear` for images.
 */
export class Upsample extends Module {
  readonly options: InterpolateOptions;

  constructor(options: InterpolateOptions) {
    super();
    this.options = options;
  }

  /** `[batch, channels, length]` or `[batch, channels, height, width]`. */
  forward(x: Tensor): Tensor {
    return interpolate(x, this.options);
  }
}

/** Channels become space: `[.., channels · r², height, width]` to `[.., channels, height · r, width · r]` (arXiv:1609.05158). */
export class PixelShuffle extends Module {
  readonly upscaleFactor: number;

  constructor(upscaleFactor: number) {
    super();
    this.upscaleFactor = upscaleFactor;
  }

  forward(x: Tensor): Tensor {
    return pixelShuffle(x, this.upscaleFactor);
  }
}

/** Space becomes channels: `[.., channels, height · r, width · r]` to `[.., channels · r², height, width]`. */
export class PixelUnshuffle extends Module {
  readonly downscaleFactor: number;

  constructor(downscaleFactor: number) {
    super();
    this.downscaleFactor = downscaleFactor;
  }

  forward(x: Tensor): Tensor {
    return pixelUnshuffle(x, this.downscaleFactor);
  }
}
