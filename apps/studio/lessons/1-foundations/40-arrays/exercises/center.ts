import { tensor } from 'lumbre';
import { defineExercise } from '../../../../src/grading/exercise.ts';
import type { GradingTools } from '../../../../src/grading/tools.ts';

/** Tables of whole numbers, of many shapes; square ones are rare. */
const tables = ({ fc }: GradingTools) =>
  fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })).chain(([rows, columns]) =>
    fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: columns, maxLength: columns }), {
      minLength: rows,
      maxLength: rows,
    }),
  );

const start = (comment: string) => `import { tensor, type Tensor } from 'lumbre';

function center(table: Tensor): Tensor {
  // ${comment}
  return table;
}

center(tensor([
  [1, 10, 100],
  [3, 30, 300],
]));
`;

export const exercise = defineExercise({
  start: {
    es: start('Resta a cada columna su promedio.'),
    en: start('Subtract from each column its mean.'),
  },
  defines: ['center'],
  checks: [
    {
      id: 'shape',
      title: { es: 'La forma no cambia', en: 'The shape stays' },
      why: {
        es: 'Lo que devuelves tiene otra forma que la tabla. Mira la de lo que restas.',
        en: 'What you return has another shape than the table. Look at the shape of what you subtract.',
      },
      run: ({ center }, tools) =>
        tools.agree(
          [tables(tools)],
          (table) => center(tensor(table)).shape,
          (table) => [table.length, table[0]?.length ?? 0],
          { names: ['table'], runs: 40 },
        ),
    },
    {
      id: 'value',
      title: {
        es: 'Cada columna queda con promedio cero, sin cambiar sus distancias',
        en: 'Every column gets a mean of zero, its distances unchanged',
      },
      why: {
        es: '¿El promedio de qué restaste: de cada columna, de cada fila o de toda la tabla? El eje que nombras en mean es el que desaparece.',
        en: 'The mean of what did you subtract: of each column, each row, or the whole table? The axis that you name in mean is the one that goes.',
      },
      run: ({ center }, tools) =>
        tools.agree(
          [tables(tools)],
          (table) => center(tensor(table)),
          (table) =>
            table.map((row) =>
              row.map((value, column) => {
                const sum = table.reduce((total, other) => total + (other[column] as number), 0);
                return value - sum / table.length;
              }),
            ),
          { names: ['table'], atol: 1e-4 },
        ),
    },
  ],
  hints: {
    es: [
      'Necesitas un promedio por columna: un arreglo de forma [columnas].',
      'table.mean(0) promedia a lo largo de las filas: queda un número por columna.',
      'Una fila de forma [columnas] se alinea sola con la tabla: table.sub(…).',
    ],
    en: [
      'You need a mean for each column: an array of shape [columns].',
      'table.mean(0) averages along the rows: one number for each column is left.',
      'A row of shape [columns] lines up with the table by itself: table.sub(…).',
    ],
  },
  solution: `import type { Tensor } from 'lumbre';

function center(table: Tensor): Tensor {
  return table.sub(table.mean(0));
}
`,
  wrong: [
    {
      // The mean of everything.
      code: `import type { Tensor } from 'lumbre';

function center(table: Tensor): Tensor {
  return table.sub(table.mean());
}
`,
      fails: ['value'],
    },
    {
      // Rows instead of columns.
      code: `import type { Tensor } from 'lumbre';

function center(table: Tensor): Tensor {
  return table.sub(table.mean(1, { keepdim: true }));
}
`,
      fails: ['value'],
    },
    {
      code: `import type { Tensor } from 'lumbre';

function center(table: Tensor): Tensor {
  return table.mean(0);
}
`,
      fails: ['shape', 'value'],
    },
  ],
});
