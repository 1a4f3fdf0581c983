import { oneHot, randomIntegers, randomNumbers } from '../numbers.mjs';
import { nn, np } from './setup.mjs';
import { trainingSession } from './training.mjs';

export function open({ sizes: { inputs, hidden, classes, batch } }) {
  const widths = [inputs, hidden, hidden, classes];
  const weights = widths.slice(1).flatMap((width, i) => {
    const before = widths[i];
    const matrix = np.array(randomNumbers(before * width, 1 / Math.sqrt(3 * before)), {
      shape: [before, width],
    });
    return [matrix, np.zeros([width])];
  });
  const loss = ([w1, b1, w2, b2, w3, b3], x, y) => {
    const first = nn.relu(np.matmul(x, w1).add(b1));
    const second = nn.relu(np.matmul(first, w2).add(b2));
    const logits = np.matmul(second, w3).add(b3);
    return nn
      .logSoftmax(logits)
      .mul(y)
      .sum()
      .mul(-1 / batch);
  };
  return trainingSession(weights, loss, { lr: 1e-3, betas: [0.9, 0.999] }, () => [
    np.array(randomNumbers(batch * inputs), { shape: [batch, inputs] }),
    np.array(oneHot(randomIntegers(batch, classes), classes), { shape: [batch, classes] }),
  ]);
}
