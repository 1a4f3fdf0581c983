import { eye, full, zeros } from '../../tensor/creation.ts';
import { scan } from '../../tensor/scan.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/** Halvings of the interval of each row's precision: as exact as float32 has them. */
const BISECTIONS = 60;
/** Distances are scaled to a mean of 1; rows with more copies than the perplexity would go on for ever. */
const LARGEST_PRECISION = 1e6;
/** What a probability is at least. */
const SMALLEST = 1e-12;

/**
 * The joint probabilities [n, n] of t-SNE (van der Maaten and Hinton 2008, section 2): normal distributions around each
 * sample, each as wide as gives it `perplexity` neighbours, made symmetric.
 *
 * @param x [n, d], centered
 */
export function jointProbabilities(x: Tensor, perplexity: number): Tensor {
  const n = x.shape[0] as number;
  const { device, dtype } = x;
  const options = { device, dtype };
  const lengths = x.square().sum(1, { keepdim: true });
  const squared = lengths.add(lengths.mT).sub(x.matmul(x.mT).mul(2)).clamp({ min: 0 });
  const diagonal = eye(n, n, { device, dtype: 'bool' });
  const scaled = squared
    .div(squared.mean().clamp({ min: 1e-30 }))
    .maskedFill(diagonal, Number.POSITIVE_INFINITY);
  // Only differences within a row count, and the nearest neighbour always has a weight.
  const distances = scaled.sub(scaled.amin(1, { keepdim: true })).maskedFill(diagonal, 0);
  const others = diagonal.logicalNot().to(dtype);
  const weights = (precision: Tensor) => distances.mul(precision).neg().exp().mul(others);

  const search = ([precision, low, high]: [Tensor, Tensor, Tensor]): [[Tensor, Tensor, Tensor], null] => {
    const p = weights(precision);
    const sum = p.sum(1, { keepdim: true });
    const entropy = sum.log().add(precision.mul(p.mul(distances).sum(1, { keepdim: true })).div(sum));
    const tooWide = entropy.gt(Math.log(perplexity));
    const nextLow = precision.where(tooWide, low);
    const nextHigh = high.where(tooWide, precision);
    const middle = nextLow.add(nextHigh).mul(0.5);
    const next = middle
      .where(nextHigh.lt(LARGEST_PRECISION), precision.mul(2))
      .clamp({ max: LARGEST_PRECISION });
    return [[next, nextLow, nextHigh], null];
  };
  const start: [Tensor, Tensor, Tensor] = [
    full([n, 1], 1, options),
    zeros([n, 1], options),
    full([n, 1], LARGEST_PRECISION, options),
  ];
  const [[precision]] = scan(search, start, null, { length: BISECTIONS });
  const p = weights(precision);
  const conditional = p.div(p.sum(1, { keepdim: true }));
  return conditional
    .add(conditional.mT)
    .div(2 * n)
    .clamp({ min: SMALLEST })
    .mul(others);
}

/** Differences [n, n] of all pairs along each dimension, and the weights 1 / (1 + |yᵢ - yⱼ|²) of Student's t. */
function pairs(Y: Tensor) {
  const dimensions = Array.from({ length: Y.shape[1] as number }, (_, c) => Y.narrow(1, c, 1));
  const differences = dimensions.map((y) => y.sub(y.mT));
  const squared = differences.map((d) => d.square()).reduce((a, b) => a.add(b));
  return { differences, squared, weights: squared.add(1).reciprocal() };
}

/**
 * The gradient [n, dimensions] of the divergence with respect to the map Y [n, dimensions]: 4 Σⱼ (pᵢⱼ - qᵢⱼ) wᵢⱼ (yᵢ - yⱼ),
 * where qᵢⱼ = wᵢⱼ / Z. Attraction and repulsion are summed apart, so that Z is known when both are and each pair is
 * looked at once.
 *
 * @param exaggeration what P is multiplied by: a scalar
 */
export function tsneGradient(P: Tensor, Y: Tensor, exaggeration: Tensor | number = 1): Tensor {
  const n = Y.shape[0] as number;
  const { differences, weights } = pairs(Y);
  // A sample's weight with itself is 1, and does not count.
  const total = weights.sum(1).sum().sub(n);
  const attracted = P.mul(weights);
  const repelled = weights.square();
  const parts = differences.map((d) => {
    const [attraction, repulsion] = [attracted.mul(d).sum(1), repelled.mul(d).sum(1)];
    return attraction.mul(exaggeration).sub(repulsion.div(total)).mul(4).unsqueeze(1);
  });
  return parts.slice(1).reduce((whole, part) => join(whole, part), parts[0] as Tensor);
}

const join = (a: Tensor, b: Tensor): Tensor => {
  const [left, right] = [a.shape[1] as number, b.shape[1] as number];
  return a
    .pad([
      [0, 0],
      [0, right],
    ])
    .add(
      b.pad([
        [0, 0],
        [left, 0],
      ]),
    );
};

/** The Kullback-Leibler divergence of the map's probabilities from P: what t-SNE makes small. */
export function tsneDivergence(P: Tensor, Y: Tensor): Tensor {
  const n = Y.shape[0] as number;
  const { squared, weights } = pairs(Y);
  const total = weights.sum(1).sum().sub(n);
  const logs = P.clamp({ min: SMALLEST }).log().add(squared.log1p());
  return P.mul(logs).sum(1).sum().add(P.sum(1).sum().mul(total.log()));
}
