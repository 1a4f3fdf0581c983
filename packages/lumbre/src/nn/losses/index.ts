export {
  type BinaryCrossEntropyOptions,
  type BinaryCrossEntropyWithLogitsOptions,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  type HingeEmbeddingLossOptions,
  hingeEmbeddingLoss,
} from './binary.ts';
export {
  type CrossEntropyLossOptions,
  crossEntropy,
  type MultiMarginLossOptions,
  multiMarginLoss,
  type NLLLossOptions,
  nllLoss,
} from './classification.ts';
export { type KLDivLossOptions, klDivLoss } from './divergence.ts';
export {
  BCELoss,
  BCEWithLogitsLoss,
  CosineEmbeddingLoss,
  CrossEntropyLoss,
  GaussianNLLLoss,
  HingeEmbeddingLoss,
  HuberLoss,
  KLDivLoss,
  L1Loss,
  MarginRankingLoss,
  MSELoss,
  MultiMarginLoss,
  NLLLoss,
  PoissonNLLLoss,
  SmoothL1Loss,
  TripletMarginLoss,
} from './modules.ts';
export type { LossOptions, Reduction, Target } from './reduction.ts';
export {
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
export {
  cosineEmbeddingLoss,
  type MarginOptions,
  marginRankingLoss,
  type TripletMarginLossOptions,
  tripletMarginLoss,
} from './similarity.ts';
