import type { Texts } from '../i18n/locale.ts';
import { entries } from './entries.ts';

/** A word of the field: one in each language, always the same one. */
export interface Term {
  readonly id: string;
  readonly name: Texts;
  readonly meaning: Texts;
}

export const terms: readonly Term[] = Object.entries(entries).map(([id, [es, en, meaningEs, meaningEn]]) => ({
  id,
  name: { es, en },
  meaning: { es: meaningEs, en: meaningEn },
}));

const byId = new Map(terms.map((term) => [term.id, term]));

export const termById = (id: string): Term | undefined => byId.get(id);
