import { argmax, checkFinite, randomIntegers, randomNumbers } from '../numbers.mjs';
import { GraphBuilder, ort } from './model.mjs';

/** GPT-2 as an ONNX graph: tokens after those whose keys and values are fed; logits after the last one. */
function buildGPT({ vocabulary, block, layers, heads, width }, options) {
  const graph = new GraphBuilder();
  const size = width / heads;
  const weights = (name, shape) => {
    const length = shape.reduce((product, n) => product * n);
    return graph.constant(name, shape, randomNumbers(length, 0.02));
  };
  const filled = (name, shape, value) => graph.constant(name, shape, new Float32Array(shape[0]).fill(value));
  const layerNorm = (x, name) =>
    graph.add(
      'LayerNormalization',
      [x, filled(`${name}.weight`, [width], 1), filled(`${name}.bias`, [width], 0)],
      {
        axis: -1,
        epsilon: 1e-5,
      },
    );
  const linear = (x, name, from, to) =>
    graph.add('Add', [
      graph.add('MatMul', [x, weights(`${name}.weight`, [from, to])]),
      filled(`${name}.bias`, [to], 0),
    ]);

  const numbers = {
    scale: 1 / Math.sqrt(size),
    half: 0.5,
    one: 1,
    root: Math.sqrt(2 / Math.PI),
    cubic: 0.044715,
  };
  for (const [name, value] of Object.entries(numbers)) filled(name, [1], value);
  graph.integers('headShape', [1, -1, heads, size]);
  graph.integers('joinedShape', [1, -1, width]);
  graph.integers('thirds', [width, width, width]);
  graph.integers('lastToken', [-1]);
  graph.integers('end', [2 ** 30]);
  graph.integers('timeAxis', [1]);

  // The tanh form; this operator set has no Gelu.
  const gelu = (x) => {
    const cube = graph.add('Mul', [graph.add('Mul', [x, x]), x]);
    const inner = graph.add('Add', [x, graph.add('Mul', ['cubic', cube])]);
    const tanh = graph.add('Tanh', [graph.add('Mul', ['root', inner])]);
    return graph.add('Mul', [graph.add('Mul', [x, 'half']), graph.add('Add', [tanh, 'one'])]);
  };

  const inputs = [
    { name: 'ids', type: 'int64', shape: [1, 'time'] },
    { name: 'positions', type: 'int64', shape: [1, 'time'] },
    { name: 'mask', shape: [1, 1, 'time', 'keys'] },
  ];
  const caches = [];
  // Once more, transposed: a product with a constant on its right is packed beforehand.
  const embedding = randomNumbers(vocabulary * width, 0.02);
  const head = new Float32Array(embedding.length);
  for (let row = 0; row < vocabulary; row++) {
    for (let column = 0; column < width; column++)
      head[column * vocabulary + row] = embedding[row * width + column];
  }
  graph.constant('wte', [vocabulary, width], embedding);
  graph.constant('head', [width, vocabulary], head);

  let x = graph.add('Add', [
    graph.add('Gather', ['wte', 'ids']),
    graph.add('Gather', [weights('wpe', [block, width]), 'positions']),
  ]);
  for (let i = 0; i < layers; i++) {
    const name = `h.${i}`;
    const qkv = linear(layerNorm(x, `${name}.ln_1`), `${name}.attn`, width, 3 * width);
    const [q, k, v] = graph
      .add('Split', [qkv, 'thirds'], { axis: 2 }, 3)
      .map((part) =>
        graph.add('Transpose', [graph.add('Reshape', [part, 'headShape'])], { perm: [0, 2, 1, 3] }),
      );
    const [keys, values] = [k, v].map((part, j) => {
      const past = `past.${i}.${j}`;
      inputs.push({ name: past, shape: [1, heads, 'past', size] });
      const present = graph.add('Concat', [past, part], { axis: 2 });
      caches.push({ past, present });
      return present;
    });
    const products = graph.add('MatMul', [q, graph.add('Transpose', [keys], { perm: [0, 1, 3, 2] })]);
    const scores = graph.add('Add', [graph.add('Mul', [products, 'scale']), 'mask']);
    const mixed = graph.add('MatMul', [graph.add('Softmax', [scores], { axis: -1 }), values]);
    const joined = graph.add('Reshape', [
      graph.add('Transpose', [mixed], { perm: [0, 2, 1, 3] }),
      'joinedShape',
    ]);
    x = graph.add('Add', [x, linear(joined, `${name}.proj`, width, width)]);
    const bent = gelu(linear(layerNorm(x, `${name}.ln_2`), `${name}.fc`, width, 4 * width));
    x = graph.add('Add', [x, linear(bent, `${name}.out`, 4 * width, width)]);
  }
  const last = graph.add('Slice', [layerNorm(x, 'ln_f'), 'lastToken', 'end', 'timeAxis']);
  const logits = graph.add('MatMul', [last, 'head']);
  const outputs = [
    { name: logits, shape: [1, 1, vocabulary] },
    ...caches.map(({ present }) => ({ name: present, shape: [1, heads, 'keys', size] })),
  ];
  return graph.session(inputs, outputs, options).then((session) => ({ session, logits, caches }));
}

function causalMask(time, past) {
  const keys = time + past;
  const mask = new Float32Array(time * keys);
  for (let row = 0; row < time; row++) mask.fill(-1e9, row * keys + past + row + 1, (row + 1) * keys);
  return new ort.Tensor('float32', mask, [1, 1, time, keys]);
}

export async function open({ case: name, sizes, threads }) {
  const { vocabulary, heads, width } = sizes;
  const { session, logits, caches } = await buildGPT(sizes, { threads });
  const nothing = () => new ort.Tensor('float32', new Float32Array(0), [1, heads, 0, width / heads]);
  const integers = (values) =>
    new ort.Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
  let kept = null;
  let data = [];

  async function read(tokens, position) {
    const feeds = {
      ids: integers(tokens),
      positions: integers(Array.from(tokens, (_, i) => position + i)),
      mask: causalMask(tokens.length, position),
    };
    for (const { past, present } of caches) feeds[past] = kept === null ? nothing() : kept[present];
    const results = await session.run(feeds);
    kept = results;
    data = results[logits].data;
    return data;
  }

  let prompts = [];
  let token = 0;
  let count = 0;
  const inspect = () => checkFinite(data, name);
  if (name.startsWith('decode')) {
    return {
      async prepare(steps) {
        count = steps;
        kept = null;
        token = argmax(await read(randomIntegers(sizes.prompt, vocabulary), 0));
      },
      async run() {
        for (let i = 0; i < count; i++) token = argmax(await read([token], sizes.prompt + i));
      },
      inspect,
    };
  }
  return {
    prepare(steps) {
      prompts = Array.from({ length: steps }, () => randomIntegers(sizes.time, vocabulary));
    },
    async run() {
      for (const prompt of prompts) {
        kept = null;
        await read(prompt, 0);
      }
    },
    inspect,
  };
}
