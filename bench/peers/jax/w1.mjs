import { checkFinite, checkProduct, makePool } from '../numbers.mjs';
import { blockUntilReady, np } from './setup.mjs';

export function open({ sizes }) {
  const { m, k, n } = sizes;
  const pools = [makePool(m * k), makePool(k * n)];
  let inputs = [];
  let outputs = [];
  let last = [];
  return {
    async prepare(steps) {
      for (let i = 0; i < steps; i++) {
        const [a, b] = pools.map((next) => next());
        last = [a, b];
        inputs.push([np.array(a, { shape: [m, k] }), np.array(b, { shape: [k, n] })]);
      }
      await blockUntilReady(inputs);
    },
    async run() {
      outputs = inputs.map(([a, b]) => np.matmul(a, b));
      await blockUntilReady(outputs);
      inputs = [];
    },
    async inspect() {
      const results = [];
      for (const output of outputs) results.push(await output.data());
      for (const result of results) checkFinite(result, 'matmul');
      checkProduct(sizes, ...last, results.at(-1));
    },
  };
}
