import { defineExercise } from '../../../../src/grading/exercise.ts';

const start = (first: string, second: string) => `function longestStreak(results: string[]): number {
  let best = 0;
  let current = 0; // ${first}
  for (const result of results) {
    // ${second}
  }
  return best;
}

longestStreak(['G', 'G', 'P', 'G', 'G', 'G', 'E']);
`;

export const exercise = defineExercise({
  start: {
    es: start('cuántas victorias seguidas van', 'Completa: ¿qué pasa si gana? ¿Y si no?'),
    en: start('how many wins in a row so far', 'Complete it: what happens on a win? And if not?'),
  },
  defines: ['longestStreak'],
  checks: [
    {
      id: 'value',
      title: { es: 'Encuentra la racha más larga', en: 'It finds the longest streak' },
      why: {
        es: 'Sigue el ejemplo con el dedo: ¿cuánto vale current después de cada partido?, ¿cuándo vuelve a 0?',
        en: 'Follow the example with your finger: what is current after each match? When does it go back to 0?',
      },
      run: ({ longestStreak }, { fc, agree }) =>
        agree(
          [fc.array(fc.constantFrom('G', 'G', 'E', 'P'), { maxLength: 12 })],
          longestStreak,
          (results) =>
            Math.max(
              ...results
                .join('')
                .split(/[EP]/)
                .map((wins) => wins.length),
            ),
          { names: ['results'] },
        ),
    },
    {
      id: 'last',
      title: {
        es: 'Cuenta la racha que llega hasta el final',
        en: 'It counts a streak that lasts to the end',
      },
      why: {
        es: 'Si solo miras la racha cuando se corta, la última se pierde.',
        en: 'If you only look at the streak when it breaks, the last one gets lost.',
      },
      run: ({ longestStreak }, { equal }) => equal(longestStreak(['P', 'G', 'G']), 2),
    },
  ],
  hints: {
    es: [
      'Si gana, current crece en 1. Si no, vuelve a 0.',
      'Después de cada partido, best es el mayor de los dos: Math.max(best, current).',
    ],
    en: [
      'On a win, current grows by 1. Otherwise it goes back to 0.',
      'After each match, best is the larger of the two: Math.max(best, current).',
    ],
  },
  solution: `function longestStreak(results: string[]): number {
  let best = 0;
  let current = 0;
  for (const result of results) {
    current = result === 'G' ? current + 1 : 0;
    best = Math.max(best, current);
  }
  return best;
}
`,
  wrong: [
    {
      // All wins, streak or not.
      code: `function longestStreak(results: string[]) {
  let best = 0;
  for (const result of results) if (result === 'G') best++;
  return best;
}
`,
      fails: ['value'],
    },
    {
      // Looks only when the streak breaks.
      code: `function longestStreak(results: string[]) {
  let best = 0;
  let current = 0;
  for (const result of results) {
    if (result === 'G') current++;
    else {
      best = Math.max(best, current);
      current = 0;
    }
  }
  return best;
}
`,
      fails: ['value', 'last'],
    },
  ],
});
