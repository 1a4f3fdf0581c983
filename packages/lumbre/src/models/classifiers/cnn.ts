import { Conv2d, Dropout, type LayerOptions, Linear, Module } from '../../nn/index.ts';
import { maxPool2d } from '../../tensor/pooling.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { checkHalvings, checkIntegers, checkNumbers, checkSizes } from '../images/checkConfig.ts';
import { checkPictures } from '../images/pictureNets.ts';
import { type ClassifierLoss, classifierLoss } from './mlp.ts';

export interface CNNConfig {
  /** Pictures are squares of so many pixels a side. */
  readonly imageSize: number;
  /** 1 for grey, 3 for colours. */
  readonly channels: number;
  readonly classes: number;
  /** Channels of the convolutions; after each, the picture is halved. Default [16, 32]. */
  readonly widths?: readonly number[];
  /** An odd number. Default 5. */
  readonly kernelSize?: number;
  /** The layer before the last, which `features` gives. Default 128. */
  readonly hidden?: number;
  /** Of that layer. Default 0.25. */
  readonly dropout?: number;
}

/** @throws RangeError that names the setting that is wrong. */
export function completeCNNConfig(config: CNNConfig): Required<CNNConfig> {
  const complete = { widths: [16, 32], kernelSize: 5, hidden: 128, dropout: 0.25, ...config };
  checkIntegers('CNN', complete, ['imageSize', 'channels', 'classes', 'kernelSize', 'hidden']);
  checkSizes('CNN', complete, ['widths']);
  checkNumbers('CNN', complete, ['dropout'], 0, 1);
  checkHalvings('CNN', complete.imageSize, complete.widths.length);
  if (complete.kernelSize % 2 === 0) {
    throw new RangeError(`CNN: kernelSize must be odd, not ${complete.kernelSize}.`);
  }
  return complete;
}

/**
 * Convolutions and pooling, then layers that see everything (LeCun et al., Gradient-Based Learning Applied to Document
 * Recognition, 1998), with today's ReLU, max pooling and dropout.
 */
export class CNN extends Module {
  readonly config: Required<CNNConfig>;
  readonly convs: readonly Conv2d[];
  readonly fc1: Linear;
  readonly fc2: Linear;
  readonly dropout: Dropout;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: CNNConfig, options: LayerOptions = {}) {
    super();
    this.config = completeCNNConfig(config);
    const { imageSize, channels, classes, widths, kernelSize, hidden, dropout } = this.config;
    const padding = (kernelSize - 1) / 2;
    this.convs = widths.map(
      (width, i) => new Conv2d(widths[i - 1] ?? channels, width, kernelSize, { ...options, padding }),
    );
    const side = imageSize / 2 ** widths.length;
    this.fc1 = new Linear((widths.at(-1) as number) * side * side, hidden, options);
    this.fc2 = new Linear(hidden, classes, options);
    this.dropout = new Dropout(dropout, options);
  }

  /** [batch, channels, height, width] to what the last layer sees, [batch, hidden]. */
  features(x: Tensor): Tensor {
    checkPictures('CNN', x, this.config);
    let h = x;
    for (const conv of this.convs) h = maxPool2d(conv.forward(h), 2).relu();
    return this.fc1.forward(h.flatten(1)).relu();
  }

  /** [batch, channels, height, width] to logits [batch, classes]. */
  forward(x: Tensor): Tensor {
    return this.fc2.forward(this.dropout.forward(this.features(x)));
  }

  /** `loss`: the mean surprise at the right class, in nats, and `accuracy`, the part that is right. */
  loss(x: Tensor, labels: Tensor): ClassifierLoss {
    return classifierLoss(this.forward(x), labels);
  }
}
