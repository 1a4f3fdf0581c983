/**
 * Models without layers, with scikit-learn's names and options in camelCase: fitted to samples [n, d], they group,
 * describe, map and predict. Those that iterate can be driven step by step.
 */
export { Estimator, type Samples, type SavedEstimator, type Targets } from './estimator.ts';
export {
  GaussianMixture,
  type GaussianMixtureConfig,
  type GaussianMixtureProgress,
} from './gaussianMixture.ts';
export type { CovarianceType } from './gaussianSteps.ts';
export { type FitOptions, type FittingState, IterativeEstimator, type Progress } from './iterative.ts';
export { KMeans, type KMeansConfig, type KMeansProgress } from './kmeans.ts';
export { type Evaluation, LBFGS, type LBFGSOptions } from './lbfgs.ts';
export {
  LinearRegression,
  type LinearRegressionConfig,
  Ridge,
  type RidgeConfig,
} from './linearRegression.ts';
export {
  LogisticRegression,
  type LogisticRegressionConfig,
  type LogisticRegressionProgress,
} from './logisticRegression.ts';
export { NearestNeighbors, type NearestNeighborsConfig } from './nearestNeighbors.ts';
export { PCA, type PCAConfig } from './pca.ts';
export { type PolynomialFeaturesOptions, polynomialFeatures } from './polynomialFeatures.ts';
export { TSNE, type TSNEConfig, type TSNEProgress } from './tsne.ts';
