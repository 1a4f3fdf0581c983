import { lazy, Suspense } from 'react';
import { useLocale } from '../../app/preferences.tsx';
import { currentLesson } from '../../course/journey.ts';
import { lessons } from '../../course/parts.ts';
import { useLessons } from '../../progress/store.ts';
import { useTitle } from '../../ui/useTitle.ts';
import { LaboratoryList } from '../labs/LaboratoryList.tsx';
import { homeMessages } from './messages.ts';
import { Now } from './Now.tsx';
import { PathMap } from './PathMap.tsx';

// Cards bring the formulas' styles with them, which the map does without.
const TodaysCard = lazy(() => import('./TodaysCard.tsx'));

/** The path as a map: where I am, what is next, and all that there is. */
export function Home() {
  const t = homeMessages(useLocale());
  const progress = useLessons();
  const current = currentLesson(lessons, progress);
  useTitle('');
  return (
    <>
      <h1 className="sr">{t('title')}</h1>
      <Now lesson={current} />
      <PathMap current={current} />
      <section className="wrap below">
        <Suspense fallback={<div />}>
          <TodaysCard />
        </Suspense>
        <div className="labs">
          <div className="recall-h">
            <h2>{t('laboratories')}</h2>
            <span className="muted small">{t('noScript')}</span>
          </div>
          <LaboratoryList />
        </div>
      </section>
    </>
  );
}
