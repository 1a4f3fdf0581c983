import { BatchNorm2d, Embedding, type LayerOptions, Module, parameter } from '../../nn/index.ts';
import { ones, zeros } from '../../tensor/creation.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/**
 * Batch norm with a scale and a shift for each class (Dumoulin et al., A Learned Representation for Artistic Style,
 * arXiv:1610.07629). At first they are the same for all classes.
 */
export class ConditionalBatchNorm2d extends Module {
  readonly norm: BatchNorm2d;
  readonly scale: Embedding;
  readonly shift: Embedding;

  constructor(classes: number, numFeatures: number, { dtype, device }: LayerOptions = {}) {
    super();
    const [shape, place] = [[classes, numFeatures], { dtype, device }];
    this.norm = new BatchNorm2d(numFeatures, { ...place, affine: false });
    this.scale = new Embedding(classes, numFeatures, { weight: parameter(ones(shape, place)) });
    this.shift = new Embedding(classes, numFeatures, { weight: parameter(zeros(shape, place)) });
  }

  /** [batch, numFeatures, height, width] and labels [batch] to the shape of the first. */
  forward(x: Tensor, labels: Tensor): Tensor {
    const [scale, shift] = [this.scale, this.shift].map((table) =>
      table.forward(labels).unsqueeze(-1).unsqueeze(-1),
    ) as [Tensor, Tensor];
    return this.norm.forward(x).mul(scale).add(shift);
  }
}
