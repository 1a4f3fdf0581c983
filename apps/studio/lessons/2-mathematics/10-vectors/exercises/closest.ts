import { defineExercise } from '../../../../src/grading/exercise.ts';

const code = (score: string, comment = '') => `function dot(a: number[], b: number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function closest(mine: number[], others: number[][]): number {
  let best = 0;
  let bestScore = -Infinity;
  for (let i = 0; i < others.length; i++) {
    const score = ${score};${comment}
    if (score > bestScore) {
      bestScore = score;
      best = i;
    }
  }
  return best;
}

console.log(closest([2, -1, 1], [[1, -1, 1], [9, 9, 9]]));
`;

const byLength = (a: readonly number[]) => Math.sqrt(a.reduce((sum, x) => sum + x * x, 0));
const scoreOf = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0) / (byLength(a) * byLength(b));

export const exercise = defineExercise({
  start: {
    es: code('dot(mine, others[i])', ' // ¿qué premia esta cuenta?'),
    en: code('dot(mine, others[i])', ' // what does this reward?'),
  },
  defines: ['closest'],
  checks: [
    {
      id: 'loud',
      title: { es: 'Quien exagera no gana por exagerar', en: 'Nobody wins by exaggerating' },
      why: {
        es: 'Un vector larguísimo tiene un producto punto enorme aunque apunte a otro lado. Divide entre su largo.',
        en: 'A very long vector has a huge dot product even when it points elsewhere. Divide by its length.',
      },
      run({ closest }, { equal }) {
        equal(
          closest(
            [2, -1, 1],
            [
              [1, -1, 1],
              [9, 9, 9],
            ],
          ),
          0,
        );
        equal(
          closest(
            [1, 0],
            [
              [30, 40],
              [2, 1],
              [0, 5],
            ],
          ),
          1,
        );
      },
    },
    {
      id: 'best',
      title: {
        es: 'Elige siempre a quien tiene el coseno más grande',
        en: 'It always picks the one with the largest cosine',
      },
      why: {
        es: 'Tu elección no es la que más se parece en dirección. Los que apuntan en contra también se comparan: su coseno es negativo.',
        en: 'What you picked is not the most alike in direction. Those that point the other way are compared as well: their cosine is negative.',
      },
      async run({ closest }, { fc, property, assert }) {
        const number = fc.integer({ min: -6, max: 6 });
        const vector = fc.array(number, { minLength: 3, maxLength: 3 }).filter((v) => byLength(v) > 0);
        await property(
          [vector, fc.array(vector, { minLength: 1, maxLength: 5 })],
          (mine: number[], others: number[][]) => {
            const most = Math.max(...others.map((other) => scoreOf(mine, other)));
            const picked = others[closest(mine, others)];
            assert(picked !== undefined && scoreOf(mine, picked) > most - 1e-9, `${closest(mine, others)}`);
          },
          { names: ['mine', 'others'] },
        );
      },
    },
  ],
  hints: {
    es: [
      'El largo de others[i] es el que hace trampa. El de mine es el mismo para todos.',
      'Divide la puntuación entre Math.sqrt(dot(others[i], others[i])).',
    ],
    en: [
      'It is the length of others[i] that cheats. The length of mine is the same for everybody.',
      'Divide the score by Math.sqrt(dot(others[i], others[i])).',
    ],
  },
  solution: code('dot(mine, others[i]) / Math.sqrt(dot(others[i], others[i]))'),
  wrong: [
    // The length that is the same for all.
    { code: code('dot(mine, others[i]) / Math.sqrt(dot(mine, mine))'), fails: ['loud', 'best'] },
    // Whoever points straight away is taken for a twin.
    { code: code('Math.abs(dot(mine, others[i])) / Math.sqrt(dot(others[i], others[i]))'), fails: ['best'] },
  ],
});
