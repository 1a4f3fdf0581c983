export { Exponential, Gumbel, Laplace, Uniform } from './continuous.ts';
export {
  Bernoulli,
  Categorical,
  Multinomial,
  OneHotCategorical,
  type ProbabilityOptions,
  RelaxedOneHotCategorical,
} from './discrete.ts';
export { Distribution, type SampleOptions } from './distribution.ts';
export { Beta, Dirichlet, Gamma, StudentT } from './gamma.ts';
export { Independent } from './independent.ts';
export { klDivergence } from './kl.ts';
export { LogNormal, Normal } from './normal.ts';
