import { expect, test } from 'vitest';
import type { LoadedTable } from '../../src/data/index.ts';
import { Generator } from '../../src/index.ts';
import { summary } from '../../src/nn/index.ts';
import { linearRegression } from '../../src/recipes/tables/linearRegression.ts';
import { logisticRegression } from '../../src/recipes/tables/logisticRegression.ts';
import { lastSample, tryRecipe, workshopWith } from './support.ts';

const table = (csv: string, target: string): LoadedTable => {
  const columns = (csv.split('\n')[0] as string).split(',');
  return { kind: 'table', name: 'tiny', csv, columns, target, rows: csv.trim().split('\n').length - 1 };
};

/** price = 1000 + 30 · size − 5 · age, and 200 more in the south; some ages are missing. */
const houses = (() => {
  const word = new Generator(2).hostWords();
  const below = (n: number) => (word() / 2 ** 32) * n;
  const lines = Array.from({ length: 200 }, (_, i) => {
    const [size, age, south] = [below(100), Math.floor(below(40)), i % 2];
    const price = 1000 + 30 * size - 5 * age + 200 * south;
    return [size, i % 50 === 49 ? '' : age, south ? 'south' : 'north', price].join(',');
  });
  return workshopWith(table(['size,age,place,price', ...lines].join('\n'), 'price'));
})();

/** Two kinds of birds by their bills; a few are not known. */
const birds = (() => {
  const word = new Generator(3).hostWords();
  const lines = Array.from({ length: 120 }, (_, i) => {
    const kind = ['emperor', 'king', 'little'][i % 3] as string;
    return [(i % 3) * 5 + (word() / 2 ** 32) * 4, 30 - (i % 3) * 3, i === 7 ? 'NA' : kind].join(',');
  });
  return workshopWith(table(['bill,depth,species', ...lines].join('\n'), 'species'));
})();

test('linear regression finds the rule, whatever is missing', async () => {
  const { creation, steps, events, config } = await tryRecipe(linearRegression, houses, {}, 0);
  expect(steps).toBe(1);
  expect(config.model).toMatchObject({ columns: 3 });
  const sample = lastSample(events);
  expect(sample.kind === 'text' && sample.text).toMatch(/size .*\nplace_south .*\nage .*-/);
  const figures = (await creation.evaluate?.(houses)) ?? {};
  expect(figures.r2).toBeGreaterThan(0.998);
  expect(figures.rmse).toBeLessThan(30);
  expect(String(summary(creation.model, creation.example))).toContain('[1, 1]');
  creation.dispose();
});

test('by gradients it comes to the same, and goes on to the last bit', async () => {
  const overrides = {
    model: { solver: 'sgd' },
    train: { steps: 150, evalInterval: 50, batchSize: 32 },
  };
  const { creation } = await tryRecipe(linearRegression, houses, overrides, 70);
  const figures = (await creation.evaluate?.(houses)) ?? {};
  expect(figures.r2).toBeGreaterThan(0.995);
  creation.dispose();
});

test('logistic regression tells birds apart, and says where it is wrong', async () => {
  const { creation, events } = await tryRecipe(logisticRegression, birds, { model: { C: 100 } }, 4);
  const sample = lastSample(events);
  expect(sample.kind === 'text' && sample.text).toMatch(/emperor +king +little/);
  const figures = (await creation.evaluate?.(birds)) ?? {};
  expect(figures.accuracy).toBe(1);
  expect(String(summary(creation.model, creation.example))).toContain('[1, 3]');
  creation.dispose();
});

test('two classes have one row of coefficients', async () => {
  const csv = `x,y\n${Array.from({ length: 40 }, (_, i) => `${i},${i < 20 ? 'low' : 'high'}`).join('\n')}\n`;
  const shop = workshopWith(table(csv, 'y'));
  const { creation } = await tryRecipe(logisticRegression, shop, { model: { C: 1000 } }, 0);
  expect((await creation.evaluate?.(shop))?.accuracy).toBeGreaterThan(0.85);
  creation.dispose();
});

test('a ragged row is told by its line', async () => {
  const shop = workshopWith(table('a,b\n1,2\n3\n5,6\n', 'b'));
  for (const recipe of [linearRegression, logisticRegression]) {
    await expect(tryRecipe(recipe as typeof linearRegression, shop, {}, 0)).rejects.toThrow(
      'tiny, line 3: 1 fields, expected 2',
    );
  }
});

test('a target that does not fit is told with what does', async () => {
  await expect(tryRecipe(linearRegression, birds, {}, 0)).rejects.toThrow('take logistic-regression');
  await expect(tryRecipe(logisticRegression, houses, {}, 0)).rejects.toThrow('Take linear-regression');
  const other = { data: { target: 'colour' } };
  await expect(tryRecipe(linearRegression, houses, other, 0)).rejects.toThrow(
    "no column 'colour' to predict; there are size, age, place, price",
  );
});
