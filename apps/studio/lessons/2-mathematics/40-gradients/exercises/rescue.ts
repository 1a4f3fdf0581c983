import { defineExercise } from '../../../../src/grading/exercise.ts';

const code = (lr: string, comment = '') => `const lr = ${lr};${comment}

let x = -2.6;
let y = 1.3;
for (let step = 0; step < 50; step++) {
  x -= lr * 0.16 * x;
  y -= lr * 3 * y;
}
console.log('loss', 0.08 * x * x + 1.5 * y * y);
`;

/** The loss of the lesson's ravine after 50 steps. */
function lossAfter(lr: number): number {
  let [x, y] = [-2.6, 1.3];
  for (let step = 0; step < 50; step++) [x, y] = [x - lr * 0.16 * x, y - lr * 3 * y];
  return 0.08 * x * x + 1.5 * y * y;
}

export const exercise = defineExercise({
  start: { es: code('0.8', ' // demasiado'), en: code('0.8', ' // too much') },
  defines: ['lr'],
  checks: [
    {
      id: 'steady',
      title: { es: 'No sale volando', en: 'It does not fly off' },
      why: {
        es: 'El factor 1 − 3·lr tiene que quedar entre −1 y 1. Despeja lr.',
        en: 'The factor 1 − 3·lr has to lie between −1 and 1. Solve it for lr.',
      },
      run({ lr }, { assert }) {
        assert(Number.isFinite(lr) && lossAfter(lr) < 3.1, `${lossAfter(lr)}`);
      },
    },
    {
      id: 'low',
      title: { es: 'La pérdida queda bajo 0,01 en 50 pasos', en: 'The loss ends up under 0.01 in 50 steps' },
      why: {
        es: 'Si no sale volando y aun así no llega, los pasos hacia x son muy cortos: sube un poco la tasa.',
        en: 'If it does not fly off and still does not arrive, the steps along x are too short: raise the rate a little.',
      },
      run({ lr }, { assert }) {
        assert(lossAfter(lr) < 0.01, `${lossAfter(lr)}`);
      },
    },
  ],
  hints: {
    es: [
      'Con 1 − 3·lr = −1 ya no baja: eso pasa en lr = 2/3.',
      'Prueba a la mitad de lo que se puede, y un poco más.',
    ],
    en: [
      'With 1 − 3·lr = −1 it no longer goes down: that is at lr = 2/3.',
      'Try half of what is possible, and a little more.',
    ],
  },
  solution: code('0.4'),
  wrong: [
    { code: code('0.7'), fails: ['steady', 'low'] },
    // Steady, but it would take forever.
    { code: code('0.05'), fails: ['low'] },
    // Uphill.
    { code: code('-0.1'), fails: ['steady', 'low'] },
  ],
});
