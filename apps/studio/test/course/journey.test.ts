import { expect, test } from 'vitest';
import type { LessonEntry } from '../../src/course/document.ts';
import { currentLesson, standingOf } from '../../src/course/journey.ts';
import type { LessonProgress } from '../../src/progress/model.ts';

const lesson = (id: string): LessonEntry => ({
  ...{ id, part: 1, folder: id, minutes: 5, exercises: [], exhibits: [] },
  title: { es: id, en: id },
  teaser: { es: id, en: id },
});
const progress = (finished: boolean, visited: number): LessonProgress => ({
  ...{ reached: ['see'], last: 'see', finished, visited },
  ...{ solved: [], predictions: {} },
});
const path = ['a', 'b', 'c', 'd'].map(lesson);
const on = (...entries: [string, LessonProgress][]) => new Map(entries);

test('the path begins at its beginning', () => {
  expect(currentLesson(path, on())?.id).toBe('a');
});

test('one goes on where one left off last', () => {
  expect(currentLesson(path, on(['a', progress(false, 1)], ['c', progress(false, 2)]))?.id).toBe('c');
});

test('after a lesson that is finished comes the next, not the one that was passed over', () => {
  expect(currentLesson(path, on(['b', progress(true, 1)]))?.id).toBe('c');
});

test('after the last one come those that were passed over, and then nothing', () => {
  expect(currentLesson(path, on(['d', progress(true, 1)]))?.id).toBe('a');
  const all = path.map(({ id }): [string, LessonProgress] => [id, progress(true, 1)]);
  expect(currentLesson(path, on(...all))).toBeUndefined();
});

test('lessons are done, here, next, or still to come', () => {
  const known = on(['a', progress(true, 1)]);
  const current = currentLesson(path, known);
  expect(path.map((each) => standingOf(each, current, known))).toEqual(['done', 'next', 'todo', 'todo']);
});
