import { tensor } from 'lumbre';
import { defineExercise } from '../../../../src/grading/exercise.ts';

const start = (comment: string) => `import { arange, type Tensor } from 'lumbre';

function dailyMeans(strip: Tensor): Tensor {
  // ${comment}
  return strip;
}

dailyMeans(arange(0, 48));
`;

export const exercise = defineExercise({
  start: {
    es: start('strip mide [24 × días], un día tras otro. Devuelve [días].'),
    en: start('strip has shape [24 × days], one day after the other. Return [days].'),
  },
  defines: ['dailyMeans'],
  checks: [
    {
      id: 'shape',
      title: { es: 'Hay un número por día', en: 'There is one number a day' },
      why: {
        es: 'El resultado tiene otra forma. Si la tira fuera una tabla, ¿qué eje habría que promediar?',
        en: 'The result has another shape. If the strip were a table, which axis would have to be averaged?',
      },
      run: ({ dailyMeans }, { fc, agree }) =>
        agree(
          [fc.integer({ min: 1, max: 9 })],
          (days) => dailyMeans(tensor(new Array<number>(24 * days).fill(1))).shape,
          (days) => [days],
          { names: ['days'], runs: 9 },
        ),
    },
    {
      id: 'value',
      title: { es: 'Es el promedio de las 24 horas de ese día', en: 'It is the mean of that day’s 24 hours' },
      why: {
        es: 'Se mezclan horas de días distintos. Reshape reparte los números en el orden en que se leen: ¿cuánto mide cada fila?',
        en: 'Hours of different days get mixed. Reshape deals the numbers out in the order of reading: how long is each row?',
      },
      run: ({ dailyMeans }, { fc, agree }) =>
        agree(
          [
            fc
              .integer({ min: 1, max: 4 })
              .chain((days) =>
                fc.array(fc.integer({ min: -10, max: 40 }), { minLength: 24 * days, maxLength: 24 * days }),
              ),
          ],
          (strip) => dailyMeans(tensor(strip)),
          (strip) =>
            Array.from({ length: strip.length / 24 }, (_, day) =>
              strip.slice(24 * day, 24 * (day + 1)).reduce((sum, value) => sum + value / 24, 0),
            ),
          { names: ['strip'], atol: 1e-4 },
        ),
    },
  ],
  hints: {
    es: [
      'La tira quiere ser una tabla: una fila por día, 24 columnas.',
      'strip.reshape(-1, 24) calcula solo cuántas filas hacen falta.',
      'Con la tabla en la mano, promedia el eje 1.',
    ],
    en: [
      'The strip wants to be a table: a row for each day, 24 columns.',
      'strip.reshape(-1, 24) works out by itself how many rows are needed.',
      'With the table in hand, average axis 1.',
    ],
  },
  solution: `import type { Tensor } from 'lumbre';

function dailyMeans(strip: Tensor): Tensor {
  return strip.reshape(-1, 24).mean(1);
}
`,
  wrong: [
    {
      // Right shape, wrong hours: dealt out the other way.
      code: `import type { Tensor } from 'lumbre';

function dailyMeans(strip: Tensor): Tensor {
  return strip.reshape(24, -1).mean(0);
}
`,
      fails: ['value'],
    },
    {
      code: `import type { Tensor } from 'lumbre';

function dailyMeans(strip: Tensor): Tensor {
  return strip.reshape(-1, 24).mean(0);
}
`,
      fails: ['shape', 'value'],
    },
  ],
});
