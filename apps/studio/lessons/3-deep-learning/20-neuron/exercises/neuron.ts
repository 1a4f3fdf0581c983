import { defineExercise } from '../../../../src/grading/exercise.ts';

export const exercise = defineExercise({
  start: {
    es: `function neuron(x: number[], w: number[], b: number): number {
  let z = 0;
  // Completa: cada entrada por su peso, y después el sesgo.
  return z; // …y la sigmoide: 1 / (1 + Math.exp(-z))
}

neuron([1, 6, 0.5], [2, 0.8, -3], -4);
`,
    en: `function neuron(x: number[], w: number[], b: number): number {
  let z = 0;
  // Complete it: each input times its weight, and then the bias.
  return z; // …and the sigmoid: 1 / (1 + Math.exp(-z))
}

neuron([1, 6, 0.5], [2, 0.8, -3], -4);
`,
  },
  defines: ['neuron'],
  checks: [
    {
      id: 'doubt',
      title: {
        es: 'Con entradas de cero y sin sesgo, duda: 0,5',
        en: 'With inputs of zero and no bias it is in doubt: 0.5',
      },
      why: {
        es: 'La suma es 0 y la sigmoide de 0 es 0,5. ¿Aplastaste el resultado?',
        en: 'The sum is 0, and the sigmoid of 0 is 0.5. Did you squeeze the result?',
      },
      run({ neuron }, { close }) {
        close(neuron([0, 0], [3, -2], 0), 0.5);
      },
    },
    {
      id: 'bias',
      title: {
        es: 'El sesgo cuenta aunque no llegue nada',
        en: 'The bias counts even when nothing comes in',
      },
      why: {
        es: 'Con entradas de cero solo queda el sesgo: con 2 la respuesta es 0,88. Mira si lo sumas, y si lo sumas una sola vez.',
        en: 'With inputs of zero only the bias is left: with 2 the answer is 0.88. See whether you add it, and only once.',
      },
      run({ neuron }, { close }) {
        close(neuron([0, 0, 0], [3, -2, 1], 2), 1 / (1 + Math.exp(-2)));
      },
    },
    {
      id: 'value',
      title: {
        es: 'Cuenta bien con cualquier entrada y cualquier peso',
        en: 'It counts right for all inputs and weights',
      },
      why: {
        es: 'Cada entrada se multiplica por el peso de su mismo lugar, y las listas pueden tener cualquier largo.',
        en: 'Each input is multiplied by the weight at its own place, and the lists may have any length.',
      },
      async run({ neuron }, { fc, agree }) {
        const number = fc.integer({ min: -30, max: 30 }).map((n) => n / 10);
        const pairs = fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 6 });
        await agree(
          [pairs, number],
          (all, b) =>
            neuron(
              all.map(([x]) => x),
              all.map(([, w]) => w),
              b,
            ),
          (all, b) => 1 / (1 + Math.exp(-all.reduce((z, [x, w]) => z + x * w, b))),
          { names: ['x, w', 'b'] },
        );
      },
    },
  ],
  hints: {
    es: [
      'Recorre las dos listas con el mismo i: z += x[i] * w[i].',
      'El sesgo se suma una vez, fuera del bucle.',
      'return 1 / (1 + Math.exp(-(z + b)));',
    ],
    en: [
      'Walk both lists with the same i: z += x[i] * w[i].',
      'The bias is added once, outside of the loop.',
      'return 1 / (1 + Math.exp(-(z + b)));',
    ],
  },
  solution: `function neuron(x: number[], w: number[], b: number): number {
  let z = b;
  for (let i = 0; i < x.length; i++) z += x[i] * w[i];
  return 1 / (1 + Math.exp(-z));
}
`,
  wrong: [
    {
      // The bias is added for each input.
      code: `function neuron(x: number[], w: number[], b: number) {
  let z = 0;
  for (let i = 0; i < x.length; i++) z += x[i] * w[i] + b;
  return 1 / (1 + Math.exp(-z));
}
`,
      fails: ['bias', 'value'],
    },
    {
      // The sign in the exponent is missing.
      code: `function neuron(x: number[], w: number[], b: number) {
  let z = b;
  for (let i = 0; i < x.length; i++) z += x[i] * w[i];
  return 1 / (1 + Math.exp(z));
}
`,
      fails: ['bias', 'value'],
    },
    {
      code: `function neuron(x: number[], w: number[], b: number) {
  let z = b;
  for (let i = 0; i < x.length; i++) z += x[i] * w[i];
  return z;
}
`,
      fails: ['doubt', 'bias', 'value'],
    },
  ],
});
