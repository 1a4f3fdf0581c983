import { tensor } from 'lumbre';
import { defineExercise } from '../../../../src/grading/exercise.ts';

type Rows = readonly (readonly number[])[];

const errors = (x: Rows, again: Rows): number[] =>
  x.map((row, i) => row.reduce((sum, value, j) => sum + (value - (again[i]?.[j] ?? 0)) ** 2, 0) / row.length);

export const exercise = defineExercise({
  start: {
    es: `import { tensor, type Tensor } from 'lumbre';

function errorByRow(x: Tensor, again: Tensor): Tensor {
  return again.sub(x).square().mean(); // un solo número para todas las filas
}

async function strangest(x: Tensor, again: Tensor): Promise<number> {
  return 0; // ¿qué fila?
}

const x = tensor([[1, 2], [3, 4]]);
const again = tensor([[1, 2], [3, 6]]);
console.log(await errorByRow(x, again).array(), await strangest(x, again));
`,
    en: `import { tensor, type Tensor } from 'lumbre';

function errorByRow(x: Tensor, again: Tensor): Tensor {
  return again.sub(x).square().mean(); // a single number for all rows
}

async function strangest(x: Tensor, again: Tensor): Promise<number> {
  return 0; // which row?
}

const x = tensor([[1, 2], [3, 4]]);
const again = tensor([[1, 2], [3, 6]]);
console.log(await errorByRow(x, again).array(), await strangest(x, again));
`,
  },
  defines: ['errorByRow', 'strangest'],
  checks: [
    {
      id: 'shape',
      title: { es: 'Hay un error por fila', en: 'There is one error for each row' },
      why: {
        es: 'mean() sin nada hace la media de todo. Dile qué dimensión tiene que desaparecer.',
        en: 'mean() with nothing takes the mean of everything. Tell it which dimension has to go.',
      },
      run({ errorByRow }, { equal }) {
        for (const [rows, columns] of [
          [3, 5],
          [5, 3],
          [1, 4],
        ] as const) {
          const zeros = tensor(new Float32Array(rows * columns), { shape: [rows, columns] });
          equal(errorByRow(zeros, zeros).shape, [rows]);
        }
      },
    },
    {
      id: 'values',
      title: {
        es: 'Cada error es la media de los cuadrados de su fila',
        en: 'Each error is the mean of the squares of its row',
      },
      why: {
        es: 'Resta, eleva al cuadrado y promedia a lo largo de las columnas, en ese orden.',
        en: 'Subtract, square, and take the mean along the columns, in this order.',
      },
      async run({ errorByRow }, { fc, agree }) {
        const grid = fc.array(fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 3, maxLength: 3 }), {
          minLength: 2,
          maxLength: 2,
        });
        const floats = (rows: Rows) =>
          tensor(
            rows.map((row) => [...row]),
            { dtype: 'float32' },
          );
        await agree([grid, grid], (x, again) => errorByRow(floats(x), floats(again)), errors, {
          names: ['x', 'again'],
          runs: 40,
          rtol: 1e-4,
          atol: 1e-5,
        });
      },
    },
    {
      id: 'strangest',
      title: {
        es: 'strangest da el número de la fila peor',
        en: 'strangest gives the number of the worst row',
      },
      why: {
        es: 'Hace falta el lugar del mayor, no el mayor. Y un número de JavaScript, no un tensor: léelo con await.',
        en: 'What is needed is the place of the largest, not the largest. And a number of JavaScript, not a tensor: read it with await.',
      },
      async run({ strangest }, { equal }) {
        const x = tensor(
          [
            [0, 0],
            [0, 0],
            [0, 0],
          ],
          { dtype: 'float32' },
        );
        for (const worst of [0, 1, 2]) {
          const again = [0, 1, 2].map((row) => (row === worst ? [9, -9] : [row, 1]));
          equal(await strangest(x, tensor(again, { dtype: 'float32' })), worst);
        }
      },
    },
  ],
  hints: {
    es: [
      'La forma es [filas, columnas]: la dimensión 1 es la de las columnas.',
      'mean(1) hace la media de cada fila; argmax() da el lugar del mayor.',
      'again.sub(x).square().mean(1) y await errorByRow(x, again).argmax().item()',
    ],
    en: [
      'The shape is [rows, columns]: dimension 1 is that of the columns.',
      'mean(1) takes the mean of each row; argmax() gives the place of the largest.',
      'again.sub(x).square().mean(1) and await errorByRow(x, again).argmax().item()',
    ],
  },
  solution: `import type { Tensor } from 'lumbre';

function errorByRow(x: Tensor, again: Tensor): Tensor {
  return again.sub(x).square().mean(1);
}

async function strangest(x: Tensor, again: Tensor): Promise<number> {
  return await errorByRow(x, again).argmax().item();
}
`,
  wrong: [
    {
      // The mean of each column.
      code: `import type { Tensor } from 'lumbre';

function errorByRow(x: Tensor, again: Tensor): Tensor {
  return again.sub(x).square().mean(0);
}

async function strangest(x: Tensor, again: Tensor): Promise<number> {
  return await again.sub(x).square().mean(1).argmax().item();
}
`,
      fails: ['shape', 'values'],
    },
    {
      // The sum, and the row that was built best.
      code: `import type { Tensor } from 'lumbre';

function errorByRow(x: Tensor, again: Tensor): Tensor {
  return again.sub(x).square().sum(1);
}

async function strangest(x: Tensor, again: Tensor): Promise<number> {
  return await errorByRow(x, again).argmin().item();
}
`,
      fails: ['values', 'strangest'],
    },
  ],
});
