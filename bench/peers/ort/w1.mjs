import { checkFinite, checkProduct, makePool } from '../numbers.mjs';
import { GraphBuilder, ort } from './model.mjs';

/** Both operands are fed: a constant one would be packed beforehand. */
export async function open({ sizes, threads }) {
  const { m, k, n } = sizes;
  const graph = new GraphBuilder();
  const product = graph.add('MatMul', ['a', 'b']);
  const session = await graph.session(
    [
      { name: 'a', shape: [m, k] },
      { name: 'b', shape: [k, n] },
    ],
    [{ name: product, shape: [m, n] }],
    { threads },
  );
  const pools = [makePool(m * k), makePool(k * n)];
  let inputs = [];
  let outputs = [];
  return {
    prepare(steps) {
      outputs = [];
      inputs = Array.from({ length: steps }, () => {
        const [a, b] = pools.map((next) => next().slice());
        return { a: new ort.Tensor('float32', a, [m, k]), b: new ort.Tensor('float32', b, [k, n]) };
      });
    },
    async run() {
      for (const feeds of inputs) outputs.push((await session.run(feeds))[product]);
    },
    inspect() {
      for (const { data } of outputs) checkFinite(data, 'MatMul');
      const { a, b } = inputs.at(-1);
      checkProduct(sizes, a.data, b.data, outputs.at(-1).data);
    },
  };
}
