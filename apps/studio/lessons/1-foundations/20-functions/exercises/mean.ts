import { defineExercise } from '../../../../src/grading/exercise.ts';

const start = `function mean(numbers: number[]): number {
  let sum = 0;
  for (let i = 0; i <= numbers.length; i++) {
    sum = sum + numbers[i];
  }
  return sum / numbers.length;
}

mean([4, 8, 6]);
`;

export const exercise = defineExercise({
  start: { es: start, en: start },
  defines: ['mean'],
  checks: [
    {
      id: 'value',
      title: { es: 'Promedia cualquier lista', en: 'It averages any list' },
      why: {
        es: 'Sale NaN u otro número. ¿Cuántas vueltas da el bucle, y cuántos números hay?',
        en: 'It gives NaN or another number. How many rounds does the loop make, and how many numbers are there?',
      },
      run: ({ mean }, { fc, agree }) =>
        agree(
          [fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 8 })],
          mean,
          (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length,
          { names: ['numbers'] },
        ),
    },
    {
      id: 'empty',
      title: { es: 'Con una lista vacía devuelve 0', en: 'It returns 0 for an empty list' },
      why: {
        es: 'Dividir 0 entre 0 da NaN. Ese caso se mira antes de dividir.',
        en: 'Dividing 0 by 0 gives NaN. That case has to be looked at before dividing.',
      },
      run: ({ mean }, { equal }) => equal(mean([]), 0),
    },
  ],
  hints: {
    es: [
      'Una lista de tres tiene los lugares 0, 1 y 2: el bucle tiene que parar antes de length.',
      'La primera línea puede ser: if (numbers.length === 0) return 0;',
    ],
    en: [
      'A list of three has the places 0, 1 and 2: the loop has to stop before length.',
      'The first line may be: if (numbers.length === 0) return 0;',
    ],
  },
  solution: `function mean(numbers: number[]): number {
  if (numbers.length === 0) return 0;
  let sum = 0;
  for (const number of numbers) sum = sum + number;
  return sum / numbers.length;
}
`,
  wrong: [
    {
      // The empty list is forgotten.
      code: `function mean(numbers: number[]) {
  let sum = 0;
  for (const number of numbers) sum += number;
  return sum / numbers.length;
}
`,
      fails: ['empty'],
    },
    {
      // One too few.
      code: `function mean(numbers: number[]) {
  if (numbers.length === 0) return 0;
  let sum = 0;
  for (let i = 1; i < numbers.length; i++) sum += numbers[i];
  return sum / numbers.length;
}
`,
      fails: ['value'],
    },
  ],
});
