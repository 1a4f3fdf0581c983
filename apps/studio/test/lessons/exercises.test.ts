import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { readLessons } from '../../build/lessons/folder.ts';
import { prepareSource } from '../../src/cell/core/source.ts';
import type { Exercise } from '../../src/grading/exercise.ts';
import { grade } from '../../src/grading/grade.ts';
import { gradeReport } from '../../src/grading/report.ts';
import { locales } from '../../src/i18n/locale.ts';
import { collectGarbage } from '../support/collect.ts';

afterEach(collectGarbage);

const root = fileURLToPath(new URL('../../lessons', import.meta.url));
const files = import.meta.glob<{ exercise: Exercise }>('../../lessons/*/*/exercises/*.ts', { eager: true });
const exercises = Object.entries(files).map(([path, { exercise }]) => ({
  name: path.replace('../../lessons/', '').replace('.ts', ''),
  exercise,
}));

const TIMEOUT = 120_000;

test('every exercise that a lesson names is there, and every one that is there is named', () => {
  const named = readLessons(root).flatMap(({ entry }) =>
    entry.exercises.map((id) => `${entry.folder}/exercises/${id}`),
  );
  expect(exercises.map(({ name }) => name).sort()).toEqual(named.sort());
});

describe.each(exercises)('$name', ({ exercise }) => {
  test('begins with code that can be read, in both languages', () => {
    for (const locale of locales) expect(() => prepareSource(exercise.start[locale])).not.toThrow();
  });

  test(
    'is not solved from the start',
    async () => {
      for (const locale of locales)
        expect((await grade(exercise, exercise.start[locale])).passed).toBe(false);
    },
    TIMEOUT,
  );

  test('says everything in both languages', () => {
    for (const { title, why } of exercise.checks)
      for (const locale of locales)
        expect([title[locale].length > 3, why[locale].length > 10]).toEqual([true, true]);
    expect(exercise.hints.en).toHaveLength(exercise.hints.es.length);
    expect(exercise.hints.es.length).toBeGreaterThan(0);
    expect(new Set(exercise.checks.map(({ id }) => id)).size).toBe(exercise.checks.length);
  });

  test(
    'passes its right answer',
    async () => {
      const report = gradeReport.parse(await grade(exercise, exercise.solution));
      expect(report.failure).toBeNull();
      expect(report.checks.filter(({ passed }) => !passed)).toEqual([]);
    },
    TIMEOUT,
  );

  test('has wrong answers', () => {
    expect(exercise.wrong.length).toBeGreaterThan(0);
  });

  test.each(exercise.wrong.map((wrong, i) => [i + 1, wrong] as const))(
    'fails wrong answer %i, where it says',
    async (_, { code, fails }) => {
      const report = gradeReport.parse(await grade(exercise, code));
      expect(report.failure).toBeNull();
      expect(report.checks.filter(({ passed }) => !passed).map(({ id }) => id)).toEqual(fails);
    },
    TIMEOUT,
  );
});
