import { expect, test } from 'vitest';
import { nextInterval, recalled } from '../../src/progress/recall.ts';

const DAY = 24 * 3600 * 1000;

test('a new card comes back tomorrow, in four days, or in fifteen', () => {
  expect((['no', 'partly', 'yes'] as const).map((recall) => nextInterval(undefined, recall))).toEqual([
    1, 4, 15,
  ]);
});

test('what is known waits ever longer, up to a year; what is forgotten begins again', () => {
  let card = recalled(undefined, 'yes', 0);
  const intervals = [card.interval];
  for (let i = 0; i < 6; i++) {
    card = recalled(card, 'yes', card.due);
    intervals.push(card.interval);
  }
  expect(intervals).toEqual(intervals.toSorted((a, b) => a - b));
  expect(intervals.at(-1)).toBe(365);
  expect(recalled(card, 'no', card.due)).toMatchObject({
    interval: 1,
    due: card.due + DAY,
    times: card.times + 1,
  });
});
