import { where } from '../tensor/combine.ts';
import { zerosLike } from '../tensor/creation.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { EULER, Exponential, Gumbel, Laplace, Uniform } from './continuous.ts';
import { Bernoulli, Categorical, Multinomial, OneHotCategorical } from './discrete.ts';
import type { Distribution } from './distribution.ts';
import { Beta, Dirichlet, Gamma } from './gamma.ts';
import { Independent, sumRightmost } from './independent.ts';
import { LogNormal, Normal } from './normal.ts';

/**
 * Kullback and Leibler's divergence of pairs of distributions, Σ p (log p - log q), in closed form: the pairs and
 * formulas of PyTorch's torch.distributions.kl, and Multinomial.
 */

const INFINITY = Number.POSITIVE_INFINITY;

type Class<D extends Distribution> = abstract new (...args: never[]) => D;
type Formula = (p: Distribution, q: Distribution) => Tensor;

/** Formulas by the classes of p and q. */
const formulas = new Map<Class<Distribution>, Map<Class<Distribution>, Formula>>();

function register<P extends Distribution, Q extends Distribution>(
  p: Class<P>,
  q: Class<Q>,
  formula: (p: P, q: Q) => Tensor,
): void {
  const row = formulas.get(p) ?? new Map<Class<Distribution>, Formula>();
  row.set(q, formula as unknown as Formula);
  formulas.set(p, row);
}

/**
 * KL(p ‖ q), the expected log p - log q under p, in nats [batch..].
 * @throws TypeError naming both when the pair has no formula here.
 */
export function klDivergence(p: Distribution, q: Distribution): Tensor {
  const formula = formulas
    .get(p.constructor as Class<Distribution>)
    ?.get(q.constructor as Class<Distribution>);
  if (!formula) {
    throw new TypeError(
      `klDivergence: no closed form for ${p.name} and ${q.name} is implemented; estimate it as the mean of ` +
        'p.logProb(x) - q.logProb(x) over samples x of p.',
    );
  }
  return formula(p, q);
}

/** x log x, 0 at 0. */
const xlogx = (x: Tensor): Tensor => x.xlogy(x);

// --- the same family --------------------------------------------------------------------------------------------------

register(Normal, Normal, (p, q) => {
  const ratio = p.scale.div(q.scale).square();
  const distance = p.loc.sub(q.loc).div(q.scale).square();
  return ratio.add(distance).sub(1).sub(ratio.log()).mul(0.5);
});

register(LogNormal, LogNormal, (p, q) => klDivergence(p.base, q.base));

register(Uniform, Uniform, (p, q) => {
  const value = q.high.sub(q.low).div(p.high.sub(p.low)).log();
  return where(q.low.gt(p.low).logicalOr(q.high.lt(p.high)), INFINITY, value);
});

register(Exponential, Exponential, (p, q) => {
  const ratio = q.rate.div(p.rate);
  return ratio.sub(ratio.log()).sub(1);
});

register(Laplace, Laplace, (p, q) => {
  const ratio = p.scale.div(q.scale);
  const distance = p.loc.sub(q.loc).abs();
  const overlap = ratio.mul(distance.div(p.scale).neg().exp());
  return distance.div(q.scale).add(overlap).sub(ratio.log()).sub(1);
});

register(Gumbel, Gumbel, (p, q) => {
  const ratio = p.scale.div(q.scale);
  const shift = q.loc.sub(p.loc).div(q.scale);
  const tail = shift.add(ratio.add(1).lgamma()).exp();
  return ratio
    .mul(EULER)
    .add(tail)
    .sub(ratio.log())
    .sub(shift)
    .sub(1 + EULER);
});

register(Gamma, Gamma, (p, q) => {
  const [a, b] = [p.concentration, q.concentration];
  const rates = b.mul(p.rate.div(q.rate).log());
  const shapes = a.sub(b).mul(a.digamma());
  const means = q.rate.sub(p.rate).mul(a.div(p.rate));
  return rates.add(b.lgamma()).sub(a.lgamma()).add(shapes).add(means);
});

register(Beta, Beta, (p, q) => {
  const [p1, p0, q1, q0] = [p.concentration1, p.concentration0, q.concentration1, q.concentration0];
  const [sumP, sumQ] = [p1.add(p0), q1.add(q0)];
  const ofQ = q1.lgamma().add(q0.lgamma()).add(sumP.lgamma());
  const ofP = p1.lgamma().add(p0.lgamma()).add(sumQ.lgamma());
  const slopes = p1.sub(q1).mul(p1.digamma()).add(p0.sub(q0).mul(p0.digamma()));
  return ofQ.sub(ofP).add(slopes).add(sumQ.sub(sumP).mul(sumP.digamma()));
});

register(Dirichlet, Dirichlet, (p, q) => {
  const [a, b] = [p.concentration, q.concentration];
  const normalizer = (x: Tensor) => x.sum(-1).lgamma().sub(x.lgamma().sum(-1));
  const expected = a.digamma().sub(a.sum(-1, { keepdim: true }).digamma());
  return normalizer(a).sub(normalizer(b)).add(a.sub(b).mul(expected).sum(-1));
});

register(Bernoulli, Bernoulli, (p, q) => {
  const ones = q.logits.neg().softplus().sub(p.logits.neg().softplus());
  const zeros = q.logits.softplus().sub(p.logits.softplus());
  const value = p.probs.mul(ones).add(p.probs.neg().add(1).mul(zeros));
  const impossible = q.probs
    .eq(0)
    .logicalAnd(p.probs.gt(0))
    .logicalOr(q.probs.eq(1).logicalAnd(p.probs.lt(1)));
  return where(impossible, INFINITY, value);
});

function categorical(p: Categorical, q: Categorical): Tensor {
  const term = p.probs.mul(p.logits.sub(q.logits));
  const known = where(q.probs.eq(0).logicalAnd(p.probs.gt(0)), INFINITY, term);
  return where(p.probs.eq(0), 0, known).sum(-1);
}

register(Categorical, Categorical, categorical);
register(OneHotCategorical, OneHotCategorical, (p, q) => categorical(p.categorical, q.categorical));
register(Multinomial, Multinomial, (p, q) => {
  if (p.totalCount !== q.totalCount) {
    throw new RangeError(
      `klDivergence: the Multinomial distributions count ${p.totalCount} and ${q.totalCount} draws; these must agree.`,
    );
  }
  return categorical(p.categorical, q.categorical).mul(p.totalCount);
});

register(Independent, Independent, (p, q) => {
  if (p.reinterpretedBatchNdims !== q.reinterpretedBatchNdims) {
    throw new RangeError(
      `klDivergence: the Independent distributions have ${p.reinterpretedBatchNdims} and ` +
        `${q.reinterpretedBatchNdims} batch dimensions as their event; these must agree.`,
    );
  }
  return sumRightmost(klDivergence(p.base, q.base), p.reinterpretedBatchNdims);
});

// --- to a normal distribution: -entropy + ½ log 2πσ² + the expected square of the distance / 2σ² ----------------------

for (const family of [Beta, Exponential, Gamma, Gumbel, Laplace, Uniform]) {
  register<Distribution, Normal>(family, Normal, (p, q) => {
    const variance = q.scale.square();
    const square = p.variance.add(p.mean.sub(q.loc).square());
    const crossEntropy = variance
      .mul(2 * Math.PI)
      .log()
      .add(square.div(variance))
      .mul(0.5);
    return crossEntropy.sub(p.entropy());
  });
}

// --- to an exponential or a gamma distribution: by the expected value and the expected logarithm ----------------------

for (const family of [Beta, Gamma]) {
  register<Distribution, Exponential>(family, Exponential, (p, q) =>
    q.rate.mul(p.mean).sub(q.rate.log()).sub(p.entropy()),
  );
}

const toGamma = (p: Distribution, q: Gamma, expectedLog: Tensor): Tensor => {
  const a = q.concentration;
  const normalizer = a.lgamma().sub(a.mul(q.rate.log()));
  return normalizer.sub(a.sub(1).mul(expectedLog)).add(q.rate.mul(p.mean)).sub(p.entropy());
};

register(Beta, Gamma, (p, q) => {
  const expectedLog = p.concentration1.digamma().sub(p.concentration1.add(p.concentration0).digamma());
  return toGamma(p, q, expectedLog);
});
register(Exponential, Gamma, (p, q) => toGamma(p, q, p.rate.log().add(EULER).neg()));

/** The expected logarithm of a uniform variable, times its range. */
const logIntegral = (low: Tensor, high: Tensor): Tensor => xlogx(high).sub(xlogx(low)).sub(high.sub(low));

register(Uniform, Gamma, (p, q) => {
  const expectedLog = logIntegral(p.low.clamp({ min: 0 }), p.high).div(p.high.sub(p.low));
  return where(p.low.lt(0), INFINITY, toGamma(p, q, expectedLog));
});

register(Uniform, Exponential, (p, q) => {
  const value = q.rate.mul(p.mean).sub(p.high.sub(p.low).mul(q.rate).log());
  return where(p.low.lt(0), INFINITY, value);
});

// --- to a uniform or a beta distribution ------------------------------------------------------------------------------

register(Beta, Uniform, (p, q) => {
  const value = q.high.sub(q.low).log().sub(p.entropy());
  return where(q.low.gt(0).logicalOr(q.high.lt(1)), INFINITY, value);
});

register(Uniform, Beta, (p, q) => {
  const range = p.high.sub(p.low);
  const [a, b] = [q.concentration1, q.concentration0];
  const inside = (x: Tensor) => x.clamp({ min: 0, max: 1 });
  const [low, high] = [inside(p.low), inside(p.high)];
  const lower = a.sub(1).mul(logIntegral(low, high));
  const upper = b.sub(1).mul(logIntegral(high.neg().add(1), low.neg().add(1)));
  const normalizer = a.lgamma().add(b.lgamma()).sub(a.add(b).lgamma());
  const value = normalizer.sub(lower.add(upper).div(range)).sub(range.log());
  return where(p.high.gt(1).logicalOr(p.low.lt(0)), INFINITY, value);
});

// --- to a Gumbel distribution: by the expected value and the expected e^(-x / scale) ----------------------------------

const toGumbel = (p: Distribution, q: Gumbel, expectedExponential: Tensor): Tensor => {
  const shift = q.loc.div(q.scale);
  const mean = p.mean.div(q.scale).sub(shift);
  return q.scale.log().add(mean).add(shift.exp().mul(expectedExponential)).sub(p.entropy());
};

register(Normal, Gumbel, (p, q) => {
  const ratio = p.scale.div(q.scale);
  return toGumbel(p, q, ratio.square().mul(0.5).sub(p.loc.div(q.scale)).exp());
});
register(Exponential, Gumbel, (p, q) => {
  const product = p.rate.mul(q.scale);
  return toGumbel(p, q, product.div(product.add(1)));
});
register(Gamma, Gumbel, (p, q) => {
  const growth = p.rate.mul(q.scale).reciprocal().log1p();
  return toGumbel(p, q, p.concentration.mul(growth).neg().exp());
});
register(Uniform, Gumbel, (p, q) => {
  const at = (x: Tensor) => x.div(q.scale).neg().exp();
  return toGumbel(p, q, at(p.low).sub(at(p.high)).mul(q.scale).div(p.high.sub(p.low)));
});

// --- to a Laplace distribution ----------------------------------------------------------------------------------------

register(Normal, Laplace, (p, q) => {
  const distance = p.loc.sub(q.loc);
  const standard = distance.div(p.scale);
  const bell = p.scale.mul(Math.sqrt(2 / Math.PI)).mul(standard.square().mul(-0.5).exp());
  const expected = bell.add(distance.mul(standard.mul(Math.SQRT1_2).erf()));
  return expected.div(q.scale).add(q.scale.mul(2).log()).sub(p.entropy());
});

// --- where p has mass and q has none ----------------------------------------------------------------------------------

const infinite: readonly (readonly [Class<Distribution>, readonly Class<Distribution>[]])[] = [
  [Exponential, [Beta, Uniform]],
  [Gamma, [Beta, Uniform]],
  [Gumbel, [Beta, Exponential, Gamma, Uniform]],
  [Laplace, [Beta, Exponential, Gamma, Uniform]],
  [Normal, [Beta, Exponential, Gamma, Uniform]],
];
for (const [p, classes] of infinite) {
  for (const q of classes) {
    register(p, q, (a, b) => zerosLike(a.mean.add(b.mean)).add(INFINITY));
  }
}
