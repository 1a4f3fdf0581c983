import { checkFinite, makePool, randomNumbers } from '../numbers.mjs';
import { blockUntilReady, jit, nn, np, valueAndGrad } from './setup.mjs';

// Functions of jax-js own their arguments: `ref` where one is used again.

const formula = (x, a, b, c) => nn.gelu(x.mul(a).add(b), { approximate: true }).mul(c);

const directions = {
  forward: jit((x, a, b, c) => [formula(x, a, b, c)]),
  'forward+backward': jit((x, a, b, c) => {
    const both = valueAndGrad((...all) => formula(...all).sum(), { argnums: [0, 1, 2, 3] });
    const [sum, gradients] = both(x, a, b, c);
    return [...gradients, sum];
  }),
};

export function open({ sizes: { elements, direction } }) {
  const pool = makePool(elements);
  const compute = directions[direction];
  let inputs = [];
  let outputs = [];
  return {
    async prepare(steps) {
      for (let i = 0; i < steps; i++) {
        inputs.push([np.array(pool()), ...[...randomNumbers(3)].map((value) => np.array(value))]);
      }
      await blockUntilReady(inputs);
    },
    async run() {
      outputs = inputs.map((all) => compute(...all));
      await blockUntilReady(outputs);
      inputs = [];
    },
    async inspect() {
      for (const output of outputs.flat()) checkFinite(await output.data(), direction);
    },
  };
}
