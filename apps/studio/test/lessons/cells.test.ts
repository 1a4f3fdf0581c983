import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { readLessons, readPython } from '../../build/lessons/folder.ts';
import { runSource } from '../../src/cell/core/run.ts';
import { isTensor } from '../../src/cell/core/values.ts';
import { type Output, output } from '../../src/cell/output.ts';
import type { LessonDocument, LiveNumber } from '../../src/course/document.ts';
import { locales } from '../../src/i18n/locale.ts';
import { collectGarbage } from '../support/collect.ts';

afterEach(collectGarbage);

const root = fileURLToPath(new URL('../../lessons', import.meta.url));
const lessons = readLessons(root);
const documents = lessons.flatMap(({ entry, documents: texts }) =>
  locales.map((locale) => ({ name: `${entry.folder}/${locale}.md`, document: texts[locale] })),
);

/** Cells that train take their time. */
const TIMEOUT = 120_000;

test('there are lessons', () => {
  expect(lessons.length).toBeGreaterThan(0);
});

/** The value that the text prints, and how far off it may be: half of its last digit. */
function printed({ text }: LiveNumber, locale: string): { value: number; tolerance: number } {
  const plain = text
    .replaceAll('−', '-')
    .replace(/[\s\u202f\u00a0]/g, '')
    .replace(locale === 'es' ? ',' : /$^/, '.')
    .replace(/%$/, '');
  const percent = text.trim().endsWith('%') ? 0.01 : 1;
  const decimals = plain.split('.')[1]?.length ?? 0;
  return { value: Number(plain) * percent, tolerance: 0.5 * 10 ** -decimals * percent * 1.001 };
}

async function liveValue(document: LessonDocument, live: LiveNumber): Promise<number> {
  const cell = document.cells.find(({ id }) => id === live.cell);
  const { failure, captured } = await runSource(cell?.typescript ?? '', {
    emit() {},
    captures: [live.of],
    showLast: false,
  });
  expect(failure).toBeNull();
  const value = captured[live.of];
  if (!isTensor(value)) return value as number;
  const flat = value.shape.reduce((index, side, axis) => index * side + (live.at[axis] ?? 0), 0);
  return Number((await value.data())[flat]);
}

describe.each(documents)('$name', ({ document }) => {
  if (document.cells.length > 0)
    test.each(document.cells.map((cell) => [cell.id, cell] as const))(
      'cell %s runs',
      async (_, { typescript, fails }) => {
        const outputs: Output[] = [];
        const { failure } = await runSource(typescript, { emit: (one) => outputs.push(output.parse(one)) });
        if (fails === null) expect(failure).toBeNull();
        else expect(failure?.message ?? 'it did not fail').toContain(fails);
        // A cell that shows nothing teaches nothing.
        if (fails === null) expect(outputs.length).toBeGreaterThan(0);
      },
      TIMEOUT,
    );

  if (document.lives.length > 0)
    test.each(document.lives.map((live) => [live.text, live] as const))(
      'the number %s is what its cell computes',
      async (_, live) => {
        const { value, tolerance } = printed(live, document.locale);
        expect(Math.abs((await liveValue(document, live)) - value)).toBeLessThanOrEqual(tolerance);
      },
      TIMEOUT,
    );

  test('has a prediction, an exercise, a card, Python, something to break and somewhere to go', () => {
    const beats = document.sections.map(({ beat }) => beat);
    expect(beats).toEqual(expect.arrayContaining(['see', 'predict', 'code', 'break', 'explain']));
    expect(document.cells.length + document.exhibits.length).toBeGreaterThan(0);
    expect(document.exercises.length).toBeGreaterThan(0);
    expect(document.cards.length).toBeGreaterThan(0);
    expect(document.cells.some(({ python }) => python !== null)).toBe(true);
    expect(JSON.stringify(document.sections.at(-1))).toContain('lesson-further');
  });
});

describe('the Python of a lesson was run beside the reference libraries', () => {
  // After a change: `python apps/studio/python/check.py`.
  test.each(documents)('$name', ({ name, document }) => {
    const known = readPython(join(root, dirname(name)))[document.locale] ?? {};
    const cells = document.cells.filter(({ python }) => python !== null);
    expect(Object.fromEntries(cells.map(({ id, python }) => [id, python]))).toEqual(
      Object.fromEntries(Object.entries(known).map(([id, { code }]) => [id, code])),
    );
  });
});

describe('the code of a lesson is the same in both languages, but for its comments and its words', () => {
  const bare = (code: string) =>
    code
      .replace(/\/\/.*$/gm, '')
      .replace(/(['"`])(?:\\.|(?!\1).)*\1/gs, "''")
      .replace(/\s+/g, '');
  test.each(lessons.map(({ entry, documents: texts }) => [entry.folder, texts] as const))(
    '%s',
    (_, { es, en }) => {
      expect(en.cells.map(({ typescript }) => bare(typescript))).toEqual(
        es.cells.map(({ typescript }) => bare(typescript)),
      );
    },
  );
});
