import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readCSV } from '../../src/data/table/index.ts';

const file = fileURLToPath(new URL('../../../../../shared/data/tables/penguins.csv', import.meta.url));
if (!existsSync(file)) console.warn('shared/data not found: the table of penguins passed over');

test.skipIf(!existsSync(file))('penguins are what pandas says they are', () => {
  const penguins = readCSV(readFileSync(file), { name: 'penguins.csv' });
  expect([penguins.numRows, penguins.columnNames.length]).toEqual([344, 8]);
  expect(penguins.missing()).toMatchObject({ species: 0, bill_length_mm: 2, sex: 11, year: 0 });
  // pandas: df.groupby(['species', 'sex']).body_mass_g.agg(['size', 'mean', 'std'])
  const groups = penguins.groupBy('species', 'sex').aggregate({
    n: ['species', 'size'],
    mean: ['body_mass_g', 'mean'],
    std: ['body_mass_g', 'std'],
  });
  expect(groups.records().map(({ species, sex, n }) => [species, sex, n])).toEqual([
    ['Adelie', 'female', 73],
    ['Adelie', 'male', 73],
    ['Chinstrap', 'female', 34],
    ['Chinstrap', 'male', 34],
    ['Gentoo', 'female', 58],
    ['Gentoo', 'male', 61],
  ]);
  expect(groups.column('mean')).toEqual(
    [
      3368.8356164383563, 4043.4931506849316, 3527.205882352941, 3938.970588235294, 4679.741379310345,
      5484.836065573771,
    ].map((value) => expect.closeTo(value, 8)),
  );
  expect(groups.column('std')).toEqual(
    [
      269.3801018438564, 346.8115531879777, 285.333911718307, 362.1375500681204, 281.57829364263085,
      313.1585956203804,
    ].map((value) => expect.closeTo(value, 8)),
  );
  const { x, y } = penguins
    .dropMissing()
    .toDataset({ target: 'body_mass_g', features: ['bill_length_mm', 'flipper_length_mm'] }).columns;
  expect([x.shape, y.shape]).toEqual([[333, 2], [333]]);
});
