import { describe, expect, test } from 'vitest';
import type { Output } from '../../src/cell/output.ts';
import { defineExercise } from '../../src/grading/exercise.ts';
import { grade } from '../../src/grading/grade.ts';
import { gradeReport } from '../../src/grading/report.ts';
import { sayComplaint } from '../../src/grading/sayComplaint.ts';

const text = (words: string) => ({ es: words, en: words });
const exercise = defineExercise({
  start: text('function sum(a: number[]): number { return 0; }'),
  defines: ['sum'],
  checks: [
    {
      id: 'adds',
      title: text('adds'),
      why: text('why'),
      run: ({ sum }, { fc, agree }) =>
        agree([fc.array(fc.integer({ min: -9, max: 9 }))], sum, (a) => a.reduce((x, y) => x + y, 0), {
          names: ['a'],
        }),
    },
    {
      id: 'keeps',
      title: text('keeps'),
      why: text('why'),
      run: ({ sum }, { equal }) => {
        const a = [3, 1, 2];
        sum(a);
        equal(a, [3, 1, 2]);
      },
    },
  ],
  hints: { es: [], en: [] },
  solution: 'const sum = (a: number[]) => a.reduce((x, y) => x + y, 0);',
  wrong: [],
});

const graded = async (source: string) => gradeReport.parse(await grade(exercise, source));

test('a right answer passes, and it is said in how many cases', async () => {
  expect(await graded(exercise.solution)).toMatchObject({
    passed: true,
    checks: [
      { id: 'adds', passed: true, cases: 100 },
      { id: 'keeps', passed: true, cases: null },
    ],
  });
});

test('a wrong one fails with the smallest case, yours and what was expected', async () => {
  const { passed, checks } = await graded('const sum = (a: number[]) => a[0] ?? 0;');
  expect(passed).toBe(false);
  // Two numbers, of which the second counts: no smaller case tells them apart.
  expect(checks[0]?.counterexample).toMatchObject({
    input: [{ name: 'a', value: { kind: 'tensor', shape: [2] } }],
    yours: { text: '0' },
  });
  expect(checks[1]?.passed).toBe(true);
});

test('who changes the input is found out, and spoils it for nobody', async () => {
  const { checks } = await graded('const sum = (a: number[]) => a.sort().reduce((x, y) => x + y, 0);');
  expect(checks.map(({ passed }) => passed)).toEqual([true, false]);
  expect(checks[1]?.counterexample).toMatchObject({
    yours: { values: [1, 2, 3] },
    expected: { values: [3, 1, 2] },
  });
});

test('promises and tensors count by their values', async () => {
  expect((await graded(`const sum = async (a: number[]) => a.reduce((x, y) => x + y, 0);`)).passed).toBe(
    true,
  );
  expect(
    (await graded(`import { tensor } from 'lumbre';\nconst sum = (a: number[]) => tensor([...a, 0]).sum();`))
      .passed,
  ).toBe(true);
});

test('what throws in a check fails it, and no more', async () => {
  const { checks } = await graded(
    'function sum(a) { if (a.length === 3) throw new Error("three"); return 0; }',
  );
  expect(checks.map(({ passed }) => passed)).toEqual([false, false]);
  expect(checks[1]?.complaint).toBe('Error: three');
});

describe('code that does not come to the checks', () => {
  test('does not define what is asked for', async () => {
    expect((await graded('const other = 1;')).failure?.message).toBe('ReferenceError: sum is not defined');
  });
  test('cannot be read', async () => {
    expect((await graded('const sum = (')).failure).toMatchObject({ kind: 'syntax', line: 1 });
  });
});

describe('tools', () => {
  const withCheck = (run: (typeof exercise.checks)[number]['run']) =>
    grade({ ...exercise, checks: [{ id: 'one', title: text('t'), why: text('w'), run }] }, exercise.solution);

  test('close is for numbers, lists and their rounding', async () => {
    expect((await withCheck((_, { close }) => close([1, [2.0000001]], [1, [2]]))).passed).toBe(true);
    expect((await withCheck((_, { close }) => close([1, 2], [1, 2.1]))).checks[0]?.complaint).toBe(
      '2 ≠ 2.1 ([1])',
    );
    expect((await withCheck((_, { close }) => close([1], [1, 2]))).checks[0]?.complaint).toBe('length 1 ≠ 2');
    expect((await withCheck((_, { close }) => close(Number.NaN, 1))).passed).toBe(false);
    expect((await withCheck((_, { close }) => close(undefined, 0))).passed).toBe(false);
  });

  test('gradients are held against differences', async () => {
    const f = ([x = 0, y = 0]: number[]) => x * x * y;
    const right = ([x = 0, y = 0]: number[]) => [2 * x * y, x * x];
    expect((await withCheck((_, { gradient }) => gradient(f, right, [1.5, -2]))).passed).toBe(true);
    expect((await withCheck((_, { gradient }) => gradient(f, ([x = 0]) => [x, x], [1.5, -2]))).passed).toBe(
      false,
    );
  });

  test('properties shrink, seeds are all tried', async () => {
    const property = await withCheck((_, { fc, property }) =>
      property([fc.nat()], (n) => n < 50, { names: ['n'] }),
    );
    expect(property.checks[0]?.counterexample?.input[0]).toMatchObject({ name: 'n', value: { text: '50' } });
    const seeds = await withCheck((_, { seeds }) => seeds([1, 2, 3], (seed) => seed < 3));
    expect(seeds.checks[0]).toMatchObject({ passed: false, cases: 3 });
  });
});

describe('a complaint is a sentence in both languages', () => {
  const complaintOf = async (run: (typeof exercise.checks)[number]['run']) => {
    const { checks } = gradeReport.parse(
      await grade(
        { ...exercise, checks: [{ id: 'a', title: text('t'), why: text('w'), run }] },
        exercise.solution,
      ),
    );
    const said = checks[0]?.said;
    return said ? [sayComplaint(said, 'es'), sayComplaint(said, 'en')] : null;
  };

  test.each<[string, (typeof exercise.checks)[number]['run'], string, string]>([
    [
      'close',
      (_, { close }) => close([1, 0.5], [1, -1.25]),
      ...([
        'Se esperaba −1,25 y salió 0,5, en el lugar [1].',
        '−1.25 was expected, and 0.5 came out, at [1].',
      ] as const),
    ],
    [
      'length',
      (_, { equal }) => equal([1], [1, 2], 'sum'),
      ...([
        'sum: Se esperaba una lista de 2 y salió una de 1.',
        'sum: A list of 2 was expected, and one of 1 came out.',
      ] as const),
    ],
    [
      'property',
      (_, { fc, property }) => property([fc.nat()], (n) => n < 5),
      ...(['Con estos datos no se cumple.', 'It does not hold for these data.'] as const),
    ],
    [
      'thrown',
      () => {
        throw new RangeError('the oven is cold');
      },
      'Tu código se detuvo con un error: RangeError: the oven is cold',
      'Your code stopped with an error: RangeError: the oven is cold',
    ],
    ['note', (_, { assert }) => assert(false, '3 < 2'), '3 < 2', '3 < 2'],
  ])('%s', async (_, run, es, en) => {
    expect(await complaintOf(run)).toEqual([es, en]);
  });
});

test('what an answer prints while it is checked is kept', async () => {
  const outputs: Output[] = [];
  await grade(
    exercise,
    'console.log("read");\nconst sum = (a: number[]) => { console.log(a); return a.reduce((x, y) => x + y, 0); };',
    (output) => outputs.push(output),
  );
  expect(outputs[0]).toMatchObject({ text: 'read' });
  expect(outputs.length).toBeGreaterThan(50);
});
