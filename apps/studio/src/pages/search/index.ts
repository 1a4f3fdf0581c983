import { words } from 'virtual:course/words';
import MiniSearch from 'minisearch';
import { lessonById, lessonPath } from '../../course/parts.ts';
import { terms } from '../../glossary/terms.ts';
import type { Locale } from '../../i18n/locale.ts';
import { laboratories } from '../../labs/laboratories.ts';
import { foldText } from '../../ui/foldText.ts';

export interface Found {
  readonly id: string;
  readonly kind: 'lesson' | 'term' | 'laboratory';
  readonly title: string;
  readonly text: string;
  readonly path: string;
}

interface Entry extends Found {
  /** Its name in the other language, by which it may be looked for too. */
  readonly other: string;
}

function entries(locale: Locale): Entry[] {
  const other = locale === 'es' ? 'en' : 'es';
  return [
    ...words.flatMap(({ lesson, text }): Entry[] => {
      const entry = lessonById(lesson);
      if (!entry) return [];
      const [title, otherTitle] = [entry.title[locale], entry.title[other]];
      return [
        {
          id: lesson,
          kind: 'lesson',
          title,
          other: otherTitle,
          text: text[locale],
          path: lessonPath(lesson),
        },
      ];
    }),
    ...terms.map(
      ({ id, name, meaning }): Entry => ({
        ...{ id: `term ${id}`, kind: 'term', title: name[locale], other: name[other] },
        ...{ text: meaning[locale], path: `/glossary#${id}` },
      }),
    ),
    ...laboratories.map(
      ({ name, title, about }): Entry => ({
        ...{ id: `lab ${name}`, kind: 'laboratory', title: title[locale], other: title[other] },
        ...{ text: about[locale], path: `/labs/${name}` },
      }),
    ),
  ];
}

const made = new Map<Locale, MiniSearch<Entry>>();

/** What is found in a language, best first; accents and capitals do not matter, and one letter may be wrong. */
export function search(locale: Locale, text: string): Found[] {
  let index = made.get(locale);
  if (!index) {
    index = new MiniSearch<Entry>({
      fields: ['title', 'other', 'text'],
      storeFields: ['kind', 'title', 'text', 'path'],
      processTerm: foldText,
      searchOptions: {
        boost: { title: 4, other: 2 },
        prefix: true,
        fuzzy: (term) => (term.length > 4 ? 0.2 : false),
      },
    });
    index.addAll(entries(locale));
    made.set(locale, index);
  }
  return index.search(text).slice(0, 30) as unknown as Found[];
}

/** The piece of a text in which the first of the words stands. */
export function excerpt(text: string, query: string, around = 90): string {
  const folded = foldText(text);
  const places = foldText(query)
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => folded.indexOf(word))
    .filter((place) => place >= 0);
  const start = Math.max(0, Math.min(...(places.length ? places : [0])) - around / 2);
  const piece = text.slice(start, start + 2 * around);
  return `${start > 0 ? '…' : ''}${piece.trim()}${start + 2 * around < text.length ? '…' : ''}`;
}
