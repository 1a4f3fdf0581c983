import { defineExercise } from '../../../../src/grading/exercise.ts';

const apply = (matrix: readonly number[][], point: readonly number[]) =>
  matrix.map((row) => row.reduce((sum, value, i) => sum + value * (point[i] ?? 0), 0));

const start = (comment: string) => `function apply(matrix: number[][], point: number[]): number[] {
  return point; // ${comment}
}

console.log(apply([[1.5, 0.5], [0, 1]], [2, 1]));
`;

export const exercise = defineExercise({
  start: { es: start('por ahora no mueve nada'), en: start('nothing moves yet') },
  defines: ['apply'],
  checks: [
    {
      id: 'plane',
      title: {
        es: 'Mueve los puntos del plano como la matriz manda',
        en: 'It moves the points of the plane as the matrix says',
      },
      why: {
        es: 'El primer número que llega sale del primer renglón: renglón[0] · punto[0] + renglón[1] · punto[1].',
        en: 'The first number to arrive comes from the first row: row[0] · point[0] + row[1] · point[1].',
      },
      async run({ apply: yours }, { fc, agree }) {
        const number = fc.integer({ min: -4, max: 4 });
        const pair = fc.tuple(number, number).map((values) => values as number[]);
        await agree([fc.tuple(pair, pair).map((rows) => rows as number[][]), pair], yours, apply, {
          names: ['matrix', 'point'],
        });
      },
    },
    {
      id: 'columns',
      title: { es: 'Lleva (1, 0) a la primera columna', en: 'It takes (1, 0) to the first column' },
      why: {
        es: 'Si llegas al primer renglón en vez de a la primera columna, estás usando la transpuesta.',
        en: 'If you arrive at the first row instead of the first column, you are using the transpose.',
      },
      run({ apply: yours }, { equal }) {
        equal(
          yours(
            [
              [1, 2],
              [3, 4],
            ],
            [1, 0],
          ),
          [1, 3],
        );
        equal(
          yours(
            [
              [1, 2],
              [3, 4],
            ],
            [0, 1],
          ),
          [2, 4],
        );
      },
    },
    {
      id: 'sizes',
      title: { es: 'Sirve para matrices de otros tamaños', en: 'It works for matrices of other sizes' },
      why: {
        es: 'Llegan tantos números como renglones hay; cada renglón tiene tantos como el punto. No escribas 2 en el código.',
        en: 'As many numbers arrive as there are rows; each row has as many as the point. Do not write 2 in the code.',
      },
      run({ apply: yours }, { equal }) {
        equal(yours([[1, 2, 3]], [1, 1, 1]), [6]);
        equal(yours([[2], [3], [4]], [10]), [20, 30, 40]);
      },
    },
  ],
  hints: {
    es: [
      'El resultado tiene un número por renglón de la matriz: matrix.map((row) => …).',
      'Dentro, suma row[i] * point[i] para cada i.',
    ],
    en: [
      'The result has one number for each row of the matrix: matrix.map((row) => …).',
      'Inside, add up row[i] * point[i] for each i.',
    ],
  },
  solution: `function apply(matrix: number[][], point: number[]): number[] {
  return matrix.map((row) => {
    let sum = 0;
    for (let i = 0; i < point.length; i++) sum += row[i] * point[i];
    return sum;
  });
}
`,
  wrong: [
    {
      // The transpose: columns with the point.
      code: `function apply(matrix: number[][], point: number[]): number[] {
  const result: number[] = [];
  for (let j = 0; j < matrix[0].length; j++) {
    let sum = 0;
    for (let i = 0; i < matrix.length; i++) sum += matrix[i][j] * point[i];
    result.push(sum);
  }
  return result;
}
`,
      fails: ['plane', 'columns', 'sizes'],
    },
    {
      // Only for the plane.
      code: `function apply(matrix: number[][], point: number[]): number[] {
  return [
    matrix[0][0] * point[0] + matrix[0][1] * point[1],
    matrix[1][0] * point[0] + matrix[1][1] * point[1],
  ];
}
`,
      fails: ['sizes'],
    },
  ],
});
