import { defineExercise } from '../../../../src/grading/exercise.ts';
import type { GradingTools } from '../../../../src/grading/tools.ts';

const start = (comment: string) => `function countPairs(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i < text.length; i++) {
    // ${comment}
  }
  return counts;
}

countPairs('lala');
`;

const texts = ({ fc }: GradingTools) =>
  fc.array(fc.constantFrom('a', 'l', 'n', 'o'), { maxLength: 10 }).map((letters) => letters.join(''));

/** The entries of a map in order of their keys: in which order they were counted is nobody's business. */
const sorted = (counts: unknown): unknown =>
  counts instanceof Map ? [...counts].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)) : counts;

const expected = (text: string): Map<string, number> => {
  const counts = new Map<string, number>();
  for (let i = 0; i + 1 < text.length; i++) {
    const pair = text.slice(i, i + 2);
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  return counts;
};

export const exercise = defineExercise({
  start: {
    es: start('La pareja que empieza en i es text[i] + text[i + 1].'),
    en: start('The pair that begins at i is text[i] + text[i + 1].'),
  },
  defines: ['countPairs'],
  checks: [
    {
      id: 'keys',
      title: { es: 'Las claves son parejas de dos letras', en: 'The keys are pairs of two letters' },
      why: {
        es: 'Hay claves que no son dos letras, o falta alguna. Mira qué pasa en la última vuelta: ¿hay letra siguiente?',
        en: 'Some keys are not two letters, or one is missing. Look at the last round: is there a next letter?',
      },
      run: ({ countPairs }, tools) =>
        tools.agree(
          [texts(tools)],
          (text) => {
            const counts: unknown = countPairs(text);
            return counts instanceof Map ? [...counts.keys()].sort() : counts;
          },
          (text) => [...expected(text).keys()].sort(),
          { names: ['text'] },
        ),
    },
    {
      id: 'counts',
      title: { es: 'Cuenta cuántas veces aparece cada una', en: 'It counts how often each one comes' },
      why: {
        es: 'La cuenta de alguna pareja no es la que es. ¿Qué había antes en esa clave, y qué había la primera vez?',
        en: 'The count of some pair is off. What was there before under that key, and what was there the first time?',
      },
      run: ({ countPairs }, tools) =>
        tools.agree(
          [texts(tools)],
          (text) => sorted(countPairs(text)),
          (text) => sorted(expected(text)),
          { names: ['text'] },
        ),
    },
  ],
  hints: {
    es: [
      'La última letra no tiene siguiente: el bucle para una vuelta antes, en i < text.length - 1.',
      'Para contar: counts.set(pair, (counts.get(pair) ?? 0) + 1).',
    ],
    en: [
      'The last letter has no next one: the loop stops one round earlier, at i < text.length - 1.',
      'To count: counts.set(pair, (counts.get(pair) ?? 0) + 1).',
    ],
  },
  solution: `function countPairs(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i < text.length - 1; i++) {
    const pair = text[i] + text[i + 1];
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  return counts;
}
`,
  wrong: [
    {
      // The last letter pairs off with nothing: «aundefined».
      code: `function countPairs(text: string) {
  const counts = new Map<string, number>();
  for (let i = 0; i < text.length; i++) {
    const pair = text[i] + text[i + 1];
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  return counts;
}
`,
      fails: ['keys', 'counts'],
    },
    {
      // Pairs that do not overlap.
      code: `function countPairs(text: string) {
  const counts = new Map<string, number>();
  for (let i = 0; i + 1 < text.length; i += 2) {
    const pair = text[i] + text[i + 1];
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  return counts;
}
`,
      fails: ['keys', 'counts'],
    },
    {
      // Seen or not, but not how often.
      code: `function countPairs(text: string) {
  const counts = new Map<string, number>();
  for (let i = 0; i < text.length - 1; i++) counts.set(text[i] + text[i + 1], 1);
  return counts;
}
`,
      fails: ['counts'],
    },
  ],
});
