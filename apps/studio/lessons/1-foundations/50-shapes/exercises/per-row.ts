import { tensor } from 'lumbre';
import { defineExercise } from '../../../../src/grading/exercise.ts';
import type { GradingTools } from '../../../../src/grading/tools.ts';

/** A table of some shape and a number for each of its rows. */
const cases = ({ fc }: GradingTools, square: boolean) =>
  fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })).chain(([rows, others]) => {
    const columns = square ? rows : others;
    const numbers = (count: number) =>
      fc.array(fc.integer({ min: -9, max: 9 }), { minLength: count, maxLength: count });
    return fc.record({
      table: fc.array(numbers(columns), { minLength: rows, maxLength: rows }),
      perRow: numbers(rows),
    });
  });

interface Case {
  readonly table: number[][];
  readonly perRow: number[];
}

const expected = ({ table, perRow }: Case) =>
  table.map((row, i) => row.map((value) => value + (perRow[i] as number)));

const start = (comment: string) => `import { tensor, type Tensor } from 'lumbre';

function addToRows(table: Tensor, perRow: Tensor): Tensor {
  // ${comment}
  return table.add(perRow);
}

addToRows(tensor([[0, 0, 0], [5, 5, 5]]), tensor([1, 2]));
`;

export const exercise = defineExercise({
  start: {
    es: start('perRow mide [filas]: ponlo de pie.'),
    en: start('perRow has shape [rows]: stand it upright.'),
  },
  defines: ['addToRows'],
  checks: [
    {
      id: 'value',
      title: { es: 'Cada fila recibe su número', en: 'Each row gets its number' },
      why: {
        es: 'Alinea las dos formas por la derecha: ¿qué eje de la tabla se encuentra con perRow? Tendría que ser el de las filas.',
        en: 'Line both shapes up at the right: which axis of the table meets perRow? It should be that of the rows.',
      },
      run: ({ addToRows }, tools) =>
        tools.agree(
          [cases(tools, false)],
          ({ table, perRow }: Case) => addToRows(tensor(table), tensor(perRow)),
          expected,
          { names: ['case'] },
        ),
    },
    {
      id: 'square',
      title: { es: 'También si la tabla es cuadrada', en: 'Also if the table is square' },
      why: {
        es: 'Con una tabla cuadrada, un arreglo acostado encaja sin error y se suma a las columnas. ¿De pie o acostado?',
        en: 'With a square table an array that lies down fits without an error and is added to the columns. Upright or lying down?',
      },
      run: ({ addToRows }, tools) =>
        tools.agree(
          [cases(tools, true)],
          ({ table, perRow }: Case) => addToRows(tensor(table), tensor(perRow)),
          expected,
          { names: ['case'] },
        ),
    },
  ],
  hints: {
    es: [
      'La tabla es [filas, columnas]. ¿Qué forma de perRow se repetiría a lo largo de las columnas?',
      'perRow.unsqueeze(1) tiene forma [filas, 1].',
    ],
    en: [
      'The table is [rows, columns]. Which shape of perRow would repeat along the columns?',
      'perRow.unsqueeze(1) has shape [rows, 1].',
    ],
  },
  solution: `import type { Tensor } from 'lumbre';

function addToRows(table: Tensor, perRow: Tensor): Tensor {
  return table.add(perRow.unsqueeze(1));
}
`,
  wrong: [
    {
      // Lying down: it fails, and where it does not, it is worse.
      code: `import type { Tensor } from 'lumbre';

function addToRows(table: Tensor, perRow: Tensor): Tensor {
  return table.add(perRow);
}
`,
      fails: ['value', 'square'],
    },
    {
      code: `import type { Tensor } from 'lumbre';

function addToRows(table: Tensor, perRow: Tensor): Tensor {
  return table.T.add(perRow);
}
`,
      fails: ['value', 'square'],
    },
  ],
});
