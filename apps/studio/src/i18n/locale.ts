/** The languages of the Studio. Spanish comes first; English is its equal. */
export const locales = ['es', 'en'] as const;
export type Locale = (typeof locales)[number];

export const isLocale = (value: unknown): value is Locale => locales.some((locale) => locale === value);

/** A text in every language. */
export type Texts = Readonly<Record<Locale, string>>;

/** The language to begin with: the first of the reader's languages that we have, and Spanish when there is none. */
export function preferredLocale(languages: readonly string[]): Locale {
  for (const language of languages) {
    const base = language.toLowerCase().split('-')[0];
    if (isLocale(base)) return base;
  }
  return 'es';
}
