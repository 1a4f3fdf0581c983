import { Play } from 'lucide-react';
import { Link } from 'wouter';
import { useLocale } from '../../app/preferences.tsx';
import type { LessonEntry } from '../../course/document.ts';
import { lessonPath, parts } from '../../course/parts.ts';
import { useLessons } from '../../progress/store.ts';
import { lessonMessages } from '../lesson/messages.ts';
import { Blaze } from './Blaze.tsx';
import { homeMessages } from './messages.ts';

/** What comes now: the lesson to go on with, beside an exhibit that is alight already. */
export function Now({ lesson }: { lesson: LessonEntry | undefined }) {
  const locale = useLocale();
  const t = homeMessages(locale);
  return (
    <section className="now wrap" aria-labelledby="now-title">
      <div className="now-text">{lesson ? <NextLesson lesson={lesson} /> : <Everything />}</div>
      <Blaze key={locale} />
    </section>
  );

  function Everything() {
    return (
      <>
        <h2 id="now-title">{t('done')}</h2>
        <p className="lead">{t('doneText')}</p>
      </>
    );
  }
}

function NextLesson({ lesson }: { lesson: LessonEntry }) {
  const locale = useLocale();
  const t = homeMessages(locale);
  const beat = lessonMessages(locale);
  const progress = useLessons().get(lesson.id);
  const siblings = parts[lesson.part - 1]?.lessons ?? [];
  const number = siblings.findIndex(({ id }) => id === lesson.id) + 1;
  const begun = progress !== undefined && progress.reached.length > 0;
  return (
    <>
      <p className="where">{t('where', { part: lesson.part, number, count: siblings.length })}</p>
      <h2 id="now-title">{lesson.title[locale]}</h2>
      <p className="lead">
        {lesson.teaser[locale]} {begun && t('leftAt', { beat: `«${beat(progress.last)}»` })}
      </p>
      <div className="row">
        <Link
          className="btn go"
          href={begun ? `${lessonPath(lesson.id)}#${progress.last}` : lessonPath(lesson.id)}
        >
          <Play className="i" aria-hidden /> {begun ? t('continue') : t('start')}{' '}
          <span className="sub">{t('minutes', { minutes: lesson.minutes })}</span>
        </Link>
        {begun && (
          <Link className="btn plain" href={lessonPath(lesson.id)}>
            {t('fromStart')}
          </Link>
        )}
      </div>
    </>
  );
}
