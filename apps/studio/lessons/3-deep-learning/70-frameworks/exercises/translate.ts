import { Generator, randn, type Tensor } from 'lumbre';
import { defineExercise } from '../../../../src/grading/exercise.ts';

interface Network {
  forward(x: Tensor): Tensor;
  parameters(): Tensor[];
}

export const exercise = defineExercise({
  start: {
    es: `import { Linear, ReLU, Sequential, Tanh } from 'lumbre/nn';

function makeModel() {
  return new Sequential(
    new Linear(3, 8),
    // Completa: lo que falta, en el mismo orden.
  );
}

makeModel().parameters().map((p) => p.shape);
`,
    en: `import { Linear, ReLU, Sequential, Tanh } from 'lumbre/nn';

function makeModel() {
  return new Sequential(
    new Linear(3, 8),
    // Complete it: what is missing, in the same order.
  );
}

makeModel().parameters().map((p) => p.shape);
`,
  },
  defines: ['makeModel'],
  checks: [
    {
      id: 'shapes',
      title: {
        es: 'Tiene los mismos pesos, con las mismas formas',
        en: 'It has the same weights, of the same shapes',
      },
      why: {
        es: 'PyTorch tendría [8, 3], [8], [4, 8], [4] y [1, 4]: la última capa no lleva sesgo. Compara capa por capa.',
        en: 'PyTorch would have [8, 3], [8], [4, 8], [4] and [1, 4]: the last layer has no bias. Compare layer by layer.',
      },
      run({ makeModel }, { equal }) {
        const model = makeModel() as Network;
        equal(
          model.parameters().map(({ shape }) => [...shape]),
          [[8, 3], [8], [4, 8], [4], [1, 4]],
        );
      },
    },
    {
      id: 'output',
      title: { es: 'Da un número por cada ejemplo', en: 'It gives a number for each example' },
      why: {
        es: 'De [5, 3] debe salir [5, 1]. La última capa recibe 4 y entrega 1.',
        en: '[5, 3] has to become [5, 1]. The last layer takes 4 and gives 1.',
      },
      run({ makeModel }, { equal }) {
        const model = makeModel() as Network;
        equal([...model.forward(randn([5, 3], { generator: new Generator(1) })).shape], [5, 1]);
      },
    },
    {
      id: 'values',
      title: {
        es: 'Calcula lo que calcularía PyTorch con esos pesos',
        en: 'It computes what PyTorch would with these weights',
      },
      why: {
        es: 'Las formas pueden ser buenas y las activaciones no: primero Tanh, después ReLU, y nada al final.',
        en: 'Shapes may be right and activations wrong: Tanh first, then ReLU, and nothing at the end.',
      },
      async run({ makeModel }, { close, assert }) {
        for (const seed of [1, 2, 3]) {
          const model = makeModel() as Network;
          const weights = model.parameters();
          assert(weights.length >= 5, `${weights.length} < 5`);
          const [W1, b1, W2, b2, W3] = weights as [Tensor, Tensor, Tensor, Tensor, Tensor];
          const x = randn([6, 3], { generator: new Generator(seed) });
          const expected = x.matmul(W1.T).add(b1).tanh().matmul(W2.T).add(b2).relu().matmul(W3.T);
          close(await model.forward(x).array(), await expected.array(), { atol: 1e-6 });
        }
      },
    },
  ],
  hints: {
    es: [
      'Cada línea de PyTorch es una de Lumbre, con new delante.',
      'bias=False se escribe como opción: new Linear(4, 1, { bias: false }).',
      'new Linear(3, 8), new Tanh(), new Linear(8, 4), new ReLU(), …',
    ],
    en: [
      'Each line of PyTorch is one of Lumbre, with new before it.',
      'bias=False is written as an option: new Linear(4, 1, { bias: false }).',
      'new Linear(3, 8), new Tanh(), new Linear(8, 4), new ReLU(), …',
    ],
  },
  solution: `import { Linear, ReLU, Sequential, Tanh } from 'lumbre/nn';

function makeModel() {
  return new Sequential(
    new Linear(3, 8),
    new Tanh(),
    new Linear(8, 4),
    new ReLU(),
    new Linear(4, 1, { bias: false }),
  );
}
`,
  wrong: [
    {
      // The bends have changed places.
      code: `import { Linear, ReLU, Sequential, Tanh } from 'lumbre/nn';
const makeModel = () =>
  new Sequential(new Linear(3, 8), new ReLU(), new Linear(8, 4), new Tanh(), new Linear(4, 1, { bias: false }));
`,
      fails: ['values'],
    },
    {
      // The last layer has a bias.
      code: `import { Linear, ReLU, Sequential, Tanh } from 'lumbre/nn';
const makeModel = () =>
  new Sequential(new Linear(3, 8), new Tanh(), new Linear(8, 4), new ReLU(), new Linear(4, 1));
`,
      fails: ['shapes', 'values'],
    },
  ],
});
