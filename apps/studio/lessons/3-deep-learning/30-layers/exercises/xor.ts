import { defineExercise } from '../../../../src/grading/exercise.ts';

/** What the network of the exercise answers. */
function output(answer: Readonly<Record<string, unknown>>, x: readonly number[]): number {
  const { W1, b1, w2, b2 } = answer as { W1: number[][]; b1: number[]; w2: number[]; b2: number };
  const hidden = [0, 1].map((j) =>
    Math.max(
      0,
      (W1[j]?.[0] as number) * (x[0] as number) +
        (W1[j]?.[1] as number) * (x[1] as number) +
        (b1[j] as number),
    ),
  );
  return (w2[0] as number) * (hidden[0] as number) + (w2[1] as number) * (hidden[1] as number) + b2;
}

export const exercise = defineExercise({
  start: {
    es: `const W1 = [[1, 1], [1, 1]]; // una fila por neurona
const b1 = [0, 0];
const w2 = [1, 1];
const b2 = 0;

// Para probar:
const relu = (z: number) => Math.max(0, z);
for (const [p, q] of [[0, 0], [0, 1], [1, 0], [1, 1]]) {
  const h = W1.map((row, j) => relu(row[0] * p + row[1] * q + b1[j]));
  console.log(p, q, '→', w2[0] * h[0] + w2[1] * h[1] + b2);
}
`,
    en: `const W1 = [[1, 1], [1, 1]]; // a row for each neuron
const b1 = [0, 0];
const w2 = [1, 1];
const b2 = 0;

// To try it:
const relu = (z: number) => Math.max(0, z);
for (const [p, q] of [[0, 0], [0, 1], [1, 0], [1, 1]]) {
  const h = W1.map((row, j) => relu(row[0] * p + row[1] * q + b1[j]));
  console.log(p, q, '→', w2[0] * h[0] + w2[1] * h[1] + b2);
}
`,
  },
  defines: ['W1', 'b1', 'w2', 'b2'],
  checks: [
    {
      id: 'different',
      title: { es: 'Encendida cuando son distintos', en: 'Lit when they differ' },
      why: {
        es: 'Con (0, 1) o con (1, 0) la salida no pasa de 0,5. Con h1 = relu(p + q), ¿cuánto vale h1 en esos dos casos?',
        en: 'For (0, 1) or (1, 0) the output is not above 0.5. With h1 = relu(p + q), how much is h1 in those two cases?',
      },
      run(answer, { assert }) {
        for (const x of [
          [0, 1],
          [1, 0],
        ]) {
          const found = output(answer, x);
          assert(found > 0.5, `(${x}) → ${found}`);
        }
      },
    },
    {
      id: 'same',
      title: { es: 'Apagada cuando son iguales', en: 'Off when they are the same' },
      why: {
        es: 'Con (0, 0) o con (1, 1) la salida pasa de 0,5. La segunda neurona puede encenderse solo con (1, 1), y restar.',
        en: 'For (0, 0) or (1, 1) the output is not below 0.5. The second neuron can light up at (1, 1) alone, and subtract.',
      },
      run(answer, { assert }) {
        for (const x of [
          [0, 0],
          [1, 1],
        ]) {
          const found = output(answer, x);
          assert(found < 0.5, `(${x}) → ${found}`);
        }
      },
    },
  ],
  hints: {
    es: [
      'La primera neurona cuenta cuántos interruptores hay arriba: 0, 1 o 2.',
      'La segunda, con sesgo −1, vale 1 solo cuando los dos están arriba.',
      'Si la primera vale 2 y hay que llegar a 0, la segunda tiene que restar 2: w2 = [1, −2].',
    ],
    en: [
      'The first neuron counts how many switches are up: 0, 1 or 2.',
      'The second one, with a bias of −1, is 1 only when both are up.',
      'If the first is 2 and it has to come to 0, the second must take away 2: w2 = [1, −2].',
    ],
  },
  solution: `const W1 = [[1, 1], [1, 1]];
const b1 = [0, -1];
const w2 = [1, -2];
const b2 = 0;
`,
  wrong: [
    {
      // OR: it forgets that both is not one.
      code: `const W1 = [[1, 1], [1, 1]];
const b1 = [0, -1];
const w2 = [1, 0];
const b2 = 0;
`,
      fails: ['same'],
    },
    {
      // AND, the other way round.
      code: `const W1 = [[1, 1], [1, 1]];
const b1 = [0, -1];
const w2 = [0, 1];
const b2 = 0;
`,
      fails: ['different', 'same'],
    },
  ],
});
