import { argmax, checkFinite, makePool, randomIntegers } from '../numbers.mjs';
import { blockUntilReady, jit, nn, np } from './setup.mjs';

const EPS = 1e-5;
const PER_BLOCK = 12;
const HIDDEN = -1e9;

function layerNorm(x, scale, shift) {
  const centered = x.ref.sub(np.mean(x, -1, { keepdims: true }));
  const variance = np.mean(np.square(centered.ref), -1, { keepdims: true });
  return centered
    .div(np.sqrt(variance.add(EPS)))
    .mul(scale)
    .add(shift);
}

const linear = (x, weight, bias) => np.matmul(x, weight).add(bias);

/** Weights of a GPT-2, in the order in which `transform` takes them. */
function makeWeights({ vocabulary, block, layers, width }) {
  const pool = makePool(vocabulary * width);
  const matrix = (rows, columns) => {
    const values = pool().slice(0, rows * columns);
    return np.array(
      values.map((value) => value * 0.02),
      { shape: [rows, columns] },
    );
  };
  const layerOf = (from, to) => [matrix(from, to), np.zeros([to])];
  const norm = () => [np.ones([width]), np.zeros([width])];
  const blockOf = () => [
    ...[...norm(), ...layerOf(width, 3 * width), ...layerOf(width, width)],
    ...[...norm(), ...layerOf(width, 4 * width), ...layerOf(4 * width, width)],
  ];
  return [
    ...[matrix(vocabulary, width), matrix(block, width), ...norm()],
    ...Array.from({ length: layers }, blockOf).flat(),
  ];
}

/**
 * Tokens [time] at places [time] to vectors [time, width].
 * @param attend takes queries, keys and values [time, width] of a layer, returns what it mixes of them
 */
function transform({ layers }, [embedding, places, lastScale, lastShift, ...blocks], ids, positions, attend) {
  let x = np.take(embedding, ids, 0).add(np.take(places, positions, 0));
  for (let i = 0; i < layers; i++) {
    const [scale1, shift1, qkv, qkvBias, out, outBias, scale2, shift2, wide, wideBias, narrow, narrowBias] =
      blocks.slice(i * PER_BLOCK, (i + 1) * PER_BLOCK);
    const parts = np.split(linear(layerNorm(x.ref, scale1, shift1), qkv, qkvBias), 3, 1);
    x = x.add(linear(attend(i, ...parts), out, outBias));
    const bent = nn.gelu(linear(layerNorm(x.ref, scale2, shift2), wide, wideBias), { approximate: true });
    x = x.add(linear(bent, narrow, narrowBias));
  }
  return layerNorm(x, lastScale, lastShift);
}

/** softmax(q · kᵀ / √size + mask) · v for each head; q [heads, time, size], k and v [heads, keys, size]. */
function mix(q, k, v, mask, size) {
  const scores = np.matmul(q, np.transpose(k, [0, 2, 1])).mul(1 / Math.sqrt(size));
  const mixed = np.matmul(nn.softmax(scores.add(mask), -1), v);
  const [heads, time] = mixed.shape;
  return np.transpose(mixed, [1, 0, 2]).reshape([time, heads * size]);
}

const headsOf = (x, heads, size) => np.transpose(x.reshape([x.shape[0], heads, size]), [1, 0, 2]);

/** Logits [1, vocabulary] after the last of a number of tokens, and the keys and values of each layer. */
function makeReader(sizes) {
  const { heads, width } = sizes;
  const size = width / heads;
  return jit((weights, ids, positions, mask) => {
    const embedding = weights[0].ref;
    const kept = [];
    const hidden = transform(sizes, weights, ids, positions, (_, q, k, v) => {
      const [queries, keys, values] = [q, k, v].map((part) => headsOf(part, heads, size));
      kept.push([keys.ref, values.ref]);
      return mix(queries, keys, values, mask.ref, size);
    });
    mask.dispose();
    const [before, last] = np.split(hidden, [hidden.shape[0] - 1], 0);
    before.dispose();
    return [np.matmul(last, np.transpose(embedding, [1, 0])), kept];
  });
}

/** The same for one token, with the keys and values of those before in caches [heads, capacity, size]. */
function makeWriter(sizes) {
  const { heads, width } = sizes;
  const size = width / heads;
  return jit((weights, caches, id, position, here, mask) => {
    const embedding = weights[0].ref;
    const kept = [];
    const insert = (cache, value) =>
      cache.mul(np.array(1).sub(here.ref)).add(headsOf(value, heads, size).mul(here.ref));
    const hidden = transform(sizes, weights, id, position, (layer, q, k, v) => {
      const [keys, values] = [insert(caches[layer][0], k), insert(caches[layer][1], v)];
      kept.push([keys.ref, values.ref]);
      return mix(headsOf(q, heads, size), keys, values, mask.ref, size);
    });
    here.dispose();
    mask.dispose();
    return [np.matmul(hidden, np.transpose(embedding, [1, 0])), kept];
  });
}

const range = (length) => np.array(Int32Array.from({ length }, (_, i) => i));

function causalMask(time) {
  const mask = new Float32Array(time * time);
  for (let row = 0; row < time; row++) mask.fill(HIDDEN, row * time + row + 1, (row + 1) * time);
  return np.array(mask, { shape: [1, time, time] });
}

const retained = (weights) => weights.map((weight) => weight.ref);

function openPrefill(sizes) {
  const weights = makeWeights(sizes);
  const read = makeReader(sizes);
  let inputs = [];
  let logits = [];
  return {
    async prepare(steps) {
      for (let i = 0; i < steps; i++) {
        const ids = np.array(randomIntegers(sizes.time, sizes.vocabulary));
        inputs.push([ids, range(sizes.time), causalMask(sizes.time)]);
      }
      await blockUntilReady(inputs);
    },
    async run() {
      for (const input of inputs) {
        const [last, kept] = read(retained(weights), ...input);
        for (const cache of kept.flat()) cache.dispose();
        logits = await last.data();
      }
      inputs = [];
    },
    inspect: () => checkFinite(logits, 'prefill'),
  };
}

function openDecode(sizes) {
  const { vocabulary, prompt, tokens } = sizes;
  const capacity = prompt + tokens;
  const weights = makeWeights(sizes);
  const read = makeReader(sizes);
  const write = makeWriter(sizes);
  let caches = null;
  let token = 0;
  let count = 0;
  let logits = [];

  // A prompt is read over the whole capacity: what lies behind it is written over before anybody looks there.
  async function start() {
    for (const cache of caches?.flat() ?? []) cache.dispose();
    const window = new Int32Array(capacity);
    window.set(randomIntegers(prompt, vocabulary));
    const [last, kept] = read(retained(weights), np.array(window), range(capacity), causalMask(capacity));
    caches = kept;
    await blockUntilReady(caches);
    return last.data();
  }

  async function next(position) {
    const here = new Float32Array(capacity);
    here[position] = 1;
    const mask = new Float32Array(capacity).fill(HIDDEN, position + 1);
    const [last, kept] = write(
      ...[retained(weights), caches, np.array(Int32Array.of(token)), np.array(Int32Array.of(position))],
      np.array(here, { shape: [1, capacity, 1] }),
      np.array(mask, { shape: [1, 1, capacity] }),
    );
    caches = kept;
    return last.data();
  }

  return {
    async prepare(steps) {
      count = steps;
      token = argmax(await start());
    },
    async run() {
      for (let i = 0; i < count; i++) {
        logits = await next(prompt + i);
        token = argmax(logits);
      }
    },
    inspect: () => checkFinite(logits, 'decode'),
  };
}

export const open = (assignment) =>
  assignment.case === 'decode' ? openDecode(assignment.sizes) : openPrefill(assignment.sizes);
