import { oneHot, randomIntegers, randomNumbers } from '../numbers.mjs';
import { nn, np } from './setup.mjs';
import { trainingSession } from './training.mjs';

const EPS = 1e-5;

function layerNorm(x, scale) {
  const centered = x.ref.sub(np.mean(x, -1, { keepdims: true }));
  const variance = np.mean(np.square(centered.ref), -1, { keepdims: true });
  return centered.div(np.sqrt(variance.add(EPS))).mul(scale);
}

/** A GPT without biases; tokens come as one-hot rows, as the gradient of a gather is not to be had. */
export function open({ sizes: { vocabulary, block, layers, heads, width, batch } }) {
  const matrix = (rows, columns) => np.array(randomNumbers(rows * columns, 0.02), { shape: [rows, columns] });
  const blockWeights = () => [
    ...[np.ones([width]), np.ones([width])],
    ...[matrix(width, 3 * width), matrix(width, width), matrix(width, 4 * width), matrix(4 * width, width)],
  ];
  const weights = [
    ...[matrix(vocabulary, width), matrix(block, width), np.ones([width])],
    ...Array.from({ length: layers }, blockWeights).flat(),
  ];
  const perBlock = 6;
  const tokens = batch * block;
  const size = width / heads;

  const mask = new Float32Array(block * block);
  for (let row = 0; row < block; row++) mask.fill(-1e9, row * block + row + 1, (row + 1) * block);

  const linear = (x, weight) => {
    const [from, to] = weight.shape;
    return np.matmul(x.reshape([tokens, from]), weight).reshape([batch, block, to]);
  };
  const attention = (x, qkv, later) => {
    const [q, k, v] = np
      .split(linear(x, qkv), 3, 2)
      .map((part) => np.transpose(part.reshape([batch, block, heads, size]), [0, 2, 1, 3]));
    const scores = np.matmul(q, np.transpose(k, [0, 1, 3, 2])).mul(1 / Math.sqrt(size));
    const mixed = np.matmul(nn.softmax(scores.add(later), -1), v);
    return np.transpose(mixed, [0, 2, 1, 3]).reshape([batch, block, width]);
  };
  const loss = ([embedding, places, lastScale, ...blocks], x, y, later) => {
    let h = np.matmul(x, embedding.ref).reshape([batch, block, width]).add(places);
    for (let i = 0; i < layers; i++) {
      const [scale1, scale2, qkv, out, wide, narrow] = blocks.slice(i * perBlock, (i + 1) * perBlock);
      h = h.ref.add(linear(attention(layerNorm(h, scale1), qkv, later.ref), out));
      h = h.ref.add(linear(nn.gelu(linear(layerNorm(h, scale2), wide), { approximate: true }), narrow));
    }
    later.dispose();
    const logits = np.matmul(
      layerNorm(h, lastScale).reshape([tokens, width]),
      np.transpose(embedding, [1, 0]),
    );
    return nn
      .logSoftmax(logits, -1)
      .mul(y)
      .sum()
      .mul(-1 / tokens);
  };

  const rows = () =>
    np.array(oneHot(randomIntegers(tokens, vocabulary), vocabulary), { shape: [tokens, vocabulary] });
  const later = () => np.array(mask, { shape: [1, 1, block, block] });
  const settings = { lr: 1e-3, betas: [0.9, 0.99], weightDecay: 0.1, maxNorm: 1 };
  return trainingSession(weights, loss, settings, () => [rows(), rows(), later()]);
}
