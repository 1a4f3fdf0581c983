import type { Tensor } from '../../tensor/tensor.ts';
import { Module } from '../module.ts';
import { buffer } from '../parameter.ts';
import {
  type BinaryCrossEntropyOptions,
  type BinaryCrossEntropyWithLogitsOptions,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  type HingeEmbeddingLossOptions,
  hingeEmbeddingLoss,
} from './binary.ts';
import {
  type CrossEntropyLossOptions,
  crossEntropy,
  type MultiMarginLossOptions,
  multiMarginLoss,
  type NLLLossOptions,
  nllLoss,
} from './classification.ts';
import { type KLDivLossOptions, klDivLoss } from './divergence.ts';
import type { LossOptions, Target } from './reduction.ts';
import {
  type GaussianNLLLossOptions,
  gaussianNLLLoss,
  type HuberLossOptions,
  huberLoss,
  l1Loss,
  mseLoss,
  type PoissonNLLLossOptions,
  poissonNLLLoss,
  type SmoothL1LossOptions,
  smoothL1Loss,
} from './regression.ts';
import {
  cosineEmbeddingLoss,
  type MarginOptions,
  marginRankingLoss,
  type TripletMarginLossOptions,
  tripletMarginLoss,
} from './similarity.ts';

/** A loss with its options, as a module: for those who want to choose it once. The functions are the same thing. */
abstract class Loss<Options extends object> extends Module {
  readonly options: Options;

  constructor(options: Options = {} as Options) {
    super();
    this.options = options;
  }
}

/** A loss whose weights are part of its state, as PyTorch's; `dispose` gives them back. */
abstract class WeightedLoss<Options extends { readonly weight?: Tensor | null }> extends Loss<Options> {
  readonly weight: Tensor | null;

  constructor(options: Options = {} as Options) {
    super(options);
    this.weight = options.weight ? buffer(options.weight) : null;
  }
}

/** See `mseLoss`. */
export class MSELoss extends Loss<LossOptions> {
  forward(input: Tensor, target: Target): Tensor {
    return mseLoss(input, target, this.options);
  }
}

/** See `l1Loss`. */
export class L1Loss extends Loss<LossOptions> {
  forward(input: Tensor, target: Target): Tensor {
    return l1Loss(input, target, this.options);
  }
}

/** See `smoothL1Loss`. */
export class SmoothL1Loss extends Loss<SmoothL1LossOptions> {
  forward(input: Tensor, target: Target): Tensor {
    return smoothL1Loss(input, target, this.options);
  }
}

/** See `huberLoss`. */
export class HuberLoss extends Loss<HuberLossOptions> {
  forward(input: Tensor, target: Target): Tensor {
    return huberLoss(input, target, this.options);
  }
}

/** See `gaussianNLLLoss`. */
export class GaussianNLLLoss extends Loss<GaussianNLLLossOptions> {
  forward(input: Tensor, target: Target, variance: Tensor): Tensor {
    return gaussianNLLLoss(input, target, variance, this.options);
  }
}

/** See `poissonNLLLoss`. */
export class PoissonNLLLoss extends Loss<PoissonNLLLossOptions> {
  forward(input: Tensor, target: Tensor): Tensor {
    return poissonNLLLoss(input, target, this.options);
  }
}

/** See `crossEntropy`. */
export class CrossEntropyLoss extends WeightedLoss<CrossEntropyLossOptions> {
  forward(logits: Tensor, targets: Tensor): Tensor {
    return crossEntropy(logits, targets, this.options);
  }
}

/** See `nllLoss`. */
export class NLLLoss extends WeightedLoss<NLLLossOptions> {
  forward(logProbabilities: Tensor, targets: Tensor): Tensor {
    return nllLoss(logProbabilities, targets, this.options);
  }
}

/** See `multiMarginLoss`. */
export class MultiMarginLoss extends WeightedLoss<MultiMarginLossOptions> {
  forward(scores: Tensor, targets: Tensor): Tensor {
    return multiMarginLoss(scores, targets, this.options);
  }
}

/** See `binaryCrossEntropy`. */
export class BCELoss extends WeightedLoss<BinaryCrossEntropyOptions> {
  forward(input: Tensor, target: Target): Tensor {
    return binaryCrossEntropy(input, target, this.options);
  }
}

/** See `binaryCrossEntropyWithLogits`. */
export class BCEWithLogitsLoss extends WeightedLoss<BinaryCrossEntropyWithLogitsOptions> {
  readonly pos_weight: Tensor | null;

  constructor(options: BinaryCrossEntropyWithLogitsOptions = {}) {
    super(options);
    this.pos_weight = options.posWeight ? buffer(options.posWeight) : null;
  }

  forward(logits: Tensor, target: Target): Tensor {
    return binaryCrossEntropyWithLogits(logits, target, this.options);
  }
}

/** See `klDivLoss`. */
export class KLDivLoss extends Loss<KLDivLossOptions> {
  forward(input: Tensor, target: Tensor): Tensor {
    return klDivLoss(input, target, this.options);
  }
}

/** See `hingeEmbeddingLoss`. */
export class HingeEmbeddingLoss extends Loss<HingeEmbeddingLossOptions> {
  forward(input: Tensor, target: Target): Tensor {
    return hingeEmbeddingLoss(input, target, this.options);
  }
}

/** See `cosineEmbeddingLoss`. */
export class CosineEmbeddingLoss extends Loss<MarginOptions> {
  forward(a: Tensor, b: Tensor, target: Target): Tensor {
    return cosineEmbeddingLoss(a, b, target, this.options);
  }
}

/** See `marginRankingLoss`. */
export class MarginRankingLoss extends Loss<MarginOptions> {
  forward(a: Tensor, b: Tensor, target: Target): Tensor {
    return marginRankingLoss(a, b, target, this.options);
  }
}

/** See `tripletMarginLoss`. */
export class TripletMarginLoss extends Loss<TripletMarginLossOptions> {
  forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    return tripletMarginLoss(anchor, positive, negative, this.options);
  }
}
