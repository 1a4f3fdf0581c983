import type { Locale } from '../i18n/locale.ts';
import type { CardSource } from './document.ts';

/** A card of the whole course, in both languages. */
export interface BoxedCard {
  /** `1-foundations/variables/name`: progress is kept under it. */
  readonly id: string;
  readonly lesson: string;
  readonly texts: Readonly<Record<Locale, CardSource>>;
}

let box: Promise<readonly BoxedCard[]> | null = null;

/** All cards of the course, in its order. */
export function loadBox(): Promise<readonly BoxedCard[]> {
  box ??= import('virtual:course/cards').then(({ cards }) =>
    cards.flatMap(({ lesson, cards: { es, en } }) =>
      es.flatMap((card): BoxedCard[] => {
        const english = en.find(({ id }) => id === card.id);
        return english ? [{ id: `${lesson}/${card.id}`, lesson, texts: { es: card, en: english } }] : [];
      }),
    ),
  );
  return box;
}
