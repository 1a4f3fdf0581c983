import type { CardProgress } from './model.ts';

/** How well a card was remembered. */
export type Recall = 'no' | 'partly' | 'yes';

const DAY = 24 * 3600 * 1000;

/** Days until a card comes again: what was forgotten tomorrow, and what is known ever later. */
export function nextInterval(card: CardProgress | undefined, recall: Recall): number {
  if (recall === 'no') return 1;
  if (!card) return recall === 'yes' ? 15 : 4;
  return Math.min(365, recall === 'yes' ? Math.max(15, card.interval * 2.2) : Math.max(4, card.interval));
}

/** The card after it was looked at. */
export function recalled(card: CardProgress | undefined, recall: Recall, now: number): CardProgress {
  const interval = nextInterval(card, recall);
  return { interval, due: now + interval * DAY, seen: now, times: (card?.times ?? 0) + 1 };
}
