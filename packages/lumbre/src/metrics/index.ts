/**
 * Figures that say how good a model is: pure functions over arrays or tensors, with true values first, as in
 * scikit-learn, and metrics that gather batches. They read values, so they stand outside of compiled functions.
 */
export {
  type AverageOptions,
  accuracy,
  type ClassFigures,
  classFigures,
  classificationReport,
  f1,
  logLoss,
  precision,
  recall,
  topKAccuracy,
} from './classification.ts';
export { adjustedRandIndex, normalizedMutualInfo, purity, silhouetteScore } from './clustering.ts';
export { type ConfusionMatrix, confusionMatrix } from './confusion.ts';
export {
  distinctN,
  meanPairwiseDistance,
  type NearestTraining,
  nearestTrainingDistance,
} from './diversity.ts';
export { type FeatureStatistics, featureStatistics, frechetDistance, frechetDistanceOf } from './frechet.ts';
export {
  type KernelInceptionDistance,
  type KernelInceptionOptions,
  kernelInceptionDistance,
} from './kernelInception.ts';
export { bitsPerCharacter, perplexity } from './language.ts';
export { densityCoverage, precisionRecall } from './manifold.ts';
export { kNearest, type Neighbors } from './neighbors.ts';
export { averagePrecision, rocAuc } from './ranking.ts';
export { meanAbsoluteError, meanSquaredError, r2Score, rootMeanSquaredError } from './regression.ts';
export { Accuracy, Mean, MeanAbsoluteError, MeanSquaredError, type StreamingMetric } from './streaming.ts';
export { type HostRows, type Rows, rowsOf, type Values } from './values.ts';
