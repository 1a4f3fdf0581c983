import { defineExercise } from '../../../../src/grading/exercise.ts';

const code = (second: string, comment = '') => `function backward(a: number, b: number, c: number): number[] {
  let da = 0;
  let db = 0;
  let dc = 0;

  // L = p + q
  const dp = 1;
  const dq = 1;

  // p = a * b
  da = dp * b;
  db = dp * a;

  // q = a * c
  ${second}${comment}
  dc = dq * a;

  return [da, db, dc];
}

console.log(backward(0.5, -1, 2));
`;

const L = ([a = 0, b = 0, c = 0]: number[]) => a * b + a * c;

export const exercise = defineExercise({
  start: {
    es: code('da = dq * c;', ' // ¿y lo que ya había llegado?'),
    en: code('da = dq * c;', ' // and what had arrived already?'),
  },
  defines: ['backward'],
  checks: [
    {
      id: 'a',
      title: { es: 'a recibe lo que llega por los dos caminos', en: 'a receives what comes by both paths' },
      why: {
        es: 'La segunda vez que escribes en da borras lo que llegó por la primera.',
        en: 'The second time that you write to da, you wipe what came by the first path.',
      },
      run({ backward }, { close }) {
        close(backward(0.5, -1, 2)[0], 1, { atol: 1e-9 });
        close(backward(3, 4, 0)[0], 4, { atol: 1e-9 });
      },
    },
    {
      id: 'all',
      title: {
        es: 'Las tres derivadas coinciden con las diferencias finitas',
        en: 'All three derivatives agree with finite differences',
      },
      why: {
        es: 'Compara cada una con lo que cambia L al mover ese número un poquito.',
        en: 'Compare each with how much L changes when that number moves a little.',
      },
      async run({ backward }, { gradient }) {
        for (const at of [
          [0.5, -1, 2],
          [-2, 0.7, 1.1],
        ])
          await gradient(L, (x) => backward(...(x as [number, number, number])), at, { tolerance: 1e-4 });
      },
    },
  ],
  hints: {
    es: ['Entre caminos distintos se suma.', 'da += dq * c;'],
    en: ['Between different paths one adds.', 'da += dq * c;'],
  },
  solution: code('da += dq * c;'),
  wrong: [
    { code: code('da = dq * c;'), fails: ['a', 'all'] },
    // Along a path one multiplies; these are two.
    { code: code('da *= dq * c;'), fails: ['a', 'all'] },
  ],
});
