import * as fc from 'fast-check';
import { Table } from 'lumbre/data/table';
import { expect, test } from 'vitest';
import * as data from '../../src/exhibits/table-path/data.ts';
import {
  aggregates,
  codeOf,
  lookupOf,
  pathOf,
  type Recipe,
  stagesOf,
} from '../../src/exhibits/table-path/pipeline.ts';

const recipes: fc.Arbitrary<Recipe> = fc.record({
  lowest: fc.constantFrom(0, 50, 500, 1000, 3000),
  complete: fc.boolean(),
  limit: fc.constantFrom(0, 500, 2000, 4000),
  by: fc.constantFrom('country' as const, 'zone' as const),
  aggregate: fc.constantFrom(...aggregates),
  how: fc.constantFrom('inner' as const, 'left' as const),
  sortBy: fc.constantFrom('key' as const, 'cities' as const, 'rain' as const),
  descending: fc.boolean(),
});

const tableOf = ({ columns, rows }: data.Table) =>
  Table.from(columns.map((name, i) => [name, rows.map((row) => row[i])] as const));
const rowsOf = (table: Table) => table.records().map((row) => table.columnNames.map((name) => row[name]));

test('the tables on the way are those that the code which is shown makes with lumbre', () => {
  fc.assert(
    fc.property(recipes, (recipe) => {
      const stages = stagesOf(recipe);
      const lines = codeOf(recipe);
      // One verb more each time.
      for (let end = 1; end <= 5; end++) {
        const code = lines
          .slice(0, end + 1)
          .join('\n')
          .replace(/;$/, '');
        const run = new Function('cities', 'countries', 'zones', `${code};\nreturn result;`);
        const made = run(tableOf(data.cities), tableOf(data.countries), tableOf(data.zones)) as Table;
        // Arquero puts rows without a partner last; what order a join has is nobody's business before it is sorted.
        const order = (rows: readonly unknown[]) =>
          end === 4 ? rows.map((row) => JSON.stringify(row)).sort() : rows;
        expect(made.columnNames).toEqual(stages[end]?.columns);
        if (end < 5 || recipe.sortBy === 'key')
          expect(order(rowsOf(made))).toEqual(order(stages[end]?.rows ?? []));
        else expect(new Set(rowsOf(made).map(String))).toEqual(new Set(stages[5]?.rows.map(String)));
      }
    }),
    { seed: 11, numRuns: 60 },
  );
});

test('sorted: what is missing is last', () => {
  fc.assert(
    fc.property(recipes, (recipe) => {
      const rain = stagesOf({ ...recipe, sortBy: 'rain' })[5]?.rows.map((row) => row[2]) as (number | null)[];
      const present = rain.filter((value): value is number => value !== null);
      expect(rain.slice(0, present.length)).toEqual(present);
      expect(present).toEqual([...present].sort((a, b) => (recipe.descending ? b - a : a - b)));
    }),
    { seed: 12 },
  );
});

test('a row is followed to its end, or to where it is dropped', () => {
  fc.assert(
    fc.property(recipes, fc.integer({ min: 0, max: data.cities.rows.length - 1 }), (recipe, row) => {
      const stages = stagesOf(recipe);
      const path = pathOf(stages, row);
      const [, country, altitude, rain] = data.cities.rows[row] as [string, string, number, number | null];
      if (altitude < recipe.lowest || (recipe.complete && rain === null)) {
        expect(path).toEqual([row, null]);
        return;
      }
      // In its group it counts.
      const key = recipe.by === 'country' ? country : altitude >= recipe.limit ? 'high' : 'low';
      expect(stages[3]?.rows[path[3] as number]?.[0]).toBe(key);
      const known = lookupOf(recipe).rows.some((other) => other[0] === key);
      if (recipe.how === 'inner' && !known) expect(path.slice(4)).toEqual([null]);
      else expect(stages[5]?.rows[path[5] as number]?.[0]).toBe(key);
    }),
    { seed: 13 },
  );
});
