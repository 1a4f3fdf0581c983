import { Table } from 'lumbre/data/table';
import { defineExercise } from '../../../../src/grading/exercise.ts';
import type { GradingTools } from '../../../../src/grading/tools.ts';

type City = { readonly country: string; readonly rain: number | null };

/** Some rows; one at least has a figure. */
const rows = ({ fc }: GradingTools) =>
  fc
    .array(
      fc.record({
        country: fc.constantFrom('Chile', 'Cuba', 'Perú'),
        rain: fc.option(fc.integer({ min: 0, max: 3000 }), { freq: 3 }),
      }),
      { minLength: 1, maxLength: 8 },
    )
    .filter((cities) => cities.some(({ rain }) => rain !== null));

const meansOf = (cities: readonly City[]) => {
  const known = cities.filter((city): city is City & { rain: number } => city.rain !== null);
  return [...new Set(known.map(({ country }) => country))].sort().map((country) => {
    const own = known.filter((city) => city.country === country).map(({ rain }) => rain);
    return [country, own.reduce((sum, rain) => sum + rain, 0) / own.length];
  });
};

const records = (made: unknown): Readonly<Record<string, unknown>>[] => {
  if (!(made instanceof Table)) throw new Error('rainByCountry(…) is no Table');
  return made.records();
};

const start = (comment: string) => `import { Table } from 'lumbre/data/table';

function rainByCountry(cities: Table): Table {
  // ${comment}
  return cities;
}

rainByCountry(Table.from({
  country: ['Perú', 'Perú', 'Chile', 'Cuba'],
  rain: [13, 740, 1870, null],
}));
`;

export const exercise = defineExercise({
  start: {
    es: start('Quita los huecos, agrupa, promedia, ordena.'),
    en: start('Take out the holes, group, average, sort.'),
  },
  defines: ['rainByCountry'],
  checks: [
    {
      id: 'groups',
      title: {
        es: 'Una fila por cada país con algún dato',
        en: 'One row for every country with some figure',
      },
      why: {
        es: 'Sobran o faltan países. Un país del que no hay ningún dato no debería estar.',
        en: 'There are too many or too few countries. One without any figure should not be there.',
      },
      run: ({ rainByCountry }, tools) =>
        tools.agree(
          [rows(tools)],
          (cities) =>
            records(rainByCountry(Table.fromRecords(cities)))
              .map(({ country }) => country)
              .sort(),
          (cities) => meansOf(cities).map(([country]) => country),
          { names: ['cities'], runs: 60 },
        ),
    },
    {
      id: 'means',
      title: { es: 'rain es el promedio de sus ciudades', en: 'rain is the mean of its cities' },
      why: {
        es: 'La lluvia de algún país no es su promedio. Mira qué resumen pides en aggregate, y cómo se llama la columna.',
        en: 'The rain of some country is not its mean. Look at what you ask of aggregate, and at the name of the column.',
      },
      run: ({ rainByCountry }, tools) =>
        tools.agree(
          [rows(tools)],
          (cities) =>
            records(rainByCountry(Table.fromRecords(cities)))
              .filter(({ rain }) => rain !== null)
              .map(({ country, rain }) => [country, rain])
              .sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)),
          meansOf,
          { names: ['cities'], runs: 60 },
        ),
    },
    {
      id: 'order',
      title: { es: 'El más lluvioso va primero', en: 'The wettest comes first' },
      why: {
        es: 'Las filas no van de más a menos lluvia. sort, si no le dices otra cosa, va de menos a más.',
        en: 'The rows do not go from most to least rain. Unless told otherwise, sort goes from least to most.',
      },
      run: ({ rainByCountry }, tools) =>
        tools.property(
          [rows(tools)],
          (cities) => {
            const rain = records(rainByCountry(Table.fromRecords(cities)))
              .map((row) => row.rain)
              .filter((value) => value !== null) as number[];
            tools.close(
              rain,
              [...rain].sort((a, b) => b - a),
            );
          },
          { names: ['cities'], runs: 60 },
        ),
    },
  ],
  hints: {
    es: [
      'Cuatro verbos seguidos: dropMissing, groupBy, aggregate, sort.',
      "aggregate({ rain: ['rain', 'mean'] }) hace la columna rain con el promedio de rain.",
      "Al final: .sort('rain', { descending: true }).",
    ],
    en: [
      'Four verbs in a row: dropMissing, groupBy, aggregate, sort.',
      "aggregate({ rain: ['rain', 'mean'] }) makes the column rain of the mean of rain.",
      "At the end: .sort('rain', { descending: true }).",
    ],
  },
  solution: `import type { Table } from 'lumbre/data/table';

function rainByCountry(cities: Table): Table {
  return cities
    .dropMissing('rain')
    .groupBy('country')
    .aggregate({ rain: ['rain', 'mean'] })
    .sort('rain', { descending: true });
}
`,
  wrong: [
    {
      // Countries without a figure stay.
      code: `import type { Table } from 'lumbre/data/table';

function rainByCountry(cities: Table): Table {
  return cities
    .groupBy('country')
    .aggregate({ rain: ['rain', 'mean'] })
    .sort('rain', { descending: true });
}
`,
      fails: ['groups'],
    },
    {
      // Added up rather than averaged; and driest first.
      code: `import type { Table } from 'lumbre/data/table';

function rainByCountry(cities: Table): Table {
  return cities.dropMissing().groupBy('country').aggregate({ rain: ['rain', 'sum'] }).sort('rain');
}
`,
      fails: ['means', 'order'],
    },
    {
      // Holes as zeros.
      code: `import type { Table } from 'lumbre/data/table';

function rainByCountry(cities: Table): Table {
  return cities
    .fillMissing({ rain: 0 })
    .groupBy('country')
    .aggregate({ rain: ['rain', 'mean'] })
    .sort('rain', { descending: true });
}
`,
      fails: ['groups', 'means'],
    },
  ],
});
