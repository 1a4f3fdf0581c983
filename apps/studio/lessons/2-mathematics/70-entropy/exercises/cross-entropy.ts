import { defineExercise } from '../../../../src/grading/exercise.ts';

const code = (term: string, comment = '') => `function crossEntropy(p: number[], q: number[]): number {
  let sum = 0;
  for (let i = 0; i < p.length; i++) {
    ${term}${comment}
  }
  return sum;
}

console.log(crossEntropy([0.7, 0.2, 0.1], [0.4, 0.4, 0.2]));
`;

const cross = (p: readonly number[], q: readonly number[]) =>
  p.reduce((sum, value, i) => (value > 0 ? sum - value * Math.log(q[i] ?? 0) : sum), 0);

export const exercise = defineExercise({
  start: {
    es: code('sum += 0;', ' // la sorpresa, según q, de lo que pasa según p'),
    en: code('sum += 0;', ' // the surprise, by q, of what happens by p'),
  },
  defines: ['crossEntropy'],
  checks: [
    {
      id: 'values',
      title: {
        es: 'Es la sorpresa media de quien cree en q',
        en: 'It is the mean surprise of one who believes q',
      },
      why: {
        es: 'Cada cosa pasa con probabilidad p[i], y sorprende −Math.log(q[i]). ¿Pusiste cada una en su lugar, y el signo?',
        en: 'Each thing happens with probability p[i], and surprises by −Math.log(q[i]). Is each in its place, and the sign?',
      },
      async run({ crossEntropy }, { fc, agree }) {
        const shares = fc
          .array(fc.integer({ min: 1, max: 9 }), { minLength: 3, maxLength: 3 })
          .map((parts) => parts.map((part) => part / parts.reduce((a, b) => a + b)));
        await agree([shares, shares], crossEntropy, cross, { names: ['p', 'q'], atol: 1e-9 });
      },
    },
    {
      id: 'never',
      title: { es: 'Lo que nunca pasa no cuenta', en: 'What never happens does not count' },
      why: {
        es: '0 por −∞ es NaN. Sáltate los lugares donde p[i] es 0.',
        en: '0 times −∞ is NaN. Skip the places where p[i] is 0.',
      },
      run({ crossEntropy }, { close }) {
        close(crossEntropy([0.5, 0.5, 0], [0.5, 0.5, 0]), Math.LN2, { atol: 1e-9 });
        close(crossEntropy([1, 0], [0.25, 0.75]), Math.log(4), { atol: 1e-9 });
      },
    },
    {
      id: 'impossible',
      title: {
        es: 'Si q dice «imposible» y pasa, es infinita',
        en: 'If q says “impossible” and it happens, it is infinite',
      },
      why: {
        es: 'No escondas ese infinito: avisa de que q descarta algo que sí ocurre. Salta según p, no según q.',
        en: 'Do not hide that infinity: it tells that q rules out something that does happen. Skip by p, not by q.',
      },
      run({ crossEntropy }, { equal }) {
        equal(crossEntropy([0.5, 0.5], [1, 0]), Number.POSITIVE_INFINITY);
      },
    },
  ],
  hints: {
    es: [
      'La sorpresa de q[i] es −Math.log(q[i]), y pasa con probabilidad p[i].',
      'if (p[i] > 0) sum -= p[i] * Math.log(q[i]);',
    ],
    en: [
      'The surprise of q[i] is −Math.log(q[i]), and it happens with probability p[i].',
      'if (p[i] > 0) sum -= p[i] * Math.log(q[i]);',
    ],
  },
  solution: code('if (p[i] > 0) sum -= p[i] * Math.log(q[i]);'),
  wrong: [
    // 0 · log 0.
    { code: code('sum -= p[i] * Math.log(q[i]);'), fails: ['never'] },
    // The two in each other's place.
    { code: code('if (p[i] > 0) sum -= q[i] * Math.log(p[i]);'), fails: ['values', 'never', 'impossible'] },
    // The infinity is hidden.
    { code: code('if (p[i] > 0 && q[i] > 0) sum -= p[i] * Math.log(q[i]);'), fails: ['impossible'] },
  ],
});
