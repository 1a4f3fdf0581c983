import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { LessonDocument, LessonEntry } from '../../src/course/document.ts';
import { type Locale, locales } from '../../src/i18n/locale.ts';
import { compileLesson, LessonError } from './compile.ts';

/** A lesson of the folder `lessons`, in both languages. */
export interface Lesson {
  readonly entry: LessonEntry;
  readonly documents: Readonly<Record<Locale, LessonDocument>>;
}

const folderName = /^(\d+)-([a-z0-9-]+)$/;

const subfolders = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((item) => item.isDirectory())
        .map(({ name }) => name)
        .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    : [];

/** The id of a lesson by its folder: `1-foundations/20-functions` is `1-foundations/functions`. */
export function lessonId(folder: string): string {
  const [part = '', lesson = ''] = folder.split('/');
  const match = folderName.exec(lesson);
  if (!match)
    throw new LessonError(`${folder}: a lesson's folder is named 20-name, with the number that orders it.`);
  return `${part}/${match[2]}`;
}

/** Reads and compiles every lesson, in order. Both languages have to say the same things: what differs is a LessonError. */
export function readLessons(root: string): Lesson[] {
  return subfolders(root).flatMap((part) =>
    subfolders(join(root, part)).map((name) => readLesson(root, `${part}/${name}`)),
  );
}

/** Reads and compiles one lesson, by its folder: `1-foundations/20-functions`. */
export function readLesson(root: string, folder: string): Lesson {
  const documents = Object.fromEntries(
    locales.map((locale) => {
      const path = join(root, folder, `${locale}.md`);
      if (!existsSync(path)) throw new LessonError(`${folder}: ${locale}.md is missing.`);
      const document = compileLesson(readFileSync(path, 'utf8'), `${folder}/${locale}.md`, locale);
      return [locale, withPythonOutputs(document, join(root, folder))];
    }),
  ) as Record<Locale, LessonDocument>;
  compareLanguages(folder, documents);
  const { es, en } = documents;
  return {
    documents,
    entry: {
      id: lessonId(folder),
      part: Number(folder.split('-')[0]),
      folder,
      title: { es: es.title, en: en.title },
      teaser: { es: es.teaser, en: en.teaser },
      minutes: es.minutes,
      exercises: es.exercises,
      exhibits: es.exhibits.map(({ name }) => name),
    },
  };
}

const pythonFile = z.record(
  z.string(),
  z.record(z.string(), z.looseObject({ code: z.string(), output: z.string().nullable() })),
);

/** What the Python of a lesson's cells printed, as python/check.py has kept it. */
export function readPython(folder: string): z.infer<typeof pythonFile> {
  const path = join(folder, 'python.json');
  return existsSync(path) ? pythonFile.parse(JSON.parse(readFileSync(path, 'utf8'))) : {};
}

/** A lesson with what its Python printed; of code that has changed since, that is not known. */
export function withPythonOutputs(document: LessonDocument, folder: string): LessonDocument {
  const known = readPython(folder)[document.locale] ?? {};
  const cells = document.cells.map((cell) => {
    const entry = known[cell.id];
    return { ...cell, pythonOutput: entry && entry.code === cell.python ? entry.output : null };
  });
  return { ...document, cells };
}

/** The outline of a lesson, which has to be the same in every language. */
const outlines: Readonly<Record<string, (document: LessonDocument) => unknown>> = {
  'the steps': ({ sections }) => sections.map(({ beat }) => beat),
  'the number of headings': ({ sections }) =>
    sections.map(
      ({ content }) =>
        content.children.filter((node) => node.type === 'element' && /^h\d$/.test(node.tagName)).length,
    ),
  'the cells': ({ cells }) => cells.map(({ id, python }) => `${id}${python === null ? '' : ' with Python'}`),
  'the exercises': ({ exercises }) => exercises,
  'the exhibits': ({ exhibits }) => exhibits,
  'the live numbers': ({ lives }) => lives.map(({ cell, of, at }) => `${cell} ${of} ${at}`),
  'the cards': ({ cards }) => cards.map(({ id }) => id),
  'the minutes': ({ minutes }) => minutes,
};

function compareLanguages(folder: string, { es, en }: Record<Locale, LessonDocument>): void {
  for (const [what, outline] of Object.entries(outlines)) {
    const [spanish, english] = [outline(es), outline(en)].map((value) => JSON.stringify(value));
    if (spanish !== english)
      throw new LessonError(`${folder}: ${what} of es.md and en.md differ: ${spanish} and ${english}.`);
  }
}
