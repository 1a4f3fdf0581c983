import { defineExercise } from '../../../../src/grading/exercise.ts';

const code = (result: string, comment = '') => `import { type Tensor, tensor } from 'lumbre';

function compose(first: Tensor, then: Tensor): Tensor {
  return ${result};${comment}
}

const stretch = tensor([[2, 0], [0, 1]]);
const turn = tensor([[0, -1], [1, 0]]);
console.log(compose(stretch, turn)); // (1, 0) → (0, 2)
`;

export const exercise = defineExercise({
  start: {
    es: code('first.matmul(then)', ' // ¿quién toca primero al punto?'),
    en: code('first.matmul(then)', ' // who touches the point first?'),
  },
  defines: ['compose'],
  checks: [
    {
      id: 'order',
      title: { es: 'Hace primero first y después then', en: 'It does first, and then then' },
      why: {
        es: 'El punto se escribe a la derecha: la matriz que está más cerca de él es la que actúa primero.',
        en: 'The point is written at the right: the matrix that is nearest to it acts first.',
      },
      async run({ compose }, { fc, property, close }) {
        const { tensor } = await import('lumbre');
        const number = fc.integer({ min: -3, max: 3 });
        const pair = fc.tuple(number, number).map((values) => values as number[]);
        const matrix = fc.tuple(pair, pair).map((rows) => rows as number[][]);
        await property(
          [matrix, matrix, pair],
          async (first: number[][], then: number[][], point: number[]) => {
            const [a, b, x] = [tensor(first), tensor(then), tensor(point)];
            const expected = await b.matmul(a.matmul(x)).array();
            close(await compose(a, b).matmul(x).array(), expected, { atol: 1e-4 });
          },
          { names: ['first', 'then', 'point'], runs: 40 },
        );
      },
    },
    {
      id: 'undo',
      title: {
        es: 'Una matriz y después su inversa no mueven nada',
        en: 'A matrix and then its inverse move nothing',
      },
      why: {
        es: 'Componer es multiplicar las dos matrices enteras, no sumarlas ni multiplicarlas casilla por casilla.',
        en: 'Composing is multiplying the two whole matrices, not adding them nor multiplying cell by cell.',
      },
      async run({ compose }, { close }) {
        const { tensor } = await import('lumbre');
        const found = compose(
          tensor([
            [2, 1],
            [1, 1],
          ]),
          tensor([
            [1, -1],
            [-1, 2],
          ]),
        );
        close(
          await found.array(),
          [
            [1, 0],
            [0, 1],
          ],
          { atol: 1e-5 },
        );
      },
    },
  ],
  hints: {
    es: [
      'Escribe el punto x a la derecha: primero se calcula first.matmul(x), y a eso le toca then.',
      'then(first x) = (then first) x.',
    ],
    en: [
      'Write the point x at the right: first.matmul(x) comes first, and then has that to act on.',
      'then(first x) = (then first) x.',
    ],
  },
  solution: code('then.matmul(first)'),
  wrong: [
    { code: code('first.matmul(then)'), fails: ['order'] },
    // Cell by cell is no product of matrices.
    { code: code('then.mul(first)'), fails: ['order', 'undo'] },
  ],
});
