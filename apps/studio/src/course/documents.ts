import type { Locale } from '../i18n/locale.ts';
import type { LessonDocument, LessonEntry } from './document.ts';

const modules = import.meta.glob<{ lesson: LessonDocument }>('../../lessons/*/*/*.md');
const loaded = new Map<string, Promise<LessonDocument>>();

/** The text of a lesson in a language. The same promise each time, so that React can wait for it. */
export function loadDocument(entry: LessonEntry, locale: Locale): Promise<LessonDocument> {
  const path = `../../lessons/${entry.folder}/${locale}.md`;
  let document = loaded.get(path);
  if (!document) {
    const load = modules[path];
    if (!load) throw new Error(`The lesson ${path} is not part of this build.`);
    document = load().then(({ lesson }) => lesson);
    // What could not be loaded, offline perhaps, is tried again the next time.
    document.catch(() => loaded.delete(path));
    loaded.set(path, document);
  }
  return document;
}
