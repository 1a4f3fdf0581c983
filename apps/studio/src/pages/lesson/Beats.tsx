import { useLocale } from '../../app/preferences.tsx';
import { type Beat, beats, type LessonDocument } from '../../course/document.ts';
import { useLessons } from '../../progress/store.ts';
import { lessonMessages } from './messages.ts';

/** The steps of a lesson as a wick: burnt where one has been, alight where one is. */
export function Beats({ document, lesson, here }: { document: LessonDocument; lesson: string; here: Beat }) {
  const t = lessonMessages(useLocale());
  const reached = useLessons().get(lesson)?.reached ?? [];
  const present = beats.filter((beat) => document.sections.some((section) => section.beat === beat));
  // In the order in which the lesson has them.
  const ordered = [...present].sort(
    (a, b) =>
      document.sections.findIndex(({ beat }) => beat === a) -
      document.sections.findIndex(({ beat }) => beat === b),
  );
  return (
    <nav aria-label={t('steps')}>
      <ol className="beats">
        {ordered.map((beat) => (
          <li key={beat} className={beat === here ? 'here' : reached.includes(beat) ? 'done' : undefined}>
            <a href={`#${beat}`} aria-current={beat === here ? 'step' : undefined}>
              {t(beat)}
            </a>
          </li>
        ))}
      </ol>
    </nav>
  );
}
