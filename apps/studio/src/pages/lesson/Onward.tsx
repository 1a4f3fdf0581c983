import { ArrowRight } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Link } from 'wouter';
import { useLocale } from '../../app/preferences.tsx';
import type { LessonEntry } from '../../course/document.ts';
import { lessonAfter, lessonPath } from '../../course/parts.ts';
import { finish, lessons } from '../../progress/store.ts';
import { lessonMessages } from './messages.ts';

/** The way on. To have come here is to have read the lesson. */
export function Onward({ entry }: { entry: LessonEntry }) {
  const locale = useLocale();
  const t = lessonMessages(locale);
  const next = lessonAfter(entry.id);
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const observer = new IntersectionObserver(([seen]) => {
      if (seen?.isIntersecting && !lessons.get(entry.id)?.finished) void finish(entry.id);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [entry.id]);
  return (
    <nav className="onward" aria-label={t('nextLesson')} ref={place}>
      {next ? (
        <Link href={lessonPath(next.id)}>
          <span className="muted small">{t('next')}</span>
          <strong>{next.title[locale]}</strong>
          <span>{next.teaser[locale]}</span>
          <ArrowRight className="i" aria-hidden />
        </Link>
      ) : (
        <Link href="/labs">
          <span className="muted small">{t('end')}</span>
          <strong>{t('toPath')}</strong>
          <span>{t('endText')}</span>
          <ArrowRight className="i" aria-hidden />
        </Link>
      )}
    </nav>
  );
}
