import { cities, countries, type Row, type Table, type Value, zones } from './data.ts';

// The verbs of tables, each telling where its rows come from. The page cannot evaluate code, as table libraries do, and needs to
// know the way of each row, which they do not tell; that the results are those of `Table` of lumbre is tested.

export const verbs = ['filter', 'derive', 'group', 'join', 'sort'] as const;
export type Verb = (typeof verbs)[number];
export const aggregates = ['mean', 'max', 'min', 'sum'] as const;
export type Aggregate = (typeof aggregates)[number];

export interface Recipe {
  /** Rows of at least this altitude stay, in metres. */
  readonly lowest: number;
  /** Whether rows without rain are dropped. */
  readonly complete: boolean;
  /** From which altitude on a zone is high. */
  readonly limit: number;
  readonly by: 'country' | 'zone';
  readonly aggregate: Aggregate;
  readonly how: 'inner' | 'left';
  readonly sortBy: 'key' | 'cities' | 'rain';
  readonly descending: boolean;
}

/** A table on the way, and where each of its rows comes from. */
export interface Stage extends Table {
  readonly verb: Verb | 'start';
  /** For each row, the rows of the stage before that it is made of. */
  readonly from: readonly (readonly number[])[];
  /** Rows of the other table, for what was joined. */
  readonly partner: readonly (number | null)[];
}

const column = (table: Table, name: string): Value[] => {
  const place = table.columns.indexOf(name);
  return table.rows.map((row) => row[place] ?? null);
};

const stage = (
  verb: Stage['verb'],
  columns: readonly string[],
  rows: readonly { readonly row: Row; readonly from: readonly number[]; readonly partner?: number | null }[],
): Stage => ({
  verb,
  columns,
  rows: rows.map(({ row }) => row),
  from: rows.map(({ from }) => from),
  partner: rows.map(({ partner }) => partner ?? null),
});

const summaries: Readonly<Record<Aggregate, (values: readonly number[]) => number | null>> = {
  mean: (values) => (values.length === 0 ? null : values.reduce((a, b) => a + b, 0) / values.length),
  max: (values) => (values.length === 0 ? null : Math.max(...values)),
  min: (values) => (values.length === 0 ? null : Math.min(...values)),
  sum: (values) => values.reduce((a, b) => a + b, 0),
};

/** Strings and numbers in order; what is missing comes last, whichever way the others go. */
function compare(a: Value, b: Value, descending: boolean): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  const order = a < b ? -1 : a > b ? 1 : 0;
  return descending ? -order : order;
}

function filtered(table: Table, { lowest, complete }: Recipe): Stage {
  const [altitude, rain] = [column(table, 'altitude'), column(table, 'rain')];
  const kept = table.rows
    .map((row, i) => ({ row, from: [i] }))
    .filter((_, i) => (altitude[i] as number) >= lowest && (!complete || rain[i] !== null));
  return stage('filter', table.columns, kept);
}

function derived(table: Table, { limit }: Recipe): Stage {
  const altitude = column(table, 'altitude');
  return stage(
    'derive',
    [...table.columns, 'zone'],
    table.rows.map((row, i) => ({
      row: [...row, (altitude[i] as number) >= limit ? 'high' : 'low'],
      from: [i],
    })),
  );
}

function grouped(table: Table, { by, aggregate }: Recipe): Stage {
  const [keys, rain] = [column(table, by), column(table, 'rain')];
  const groups = new Map<Value, number[]>();
  keys.forEach((key, i) => {
    groups.set(key, [...(groups.get(key) ?? []), i]);
  });
  return stage(
    'group',
    [by, 'cities', 'rain'],
    [...groups]
      .sort(([a], [b]) => compare(a, b, false))
      .map(([key, from]) => {
        const values = from.map((i) => rain[i]).filter((value): value is number => typeof value === 'number');
        return { row: [key, from.length, summaries[aggregate](values)], from };
      }),
  );
}

/** The table that groups are joined with. */
export const lookupOf = ({ by }: Pick<Recipe, 'by'>): Table => (by === 'country' ? countries : zones);

function joined(table: Table, recipe: Recipe): Stage {
  const other = lookupOf(recipe);
  const [keys, others] = [column(table, recipe.by), column(other, recipe.by)];
  const more = other.columns.slice(1);
  const rows = table.rows.map((row, i) => {
    const partner = others.indexOf(keys[i] as Value);
    const found = partner < 0 ? more.map(() => null) : (other.rows[partner] as Row).slice(1);
    return { row: [...row, ...found], from: [i], partner: partner < 0 ? null : partner };
  });
  return stage(
    'join',
    [...table.columns, ...more],
    rows.filter(({ partner }) => recipe.how === 'left' || partner !== null),
  );
}

function sorted(table: Table, { by, sortBy, descending }: Recipe): Stage {
  const values = column(table, sortBy === 'key' ? by : sortBy);
  const order = table.rows
    .map((_, i) => i)
    .sort((a, b) => compare(values[a] as Value, values[b] as Value, descending) || a - b);
  return stage(
    'sort',
    table.columns,
    order.map((i) => ({ row: table.rows[i] as Row, from: [i] })),
  );
}

/** The whole way: the table of cities, and what each verb makes of it. */
export function stagesOf(recipe: Recipe): readonly Stage[] {
  const start = stage(
    'start',
    cities.columns,
    cities.rows.map((row, i) => ({ row, from: [i] })),
  );
  const filter = filtered(start, recipe);
  const derive = derived(filter, recipe);
  const group = grouped(derive, recipe);
  const join = joined(group, recipe);
  return [start, filter, derive, group, join, sorted(join, recipe)];
}

/** Where a row of the first table is at each stage; it ends with null where the row is dropped. */
export function pathOf(stages: readonly Stage[], row: number): (number | null)[] {
  const path: (number | null)[] = [row];
  for (const { from } of stages.slice(1)) {
    const before = path.at(-1) as number;
    const now = from.findIndex((sources) => sources.includes(before));
    path.push(now < 0 ? null : now);
    if (now < 0) break;
  }
  return path;
}

/** The same in code, one line for each verb, as a cell can run it with `Table` of lumbre. */
export function codeOf(recipe: Recipe): readonly string[] {
  const { by, aggregate, how, sortBy, descending, lowest, limit, complete } = recipe;
  const other = by === 'country' ? 'countries' : 'zones';
  return [
    'const result = cities',
    `  .filter((row) => row.altitude >= ${lowest}${complete ? ' && row.rain !== null' : ''})`,
    `  .derive({ zone: (row) => (row.altitude >= ${limit} ? 'high' : 'low') })`,
    `  .groupBy('${by}').aggregate({ cities: ['city', 'count'], rain: ['rain', '${aggregate}'] })`,
    `  .join(${other}, { on: '${by}'${how === 'left' ? ", how: 'left'" : ''} })`,
    `  .sort('${sortBy === 'key' ? by : sortBy}'${descending ? ', { descending: true }' : ''});`,
  ];
}
