import { defineExercise } from '../../../../src/grading/exercise.ts';

function right(truth: readonly number[], guesses: readonly number[]): number {
  const mean = truth.reduce((a, b) => a + b, 0) / truth.length;
  const left = truth.reduce((sum, y, i) => sum + (y - (guesses[i] as number)) ** 2, 0);
  const all = truth.reduce((sum, y) => sum + (y - mean) ** 2, 0);
  return 1 - left / all;
}

export const exercise = defineExercise({
  start: {
    es: `function r2(truth: number[], guesses: number[]): number {
  const mean = truth.reduce((a, b) => a + b, 0) / truth.length;
  // Completa: lo que queda de error, y lo que erraría quien dice siempre la media.
  return 0;
}

r2([1, 2, 6], [1, 3, 5]);
`,
    en: `function r2(truth: number[], guesses: number[]): number {
  const mean = truth.reduce((a, b) => a + b, 0) / truth.length;
  // Complete it: the error that is left, and that of whoever always says the mean.
  return 0;
}

r2([1, 2, 6], [1, 3, 5]);
`,
  },
  defines: ['r2'],
  checks: [
    {
      id: 'perfect',
      title: { es: 'Quien acierta siempre tiene 1', en: 'Whoever is always right gets 1' },
      why: {
        es: 'Sin errores no queda nada que restar de 1. ¿Devuelves la parte explicada o la que falta?',
        en: 'Without errors there is nothing to take from 1. Do you return the part that is explained or the part that is left?',
      },
      run({ r2 }, { close }) {
        close(r2([1, 2, 6], [1, 2, 6]), 1);
      },
    },
    {
      id: 'lazy',
      title: { es: 'Quien dice siempre la media tiene 0', en: 'Whoever always says the mean gets 0' },
      why: {
        es: 'Para el perezoso, lo que queda es todo lo que había. Mira con qué divides.',
        en: 'For the lazy one, what is left is all that there was. Look at what you divide by.',
      },
      run({ r2 }, { close }) {
        close(r2([1, 2, 6], [3, 3, 3]), 0);
      },
    },
    {
      id: 'value',
      title: { es: 'Cuenta bien con listas al azar', en: 'It counts right on random lists' },
      why: {
        es: 'Revisa los cuadrados y que los dos sumen sobre todos los ejemplos. Puede salir negativo: no lo recortes.',
        en: 'Look at the squares, and that both sums go over all examples. It may be negative: do not cut it off.',
      },
      async run({ r2 }, { fc, agree }) {
        const number = fc.integer({ min: -9, max: 9 });
        const pairs = fc
          .array(fc.tuple(number, number), { minLength: 2, maxLength: 8 })
          .filter((all) => new Set(all.map(([y]) => y)).size > 1);
        await agree(
          [pairs],
          (all) =>
            r2(
              all.map(([y]) => y),
              all.map(([, guess]) => guess),
            ),
          (all) =>
            right(
              all.map(([y]) => y),
              all.map(([, guess]) => guess),
            ),
          { names: ['pairs'] },
        );
      },
    },
  ],
  hints: {
    es: [
      'Son dos sumas con la misma forma: una con guesses[i], otra con mean.',
      'let left = 0; y en un bucle: left += (truth[i] - guesses[i]) ** 2',
      'Al final: return 1 - left / all;',
    ],
    en: [
      'These are two sums of one form: one with guesses[i], the other with mean.',
      'let left = 0; and in a loop: left += (truth[i] - guesses[i]) ** 2',
      'At the end: return 1 - left / all;',
    ],
  },
  solution: `function r2(truth: number[], guesses: number[]): number {
  const mean = truth.reduce((a, b) => a + b, 0) / truth.length;
  let left = 0;
  let all = 0;
  for (let i = 0; i < truth.length; i++) {
    left += (truth[i] - guesses[i]) ** 2;
    all += (truth[i] - mean) ** 2;
  }
  return 1 - left / all;
}
`,
  wrong: [
    {
      // The part that is left, not the part that is explained.
      code: `function r2(truth: number[], guesses: number[]) {
  const mean = truth.reduce((a, b) => a + b, 0) / truth.length;
  let left = 0, all = 0;
  truth.forEach((y, i) => { left += (y - guesses[i]) ** 2; all += (y - mean) ** 2; });
  return left / all;
}
`,
      fails: ['perfect', 'lazy', 'value'],
    },
    {
      // Distances without squares.
      code: `function r2(truth: number[], guesses: number[]) {
  const mean = truth.reduce((a, b) => a + b, 0) / truth.length;
  let left = 0, all = 0;
  truth.forEach((y, i) => { left += Math.abs(y - guesses[i]); all += Math.abs(y - mean); });
  return 1 - left / all;
}
`,
      fails: ['value'],
    },
    {
      // Negative ones are cut off.
      code: `function r2(truth: number[], guesses: number[]) {
  const mean = truth.reduce((a, b) => a + b, 0) / truth.length;
  let left = 0, all = 0;
  truth.forEach((y, i) => { left += (y - guesses[i]) ** 2; all += (y - mean) ** 2; });
  return Math.max(0, 1 - left / all);
}
`,
      fails: ['value'],
    },
  ],
});
