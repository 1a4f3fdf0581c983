import { describe, expect, test } from 'vitest';
import {
  type Aggregate,
  fromJSON,
  fromParquet,
  Imputer,
  LabelEncoder,
  loadPreparation,
  minMax,
  OneHotEncoder,
  type PreparationState,
  readCSV,
  standardize,
  Table,
  TableError,
} from '../../src/data/table/index.ts';
import parquet from '../fixtures/data/parquet.json' with { type: 'json' };
import pandas from '../fixtures/data/tables.json' with { type: 'json' };

const table = () => readCSV(pandas.csv);

interface Frame {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

const rows = (of: Table) => of.records().map((record) => of.columnNames.map((name) => record[name]));

/** Numbers as near as double precision lets sums be. */
const near = (value: unknown): unknown =>
  typeof value === 'number' ? expect.closeTo(value, 12) : Array.isArray(value) ? value.map(near) : value;

function expectFrame(actual: Table, { columns, rows: expected }: Frame): void {
  expect(actual.columnNames).toEqual(columns);
  expect(rows(actual)).toEqual(near(expected));
}

const failure = (fn: () => unknown): TableError => {
  try {
    fn();
  } catch (error) {
    expect(error).toBeInstanceOf(TableError);
    return error as TableError;
  }
  throw new Error('expected an error');
};

describe('CSV', () => {
  test('is read as pandas reads it', () => {
    expectFrame(table(), pandas.read);
    expect(table().types).toEqual({
      ...{ name: 'string', city: 'string', age: 'number', height: 'number' },
      ...{ member: 'boolean', 2019: 'number' },
    });
  });

  test('has delimiters, headers, types and missing words of its own', () => {
    const text = '# made by hand\r\n00123;yes;1\r\n00456;?;2\r\n\r\n';
    const read = readCSV(text, {
      ...{ delimiter: ';', skipRows: 1, header: ['code', 'answer', 'n'] },
      ...{ types: { code: 'string' }, missing: ['?'] },
    });
    expect(rows(read)).toEqual([
      ['00123', 'yes', 1],
      ['00456', null, 2],
    ]);
    expect(readCSV('1,2\n3,4\n', { header: false }).columnNames).toEqual(['column0', 'column1']);
    expect(readCSV('a,b\n').numRows).toBe(0);
    expect(readCSV('a\n-inf\n.5\n1e3\n').column('a')).toEqual([Number.NEGATIVE_INFINITY, 0.5, 1000]);
    expect(readCSV(new TextEncoder().encode('\ufeffa\n1\n')).columnNames).toEqual(['a']);
  });

  test.each([
    ['a,b\n1,2\n3\n', 3, '1 fields, expected 2'],
    ['a,b\n"x\ny",2\n1,2,3\n', 4, '3 fields, expected 2'],
    ['a,b\n1,"x\n2,3\n', 2, 'never closed'],
    ['a,b\n1,"x"y\n', 2, '"y" after a closing quote'],
    ['a,b,a\n1,2,3\n', 1, "columns 1 and 3 are both called 'a'"],
    ['a,,b\n1,2,3\n', 1, 'column 2 has no name'],
    ['', undefined, 'empty'],
    ['\n\n', undefined, 'empty'],
  ])('%j is refused', (text, line, message) => {
    const error = failure(() => readCSV(text, { name: 'people.csv' }));
    expect(error.message).toContain(message);
    expect(error.message).toContain(line === undefined ? 'people.csv' : `people.csv, line ${line}:`);
    expect(error.line).toBe(line);
  });

  test('that is not of its types is refused', () => {
    const error = failure(() => readCSV('a\n1\n\nx\n', { types: { a: 'number' } }));
    expect([error.line, error.message]).toEqual([
      4,
      "CSV, line 4: 'x' in column 'a' is no number, as types says it is.",
    ]);
    expect(() => readCSV('a\n1\n', { types: { b: 'number' } })).toThrow("names column 'b'");
    expect(() => readCSV(new Uint8Array(0), { name: 'x.csv' })).toThrow('x.csv is empty');
    expect(() => readCSV('a', { delimiter: '||' })).toThrow('one character');
  });

  test('is written so that it is read again', () => {
    const nasty = Table.from({ a: ['x,y', 'say "hi"', 'two\nlines', null], b: [1.5, null, -2, 1e21] });
    expect(rows(readCSV(nasty.toCSV()))).toEqual(rows(nasty));
    expect(rows(readCSV(nasty.toCSV({ delimiter: '\t' }), { delimiter: '\t' }))).toEqual(rows(nasty));
    expect(rows(readCSV(Table.from({ a: [1, null, 2] }).toCSV()))).toEqual([[1], [null], [2]]);
  });
});

describe('JSON and Parquet', () => {
  test('JSON comes as records or columns', () => {
    expect(rows(fromJSON('[{"a":1,"b":"x"},{"b":"y"}]'))).toEqual([
      [1, 'x'],
      [null, 'y'],
    ]);
    expect(rows(fromJSON({ a: [1, 2], b: [null, true] }))).toEqual([
      [1, null],
      [2, true],
    ]);
    expect(failure(() => fromJSON('[1]')).message).toContain('element 0 is 1');
    expect(failure(() => fromJSON('{"a":1}')).message).toContain('an object of columns');
    expect(failure(() => fromJSON('{')).message).toContain('no JSON');
    expect(failure(() => fromJSON({ a: [1, 2], b: [1] })).message).toContain("'b' has 1 values");
  });

  const bytes = (name: keyof typeof parquet) => Uint8Array.from(atob(parquet[name]), (c) => c.charCodeAt(0));

  test.each(['snappy', 'gzip', 'plain', 'rowGroups'] as const)('Parquet is read, %s', async (name) => {
    const read = await fromParquet(bytes(name));
    expect(read.columnNames).toEqual(['id', 'score', 'word', 'flag', 'day', '7']);
    expect(read.records()).toEqual([
      { id: 1, score: 0.5, word: 'uno', flag: true, day: new Date('1970-01-01'), 7: 1 },
      { id: 2, score: null, word: 'dos', flag: false, day: new Date('1970-01-02'), 7: 2 },
      { id: null, score: -1.25, word: null, flag: null, day: null, 7: 3 },
      { id: 2 ** 40, score: 3, word: 'año 🔥', flag: true, day: new Date('2024-10-04'), 7: 4 },
    ]);
    expect(rows(await fromParquet(bytes(name), { columns: ['word'] }))[3]).toEqual(['año 🔥']);
  });

  test('Parquet that is none, damaged or packed otherwise is refused', async () => {
    await expect(fromParquet(bytes('zstd'), { name: 'x.parquet' })).rejects.toThrow(
      /x\.parquet cannot be read: .*ZSTD/,
    );
    await expect(fromParquet(Uint8Array.of(1, 2, 3))).rejects.toBeInstanceOf(TableError);
    await expect(fromParquet(bytes('snappy').slice(40))).rejects.toBeInstanceOf(TableError);
    await expect(fromParquet(bytes('snappy'), { columns: ['nope'] })).rejects.toThrow("no column 'nope'");
  });
});

describe('verbs', () => {
  test('select, drop, rename, derive, filter, slice', () => {
    expect(table().select('age', 'name').columnNames).toEqual(['age', 'name']);
    expect(table().drop('age', 'name').columnNames).toEqual(['city', 'height', 'member', '2019']);
    expect(table().rename({ age: 'years' }).columnNames[2]).toBe('years');
    expect(() => table().rename({ age: 'name' })).toThrow("two columns are called 'name'");
    const threshold = 30;
    const older = table().filter(({ age }) => age !== null && (age as number) > threshold);
    expect(older.column('name')).toEqual(['Ana', 'Juan "el Alto"', 'Iria', 'Pau']);
    const derived = older.derive({ double: ({ age }) => 2 * (age as number), 2019: [1, 2, 3, 4] });
    expect(derived.columnNames).toEqual([...table().columnNames, 'double']);
    expect(derived.column('double')).toEqual([62, 94, 78, 104]);
    expect(derived.column('2019')).toEqual([1, 2, 3, 4]);
    expect([
      table().head(2).numRows,
      table().tail(3).column('name')[0],
      table().slice(1, 3).column('name'),
    ]).toEqual([...[2, 'Pau', ['Luis', 'Eva']]]);
    expect(() => table().select('agee')).toThrow("no column 'agee'; there are: name, city");
    expect(Table.from(table().arquero.slice(0, 1)).numRows).toBe(1);
  });

  test('sort, with what is missing last', () => {
    expectFrame(table().sort(['age', 'height'], { descending: true }), pandas.sorted);
    expect(table().sort('age').column('age')).toEqual([25, 25, 31, 39, 47, 52, null, null]);
  });

  test('concat and distinct', () => {
    const twice = table().concat(table().select(...table().columnNames.toReversed()));
    expect(twice.numRows).toBe(16);
    expect(rows(twice.distinct())).toEqual(rows(table()));
    expect(table().distinct('member').column('name')).toEqual(['Ana', 'Luis', 'Eva']);
    expect(() => table().concat(table().drop('age'))).toThrow('concat');
  });

  test('group and aggregate', () => {
    const names: Record<string, readonly [string, Aggregate]> = {
      ...{
        n: ['city', 'size'],
        known: ['age', 'count'],
        mean: ['age', 'mean'],
        median: ['height', 'median'],
      },
      ...{ std: ['height', 'std'], var: ['age', 'var'], total: ['2019', 'sum'], least: ['name', 'min'] },
      ...{
        most: ['height', 'max'],
        first: ['age', 'first'],
        last: ['age', 'last'],
        kinds: ['member', 'nunique'],
      },
    };
    expectFrame(table().groupBy('city').aggregate(names), pandas.grouped);
    expect(() =>
      table()
        .groupBy('city')
        .aggregate({ x: ['name', 'mean'] }),
    ).toThrow('mean is of numbers');
    expect(rows(table().valueCounts('city'))).toEqual(pandas.valueCounts);
  });

  test.each(['inner', 'left', 'right', 'outer'] as const)('join, %s', (how) => {
    const joined = table().dropMissing('city').join(readCSV(pandas.other), { on: 'city', how });
    expectFrame(joined.sort(['city', 'name']).select(...pandas.joins[how].columns), pandas.joins[how]);
  });

  test('join by two columns', () => {
    const left = Table.from({ a: [1, 1, 2], b: ['x', 'y', 'x'], v: [10, 20, 30] });
    const right = Table.from({ b: ['x', 'y'], a: [1, 2], w: [100, 200] });
    expect(left.join(right, { on: ['a', 'b'] }).records()).toEqual([{ a: 1, b: 'x', v: 10, w: 100 }]);
    expect(left.join(right, { on: ['a', 'b'], how: 'outer' }).numRows).toBe(4);
  });

  test('pivot and melt', () => {
    const pivoted = table().pivot({ index: 'city', columns: 'member', values: 'height' });
    // pandas writes False and True.
    expect(pivoted.columnNames).toEqual(['city', 'false', 'true']);
    expect(rows(pivoted)).toEqual(near(pandas.pivoted.rows));
    expectFrame(table().select('name', 'age', '2019').melt(['age', '2019']), pandas.melted);
  });

  test('describe', () => {
    const described = table().describe();
    const byName = new Map(described.records().map((row) => [row.column as string, row]));
    for (const [name, values] of Object.entries(pandas.describe)) {
      const row = byName.get(name);
      const own = ['count', 'mean', 'std', 'min', '25%', '50%', '75%', 'max'].map((key) => row?.[key]);
      expect(own).toEqual(near(values));
      expect(row?.missing).toBe(8 - (values[0] as number));
    }
    for (const [name, values] of Object.entries(pandas.describeObjects)) {
      const row = byName.get(name);
      expect([row?.count, row?.unique, row?.top, row?.freq]).toEqual(values);
    }
  });

  test('missing values', () => {
    expect(table().missing()).toEqual(pandas.missing);
    expectFrame(table().dropMissing(), pandas.dropped);
    const fillings = { age: 'mean', height: 'median', city: 'mode' } as const;
    expectFrame(table().fillMissing(fillings), pandas.filled);
    expect(
      table()
        .fillMissing({ city: { value: '?' }, age: 0 })
        .row(5),
    ).toMatchObject({ city: '?', age: 52 });
    expect(() => Table.from({ a: [null, null] }).fillMissing({ a: 'mean' })).toThrow('no values');
  });

  test('print', () => {
    const printed = table().head(4).drop('2019').toString();
    expect(printed).toBe(
      [
        '             name             city  age  height  member',
        '0             Ana          Sevilla   31    1.62    true',
        '1            Luis  Mérida, Yucatán  NaN    1.80   false',
        '2             Eva          Sevilla   25    1.71     NaN',
        '3  Juan "el Alto"             Lugo   47    2.01    true',
        '',
        '[4 rows x 5 columns]',
      ].join('\n'),
    );
    const long = Table.from({ n: Array.from({ length: 100 }, (_, i) => i / 3) }).toString({ maxRows: 4 });
    expect(long.split('\n').map((line) => line.trim())).toEqual([
      ...[
        'n',
        '0    0.000000',
        '1    0.333333',
        '…',
        '98  32.666667',
        '99  33.000000',
        '',
        '[100 rows x 1 columns]',
      ],
    ]);
  });
});

describe('preparations', () => {
  const numeric = ['age', 'height', '2019'];
  const saved = (state: unknown) => loadPreparation(JSON.parse(JSON.stringify(state)) as PreparationState);

  test.each([
    ['standardize', standardize, pandas.standard],
    ['minMax', minMax, pandas.minMax],
  ] as const)('%s is scikit-learn’s, and goes back', (_, fit, expected) => {
    const scaler = fit(table());
    const scaled = saved(scaler).transform(table());
    expect(rows(scaled.select(...numeric))).toEqual(near(expected));
    expect(scaled.column('name')).toEqual(table().column('name'));
    expect(rows(scaler.inverse(scaled))).toEqual(near(rows(table())));
    // What was learned is used on other rows, and a column of one value is not divided by 0.
    const other = fit(Table.from({ a: [2, 2] })).transform(Table.from({ a: [5] }));
    expect(other.column('a')).toEqual([3]);
    expect(() => fit(table(), ['name'])).toThrow('of numbers');
  });

  test('one-hot columns are pandas’s, and the same for other rows', () => {
    const encoder = OneHotEncoder.fit(table(), ['city']);
    expectFrame(saved(encoder).transform(table()), pandas.dummies);
    expectFrame(
      OneHotEncoder.fit(table(), ['city'], { dropFirst: true }).transform(table()),
      pandas.dummiesDropFirst,
    );
    const one = Table.from({ city: ['Lugo', 'Vigo'] });
    expect(() => encoder.transform(one)).toThrow('"Vigo", which was not among the 3 classes learned: Lugo');
    expect(rows(OneHotEncoder.fit(table(), ['city'], { unknown: 'zeros' }).transform(one))).toEqual([
      [1, 0, 0],
      [0, 0, 0],
    ]);
  });

  test('labels go there and back', () => {
    const whole = table().dropMissing('city');
    const encoder = LabelEncoder.fit(whole, 'city');
    const encoded = saved(encoder).transform(whole);
    expect(encoded.column('city')).toEqual([2, 1, 2, 0, 0, 2, 0]);
    expect(encoder.inverse(encoded).column('city')).toEqual(whole.column('city'));
    expect(() => encoder.transform(table())).toThrow('missing values');
  });

  test('what is filled in is the training data’s', () => {
    const imputer = Imputer.fit(Table.from({ age: [10, 20, null] }), { age: 'mean' });
    expect(saved(imputer).transform(table()).column('age')[1]).toBe(15);
    expect(() => loadPreparation({ kind: 'x' } as unknown as PreparationState)).toThrow("kind 'x'");
  });
});

describe('tensors', () => {
  test('of columns', () => {
    const whole = table().dropMissing('age', 'member');
    const x = whole.toTensor(['age', 'member']);
    expect([x.shape, x.dtype]).toEqual([[5, 2], 'float32']);
    expect(x.dataSync()).toEqual(Float32Array.of(31, 1, 47, 1, 39, 1, 52, 0, 25, 0));
    expect(whole.toTensor('age', { dtype: 'int32' }).dataSync()).toEqual(Int32Array.of(31, 47, 39, 52, 25));
    expect(() => table().toTensor(['age'])).toThrow("column 'age' of row 1 is missing");
    expect(() => table().toTensor(['name'])).toThrow('is "Ana", no number');
  });

  test('of examples', () => {
    const whole = table().dropMissing('age', 'member', 'height').select('age', 'height', 'member');
    const dataset = whole.toDataset({ target: 'member', targetDtype: 'int32' });
    expect(dataset.length).toBe(4);
    expect(dataset.get(1)).toEqual({
      x: { data: Float32Array.of(47, 2.01), shape: [2], dtype: 'float32' },
      y: { data: Int32Array.of(1), shape: [], dtype: 'int32' },
    });
    expect(Object.keys(whole.toDataset({ features: ['age'] }).get(0))).toEqual(['x']);
  });
});
