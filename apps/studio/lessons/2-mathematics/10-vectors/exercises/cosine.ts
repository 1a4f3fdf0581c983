import { defineExercise } from '../../../../src/grading/exercise.ts';

type Pair = [number[], number[]];

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
const cosine = (a: readonly number[], b: readonly number[]) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));

const start = (comment: string) => `function dot(a: number[], b: number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function cosine(a: number[], b: number[]): number {
  return dot(a, b); // ${comment}
}

console.log(cosine([2, -1, 1], [1, -2, 2]));
`;

const right = `function dot(a: number[], b: number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function cosine(a: number[], b: number[]): number {
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
`;

export const exercise = defineExercise({
  start: { es: start('falta quitar los largos'), en: start('the lengths are still in it') },
  defines: ['cosine'],
  checks: [
    {
      id: 'values',
      title: { es: 'Da el coseno de dos listas cualesquiera', en: 'It gives the cosine of any two lists' },
      why: {
        es: 'El producto punto se divide entre el largo de a y entre el largo de b. El largo es la raíz de dot(a, a).',
        en: 'The dot product is divided by the length of a and by the length of b. A length is the root of dot(a, a).',
      },
      async run({ cosine: yours }, { fc, agree }) {
        const number = fc.integer({ min: -5, max: 5 });
        const pairs = fc
          .integer({ min: 1, max: 5 })
          .chain((count) =>
            fc.tuple(...[0, 1].map(() => fc.array(number, { minLength: count, maxLength: count }))),
          )
          .filter(([a, b]) => dot(a ?? [], a ?? []) > 0 && dot(b ?? [], b ?? []) > 0)
          .map((lists) => lists as Pair);
        await agree(
          [pairs],
          ([a, b]: Pair) => yours(a, b),
          ([a, b]: Pair) => cosine(a, b),
          {
            names: ['[a, b]'],
            atol: 1e-6,
          },
        );
      },
    },
    {
      id: 'lengths',
      title: { es: 'Alargar un vector no lo cambia', en: 'Making a vector longer does not change it' },
      why: {
        es: 'Si duplicas b, tu resultado se mueve: todavía hay un largo adentro.',
        en: 'When b is doubled your result moves: there is still a length in it.',
      },
      run({ cosine: yours }, { close }) {
        for (const factor of [0.5, 2, 10])
          close(yours([2, -1, 1], [factor, -2 * factor, 2 * factor]), cosine([2, -1, 1], [1, -2, 2]), {
            atol: 1e-6,
          });
      },
    },
    {
      id: 'ends',
      title: {
        es: 'Da 1 consigo mismo y −1 con su contrario',
        en: 'It gives 1 with itself and −1 with its opposite',
      },
      why: {
        es: 'Un vector y él mismo apuntan a lo mismo: su coseno es 1, por largo que sea.',
        en: 'A vector and itself point the same way: their cosine is 1, however long it is.',
      },
      run({ cosine: yours }, { close }) {
        close(yours([3, 4], [3, 4]), 1, { atol: 1e-6 });
        close(yours([3, 4], [-3, -4]), -1, { atol: 1e-6 });
      },
    },
  ],
  hints: {
    es: [
      'Hay que dividir entre dos largos, uno por cada lista.',
      'El largo de a es Math.sqrt(dot(a, a)).',
      'return dot(a, b) / (largo de a * largo de b);',
    ],
    en: [
      'Divide by two lengths, one for each list.',
      'The length of a is Math.sqrt(dot(a, a)).',
      'return dot(a, b) / (length of a * length of b);',
    ],
  },
  solution: right,
  wrong: [
    // Divided by the squares of the lengths: the roots are missing.
    {
      code: right.replace('Math.sqrt(dot(a, a) * dot(b, b))', '(dot(a, a) * dot(b, b))'),
      fails: ['values', 'lengths', 'ends'],
    },
    // Only one of the lengths.
    {
      code: right.replace('Math.sqrt(dot(a, a) * dot(b, b))', 'Math.sqrt(dot(a, a))'),
      fails: ['values', 'lengths', 'ends'],
    },
  ],
});
