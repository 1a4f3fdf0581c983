import { type ReactNode, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { Link } from 'wouter';
import { useLocale } from '../../app/preferences.tsx';
import type { LessonEntry } from '../../course/document.ts';
import { standingOf } from '../../course/journey.ts';
import { lessonPath, lessons, type Part, parts } from '../../course/parts.ts';
import { useLessons } from '../../progress/store.ts';
import { Cord } from './Cord.tsx';
import { homeMessages } from './messages.ts';
import { Plate } from './plates.tsx';

const wide = matchMedia('(min-width: 1000px)');
const subscribe = (listener: () => void) => {
  wide.addEventListener('change', listener);
  return () => wide.removeEventListener('change', listener);
};

/** Six sheets on a cord, which burns as far as one has come; under each, its lessons. */
export function PathMap({ current }: { current: LessonEntry | undefined }) {
  const locale = useLocale();
  const t = homeMessages(locale);
  const progress = useLessons();
  const done = lessons.filter(({ id }) => progress.get(id)?.finished).length;
  const list = useRef<HTMLOListElement>(null);
  const here = current?.part ?? parts.length;
  return (
    <section className="path" aria-labelledby="path-title">
      <div className="wrap">
        <div className="path-head">
          <h2 id="path-title">{t('title')}</h2>
          <p>
            {done === 0 ? t('none', { count: lessons.length }) : t('lit', { done, count: lessons.length })}
          </p>
        </div>
        <Cord list={list} here={here - 1} />
        <ol className="parts" ref={list}>
          {parts.map((part) => (
            <PartSheet key={part.number} part={part} current={current} here={here} />
          ))}
        </ol>
      </div>
    </section>
  );
}

function PartSheet({ part, current, here }: { part: Part; current: LessonEntry | undefined; here: number }) {
  const locale = useLocale();
  const t = homeMessages(locale);
  const progress = useLessons();
  const isWide = useSyncExternalStore(subscribe, () => wide.matches);
  const [open, setOpen] = useState(part.number === here);
  const count = part.lessons.length;
  const done = part.lessons.filter(({ id }) => progress.get(id)?.finished).length;
  const written = count > 0;
  const state =
    part.number === here ? 'here' : written && done === count ? 'done' : part.number < here ? 'done' : 'todo';
  // A link to a part opens it.
  useEffect(() => {
    if (window.location.hash !== `#part-${part.number}`) return;
    setOpen(true);
    document.getElementById(`part-${part.number}`)?.scrollIntoView({ block: 'center' });
  }, [part.number]);
  return (
    <li className={`part ${state}`} id={`part-${part.number}`}>
      <details open={isWide || open}>
        {/* On a wide page every part is open, and there is nothing to press. */}
        {/* biome-ignore lint/a11y/noStaticElementInteractions: a summary is a button by nature. */}
        <summary
          tabIndex={isWide ? -1 : 0}
          onClick={(event) => {
            event.preventDefault();
            if (!isWide) setOpen(!open);
          }}
        >
          <Plate part={part.number} />
          <span className="pt">
            <span className="pn num">{part.number}</span>
            <span className="pname">{part.title[locale]}</span>
            <span className="pc">
              {!written
                ? t('unwritten')
                : done === count
                  ? t('complete')
                  : done > 0
                    ? t('some', { done, count })
                    : t('lessons', { count })}
            </span>
          </span>
        </summary>
        {!written && <p className="small muted unwritten">{t('unwrittenLong')}</p>}
        <ol className="strand">
          {part.lessons.map((lesson) => (
            <Bead key={lesson.id} lesson={lesson} current={current} />
          ))}
          {part.planned.map(({ title }) => (
            <li key={title.en} className="planned">
              <span className="bead">
                {title[locale]}
                <span className="sr">{t('srPlanned')}</span>
              </span>
            </li>
          ))}
        </ol>
      </details>
    </li>
  );
}

function Bead({ lesson, current }: { lesson: LessonEntry; current: LessonEntry | undefined }): ReactNode {
  const locale = useLocale();
  const t = homeMessages(locale);
  const progress = useLessons();
  const standing = standingOf(lesson, current, progress);
  const spoken = { done: t('srDone'), here: t('srHere'), next: t('srNext'), todo: '' }[standing];
  return (
    <li className={standing}>
      <Link href={lessonPath(lesson.id)} aria-current={standing === 'here' ? 'step' : undefined}>
        <span>
          {lesson.title[locale]}
          {spoken && <span className="sr">{spoken}</span>}
        </span>
      </Link>
    </li>
  );
}
