import { checkFinite } from '../numbers.mjs';
import { blockUntilReady, jit, np, valueAndGrad } from './setup.mjs';

/**
 * A session of training steps with Adam, each one compiled function: gradients, means and new weights.
 *
 * @param loss of the weights and a batch
 * @param settings lr, betas, eps, and weightDecay of matrices (AdamW; Loshchilov and Hutter, arXiv:1711.05101)
 * @param makeBatch arrays for one step
 */
export function trainingSession(
  weights,
  loss,
  { lr, betas, eps = 1e-8, weightDecay = 0, maxNorm },
  makeBatch,
) {
  const [beta1, beta2] = betas;
  const step = jit((all, means, squares, count, ...batch) => {
    const [value, gradients] = valueAndGrad(loss)(
      all.map((weight) => weight.ref),
      ...batch,
    );
    const factor = maxNorm === undefined ? null : clippingFactor(gradients, maxNorm);
    const correction = (beta) => np.array(1).sub(np.exp(count.ref.mul(Math.log(beta))));
    const correction1 = correction(beta1);
    const correction2 = correction(beta2);
    count.dispose();
    const updated = all.map((weight, i) => {
      const gradient = factor ? gradients[i].mul(factor.ref) : gradients[i];
      const mean = means[i].mul(beta1).add(gradient.ref.mul(1 - beta1));
      const square = squares[i].mul(beta2).add(np.square(gradient).mul(1 - beta2));
      const root = np.sqrt(square.ref.div(correction2.ref)).add(eps);
      const change = mean.ref.div(correction1.ref).mul(lr).div(root);
      const decays = weightDecay > 0 && weight.shape.length >= 2;
      return { weight: (decays ? weight.mul(1 - lr * weightDecay) : weight).sub(change), mean, square };
    });
    for (const used of [correction1, correction2, factor]) used?.dispose();
    const column = (name) => updated.map((row) => row[name]);
    return [value, column('weight'), column('mean'), column('square')];
  });

  let state = [weights, ...[0, 1].map(() => weights.map((weight) => np.zeros(weight.shape)))];
  let count = 0;
  let batches = [];
  let losses = [];
  return {
    async prepare(steps) {
      for (let i = 0; i < steps; i++) batches.push(makeBatch());
      await blockUntilReady(batches);
    },
    async run() {
      losses = [];
      for (const batch of batches) {
        const [value, ...next] = step(...state, np.array(++count), ...batch);
        state = next;
        losses.push((await value.data())[0]);
        await blockUntilReady(state);
      }
      batches = [];
    },
    inspect: () => checkFinite(losses, 'training'),
  };
}

/** What gradients are multiplied by so that their norm is at most `maxNorm` (Pascanu et al., arXiv:1211.5063). */
function clippingFactor(gradients, maxNorm) {
  const squares = gradients.map((gradient) => np.square(gradient.ref).sum());
  const norm = np.sqrt(squares.reduce((total, square) => total.add(square)));
  return np.minimum(np.reciprocal(norm.add(1e-6)).mul(maxNorm), 1);
}
