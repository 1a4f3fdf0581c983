import { crossEntropy, Dropout, type LayerOptions, Linear, Module } from '../../nn/index.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { checkIntegers, checkNumbers, checkSizes } from '../images/checkConfig.ts';

export interface MLPConfig {
  /** How many numbers one example has. */
  readonly inputs: number;
  readonly classes: number;
  /** Default [256, 128]. */
  readonly widths?: readonly number[];
  /** Default 0. */
  readonly dropout?: number;
}

/** @throws RangeError that names the setting that is wrong. */
export function completeMLPConfig(config: MLPConfig): Required<MLPConfig> {
  const complete = { widths: [256, 128], dropout: 0, ...config };
  checkIntegers('MLP', complete, ['inputs', 'classes']);
  checkSizes('MLP', complete, ['widths']);
  checkNumbers('MLP', complete, ['dropout'], 0, 1);
  return complete;
}

/**
 * A multilayer perceptron (Rumelhart et al., Learning Representations by Back-Propagating Errors, 1986), with ReLU between
 * its layers.
 */
export class MLP extends Module {
  readonly config: Required<MLPConfig>;
  readonly layers: readonly Linear[];
  readonly dropout: Dropout;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: MLPConfig, options: LayerOptions = {}) {
    super();
    this.config = completeMLPConfig(config);
    const { inputs, widths, classes, dropout } = this.config;
    const sizes = [inputs, ...widths, classes];
    this.layers = sizes.slice(1).map((size, i) => new Linear(sizes[i] as number, size, options));
    this.dropout = new Dropout(dropout, options);
  }

  /** [batch, ..] to what the last layer sees, [batch, widths.at(-1)]. */
  features(x: Tensor): Tensor {
    let h = x.flatten(1);
    for (const layer of this.layers.slice(0, -1)) h = this.dropout.forward(layer.forward(h).relu());
    return h;
  }

  /** [batch, ..] to logits [batch, classes]. */
  forward(x: Tensor): Tensor {
    return (this.layers.at(-1) as Linear).forward(this.features(x));
  }

  /** `loss`: the mean surprise at the right class, in nats, and `accuracy`, the part that is right. */
  loss(x: Tensor, labels: Tensor): ClassifierLoss {
    return classifierLoss(this.forward(x), labels);
  }
}

export interface ClassifierLoss {
  readonly loss: Tensor;
  readonly accuracy: Tensor;
}

/** @param logits [batch, classes]  @param labels int32 [batch] */
export const classifierLoss = (logits: Tensor, labels: Tensor): ClassifierLoss => ({
  loss: crossEntropy(logits, labels),
  accuracy: logits.argmax(-1).eq(labels).to(logits.dtype).mean(),
});
