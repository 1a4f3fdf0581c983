import { defineExercise } from '../../../../src/grading/exercise.ts';
import type { GradingTools } from '../../../../src/grading/tools.ts';

const cases = ({ fc }: GradingTools) =>
  fc.record({
    values: fc.array(fc.integer({ min: -2, max: 12 }), { maxLength: 8 }),
    edges: fc
      .uniqueArray(fc.integer({ min: 0, max: 10 }), { minLength: 2, maxLength: 5 })
      .map((edges) => edges.sort((a, b) => a - b)),
  });

interface Case {
  readonly values: number[];
  readonly edges: number[];
}

const expected = ({ values, edges }: Case): number[] =>
  edges.slice(1).map((right, i) => {
    const last = i === edges.length - 2;
    return values.filter((value) => value >= (edges[i] as number) && (last ? value <= right : value < right))
      .length;
  });

const start = (comment: string) => `import { bars } from 'studio';

function histogram(values: number[], edges: number[]): number[] {
  const counts: number[] = [];
  for (let i = 0; i < edges.length - 1; i++) {
    // ${comment}
    counts.push(0);
  }
  return counts;
}

const counts = histogram([3, 7, 7, 8, 12, 15, 20], [0, 5, 10, 15, 20]);
bars(['0–5', '5–10', '10–15', '15–20'], counts);
`;

export const exercise = defineExercise({
  start: {
    es: start('El tramo va de edges[i] a edges[i + 1].'),
    en: start('The interval goes from edges[i] to edges[i + 1].'),
  },
  defines: ['histogram'],
  checks: [
    {
      id: 'length',
      title: { es: 'Hay un número por tramo', en: 'There is one number for each interval' },
      why: {
        es: 'Con cinco bordes hay cuatro tramos.',
        en: 'Five edges make four intervals.',
      },
      run: ({ histogram }, tools) =>
        tools.agree(
          [cases(tools)],
          ({ values, edges }: Case) => histogram(values, edges).length,
          ({ edges }) => edges.length - 1,
          { names: ['case'], runs: 30 },
        ),
    },
    {
      id: 'counts',
      title: { es: 'Cuenta bien lo que cae dentro', en: 'It counts what falls inside' },
      why: {
        es: 'Mira los valores que están justo en un borde, y los que quedan fuera de todos los tramos.',
        en: 'Look at values that lie right on an edge, and at those outside of all intervals.',
      },
      run: ({ histogram }, tools) =>
        tools.agree([cases(tools)], ({ values, edges }: Case) => histogram(values, edges), expected, {
          names: ['case'],
        }),
    },
    {
      id: 'last',
      title: {
        es: 'El último tramo incluye su borde derecho',
        en: 'The last interval includes its right edge',
      },
      why: {
        es: 'El valor más grande suele ser el último borde: si no lo incluyes, se pierde.',
        en: 'The largest value often is the last edge: leave it out, and it gets lost.',
      },
      run: ({ histogram }, { equal }) => equal(histogram([0, 5, 10], [0, 5, 10]), [1, 2]),
    },
  ],
  hints: {
    es: [
      'Para cada tramo, cuenta con un bucle o con filter los valores que cumplen las dos condiciones.',
      'value >= edges[i] && value < edges[i + 1]',
      'En el último tramo (i === edges.length - 2), la segunda condición es <=.',
    ],
    en: [
      'For each interval, count with a loop or with filter the values that meet both conditions.',
      'value >= edges[i] && value < edges[i + 1]',
      'In the last interval (i === edges.length - 2) the second condition is <=.',
    ],
  },
  solution: `function histogram(values: number[], edges: number[]): number[] {
  const counts: number[] = [];
  for (let i = 0; i < edges.length - 1; i++) {
    const last = i === edges.length - 2;
    const inside = values.filter(
      (value) => value >= edges[i] && (last ? value <= edges[i + 1] : value < edges[i + 1]),
    );
    counts.push(inside.length);
  }
  return counts;
}
`,
  wrong: [
    {
      // The largest value is lost.
      code: `function histogram(values: number[], edges: number[]) {
  return edges.slice(1).map((right, i) => values.filter((v) => v >= edges[i] && v < right).length);
}
`,
      fails: ['counts', 'last'],
    },
    {
      // What lies on an edge is counted twice.
      code: `function histogram(values: number[], edges: number[]) {
  return edges.slice(1).map((right, i) => values.filter((v) => v >= edges[i] && v <= right).length);
}
`,
      fails: ['counts', 'last'],
    },
    {
      // An interval too many.
      code: `function histogram(values: number[], edges: number[]) {
  return edges.map((left, i) => values.filter((v) => v >= left && v < edges[i + 1]).length);
}
`,
      fails: ['length', 'counts', 'last'],
    },
  ],
});
