import type { LessonProgress } from '../progress/model.ts';
import type { LessonEntry } from './document.ts';

/** Where a lesson stands on the learner's way. Lit, never locked: every lesson can be opened. */
export type Standing = 'done' | 'here' | 'next' | 'todo';

/** The lesson to go on with: the one that was left open last, or the first that was not finished. */
export function currentLesson(
  lessons: readonly LessonEntry[],
  progress: ReadonlyMap<string, LessonProgress>,
): LessonEntry | undefined {
  const open = lessons
    .filter(({ id }) => progress.has(id) && !progress.get(id)?.finished)
    .sort((a, b) => (progress.get(b.id)?.visited ?? 0) - (progress.get(a.id)?.visited ?? 0));
  if (open[0]) return open[0];
  // After the last one that was finished, rather than the first that was passed over.
  const finished = lessons.map(({ id }) => progress.get(id)?.finished === true);
  const last = finished.lastIndexOf(true);
  return lessons.find((_, i) => i > last && !finished[i]) ?? lessons.find((_, i) => !finished[i]);
}

export function standingOf(
  lesson: LessonEntry,
  current: LessonEntry | undefined,
  progress: ReadonlyMap<string, LessonProgress>,
): Standing {
  if (lesson.id === current?.id) return progress.has(lesson.id) ? 'here' : 'next';
  return progress.get(lesson.id)?.finished ? 'done' : 'todo';
}
