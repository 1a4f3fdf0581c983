import { dirname, join, relative } from 'node:path';
import type { Plugin } from 'vite';
import { type Locale, locales } from '../../src/i18n/locale.ts';
import { compileLesson } from './compile.ts';
import { readLessons, withPythonOutputs } from './folder.ts';

const virtual = (name: string) => `\0virtual:course/${name}`;

/**
 * Lessons as modules. `…/es.md` is its LessonDocument; besides there are `virtual:course/map` (a LessonEntry for each
 * lesson), `virtual:course/cards` and `virtual:course/words`, which are of all lessons.
 */
export function lessons(root: string): Plugin {
  const views: Record<string, () => unknown> = {
    map: () => readLessons(root).map(({ entry }) => entry),
    cards: () =>
      readLessons(root).map(({ entry, documents }) => ({
        lesson: entry.id,
        cards: Object.fromEntries(locales.map((locale) => [locale, documents[locale].cards])),
      })),
    words: () =>
      readLessons(root).map(({ entry, documents }) => ({
        lesson: entry.id,
        text: Object.fromEntries(locales.map((locale) => [locale, documents[locale].text])),
      })),
  };
  return {
    name: 'lumbre-lessons',
    enforce: 'pre',
    resolveId(id) {
      return id.startsWith('virtual:course/') ? `\0${id}` : null;
    },
    load(id) {
      for (const [name, view] of Object.entries(views))
        if (id === virtual(name)) return `export const ${name} = ${asModule(view())};`;
      return null;
    },
    transform(code, id) {
      if (!id.startsWith(root) || !id.endsWith('.md')) return null;
      const file = relative(root, id);
      const locale = file.split('/').at(-1)?.replace('.md', '') as Locale;
      const document = withPythonOutputs(compileLesson(code, file, locale), dirname(id));
      return { code: `export const lesson = ${asModule(document)};`, map: null };
    },
    handleHotUpdate({ file, server }) {
      if (!file.startsWith(join(root, ''))) return;
      for (const name of Object.keys(views)) {
        const module = server.moduleGraph.getModuleById(virtual(name));
        if (module) server.moduleGraph.invalidateModule(module);
      }
    },
  };
}

/** JSON that is quicker to parse than the same as an object literal. */
const asModule = (value: unknown): string => `JSON.parse(${JSON.stringify(JSON.stringify(value))})`;
