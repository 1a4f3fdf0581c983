import {
  type AdaptiveSize,
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveMaxPool2d,
} from '../tensor/adaptivePooling.ts';
import {
  type AveragePoolOptions,
  avgPool1d,
  avgPool2d,
  type MaxPoolOptions,
  maxPool1d,
  maxPool2d,
} from '../tensor/pooling.ts';
import type { PerDimension } from '../tensor/spatial.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { withBatch } from './channels.ts';
import { Module } from './module.ts';

/** A layer that is a function of its input, a size, and options. */
abstract class Pool<Size, Options> extends Module {
  readonly size: Size;
  readonly options: Options;

  constructor(size: Size, options: Options) {
    super();
    this.size = size;
    this.options = options;
  }

  abstract forward(x: Tensor): Tensor;
}

/** Options of the layers; for the places of what was chosen, see the function `maxPool2d`. */
export type MaxPoolLayerOptions = Omit<MaxPoolOptions, 'returnIndices'>;
export type AvgPool1dOptions = Omit<AveragePoolOptions, 'divisorOverride'>;

/** The largest of each window of a sequence `[batch, channels, length]`; windows lie side by side unless strided. */
export class MaxPool1d extends Pool<PerDimension, MaxPoolLayerOptions> {
  constructor(kernelSize: PerDimension, options: MaxPoolLayerOptions = {}) {
    super(kernelSize, options);
  }

  override forward(x: Tensor): Tensor {
    return maxPool1d(x, this.size, this.options);
  }
}

/** The largest of each window of an image `[batch, channels, height, width]`; windows lie side by side unless strided. */
export class MaxPool2d extends Pool<PerDimension, MaxPoolLayerOptions> {
  constructor(kernelSize: PerDimension, options: MaxPoolLayerOptions = {}) {
    super(kernelSize, options);
  }

  override forward(x: Tensor): Tensor {
    return maxPool2d(x, this.size, this.options);
  }
}

/** The mean of each window of a sequence `[batch, channels, length]`; windows lie side by side unless strided. */
export class AvgPool1d extends Pool<PerDimension, AvgPool1dOptions> {
  constructor(kernelSize: PerDimension, options: AvgPool1dOptions = {}) {
    super(kernelSize, options);
  }

  override forward(x: Tensor): Tensor {
    return avgPool1d(x, this.size, this.options);
  }
}

/** The mean of each window of an image `[batch, channels, height, width]`; windows lie side by side unless strided. */
export class AvgPool2d extends Pool<PerDimension, AveragePoolOptions> {
  constructor(kernelSize: PerDimension, options: AveragePoolOptions = {}) {
    super(kernelSize, options);
  }

  override forward(x: Tensor): Tensor {
    return avgPool2d(x, this.size, this.options);
  }
}

/** Layers that say how large the output is, instead of the windows. */
abstract class AdaptivePool<Size> extends Module {
  readonly outputSize: Size;

  constructor(outputSize: Size) {
    super();
    this.outputSize = outputSize;
  }

  abstract forward(x: Tensor): Tensor;
}

/** Means over so many parts of a sequence: `[batch, channels, length]` to `[batch, channels, outputSize]`. */
export class AdaptiveAvgPool1d extends AdaptivePool<number> {
  override forward(x: Tensor): Tensor {
    return adaptiveAvgPool1d(x, this.outputSize);
  }
}

/**
 * Means over so many parts of an image, one number or `[rows, columns]`, of which `null` keeps what is there:
 * `[batch, channels, height, width]` to `[batch, channels, rows, columns]`.
 */
export class AdaptiveAvgPool2d extends AdaptivePool<AdaptiveSize> {
  override forward(x: Tensor): Tensor {
    return adaptiveAvgPool2d(x, this.outputSize);
  }
}

/** The largest of so many parts of a sequence: `[batch, channels, length]` to `[batch, channels, outputSize]`. */
export class AdaptiveMaxPool1d extends AdaptivePool<number> {
  override forward(x: Tensor): Tensor {
    withBatch('AdaptiveMaxPool1d', x, null, [1]);
    return adaptiveMaxPool2d(x.unsqueeze(-2), [1, this.outputSize]).squeeze(-2);
  }
}

/**
 * The largest of so many parts of an image, one number or `[rows, columns]`, of which `null` keeps what is there:
 * `[batch, channels, height, width]` to `[batch, channels, rows, columns]`.
 */
export class AdaptiveMaxPool2d extends AdaptivePool<AdaptiveSize> {
  override forward(x: Tensor): Tensor {
    return adaptiveMaxPool2d(x, this.outputSize);
  }
}
