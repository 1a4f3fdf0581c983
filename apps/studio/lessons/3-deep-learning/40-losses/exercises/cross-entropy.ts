import { defineExercise } from '../../../../src/grading/exercise.ts';

function right(logits: readonly number[], label: number): number {
  const top = Math.max(...logits);
  return top + Math.log(logits.reduce((sum, z) => sum + Math.exp(z - top), 0)) - (logits[label] as number);
}

export const exercise = defineExercise({
  start: {
    es: `function crossEntropy(logits: number[], label: number): number {
  // Completa: el logaritmo de la suma de exponenciales, menos la puntuación correcta.
  return 0;
}

crossEntropy([2, 1, 0], 0);
`,
    en: `function crossEntropy(logits: number[], label: number): number {
  // Complete it: the logarithm of the sum of exponentials, minus the right score.
  return 0;
}

crossEntropy([2, 1, 0], 0);
`,
  },
  defines: ['crossEntropy'],
  checks: [
    {
      id: 'even',
      title: {
        es: 'Sin saber nada entre n clases, cuesta log n',
        en: 'Knowing nothing among n classes costs log n',
      },
      why: {
        es: 'Con puntuaciones iguales, cada clase recibe 1/n, y −log(1/n) es log n. Revisa el signo.',
        en: 'With equal scores each class gets 1/n, and −log(1/n) is log n. Look at the sign.',
      },
      run({ crossEntropy }, { close }) {
        close(crossEntropy([3, 3, 3, 3], 2), Math.log(4));
      },
    },
    {
      id: 'value',
      title: { es: 'Cuenta bien con puntuaciones al azar', en: 'It counts right for random scores' },
      why: {
        es: 'Es log Σ e^z − z[label]: se suman todas las exponenciales, también la correcta.',
        en: 'It is log Σ e^z − z[label]: all exponentials are summed, that of the right one too.',
      },
      async run({ crossEntropy }, { fc, agree }) {
        const cases = fc
          .array(
            fc.integer({ min: -50, max: 50 }).map((n) => n / 10),
            { minLength: 2, maxLength: 5 },
          )
          .chain((logits) => fc.tuple(fc.constant(logits), fc.nat({ max: logits.length - 1 })));
        await agree(
          [cases],
          ([logits, label]) => crossEntropy([...logits], label),
          ([logits, label]) => right(logits, label),
          { names: ['logits, label'], atol: 1e-6 },
        );
      },
    },
    {
      id: 'large',
      title: { es: 'Aguanta puntuaciones de 1000 y de −1000', en: 'It bears scores of 1000 and of −1000' },
      why: {
        es: 'e¹⁰⁰⁰ es infinito, y e⁻¹⁰⁰⁰ es cero. Resta la puntuación mayor antes de elevar, y súmala después.',
        en: 'e¹⁰⁰⁰ is infinity and e⁻¹⁰⁰⁰ is zero. Take away the largest score before you raise, and add it again after.',
      },
      run({ crossEntropy }, { close }) {
        close(crossEntropy([1000, 990], 1), right([1000, 990], 1), { what: '[1000, 990], 1' });
        close(crossEntropy([-1000, -1001], 0), right([-1000, -1001], 0), { what: '[−1000, −1001], 0' });
      },
    },
  ],
  hints: {
    es: [
      'Primero la versión corta: Math.log(suma de Math.exp(z)) - logits[label].',
      'Con const top = Math.max(...logits), las exponenciales son Math.exp(z - top).',
      'El logaritmo de la suma es entonces top + Math.log(suma).',
    ],
    en: [
      'The short version first: Math.log(sum of Math.exp(z)) - logits[label].',
      'With const top = Math.max(...logits), the exponentials are Math.exp(z - top).',
      'The logarithm of the sum is then top + Math.log(sum).',
    ],
  },
  solution: `function crossEntropy(logits: number[], label: number): number {
  const top = Math.max(...logits);
  let sum = 0;
  for (const z of logits) sum += Math.exp(z - top);
  return top + Math.log(sum) - logits[label];
}
`,
  wrong: [
    {
      // Right on paper, infinite in the machine.
      code: `function crossEntropy(logits: number[], label: number) {
  const exps = logits.map(Math.exp);
  const total = exps.reduce((a, b) => a + b);
  return -Math.log(exps[label] / total);
}
`,
      fails: ['large'],
    },
    {
      // The sign is missing.
      code: `function crossEntropy(logits: number[], label: number) {
  const top = Math.max(...logits);
  let sum = 0;
  for (const z of logits) sum += Math.exp(z - top);
  return logits[label] - top - Math.log(sum);
}
`,
      fails: ['even', 'value', 'large'],
    },
  ],
});
