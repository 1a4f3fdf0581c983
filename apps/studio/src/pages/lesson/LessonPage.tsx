import { ArrowLeft } from 'lucide-react';
import { use } from 'react';
import { Link, useParams } from 'wouter';
import { useLocale } from '../../app/preferences.tsx';
import type { LessonEntry } from '../../course/document.ts';
import { loadDocument } from '../../course/documents.ts';
import { lessonById, parts } from '../../course/parts.ts';
import { useTitle } from '../../ui/useTitle.ts';
import { Beats } from './Beats.tsx';
import { LessonContent } from './LessonContent.tsx';
import { lessonMessages } from './messages.ts';
import { Onward } from './Onward.tsx';
import { useReading } from './useReading.ts';

export default function LessonPage() {
  const { part, name } = useParams<{ part: string; name: string }>();
  const entry = lessonById(`${part}/${name}`);
  return entry ? <Lesson key={entry.id} entry={entry} /> : <Unknown />;
}

function Unknown() {
  const t = lessonMessages(useLocale());
  return (
    <div className="wrap page">
      <h1>{t('unknown')}</h1>
      <p className="lead">{t('unknownText')}</p>
      <Link className="btn go" href="/">
        {t('toPath')}
      </Link>
    </div>
  );
}

function Lesson({ entry }: { entry: LessonEntry }) {
  const locale = useLocale();
  const t = lessonMessages(locale);
  const document = use(loadDocument(entry, locale));
  const part = parts[entry.part - 1];
  const number = (part?.lessons.findIndex(({ id }) => id === entry.id) ?? 0) + 1;
  const { article, here } = useReading(entry.id, document);
  useTitle(document.title);
  return (
    <div className="wrap lesson">
      <aside className="rail">
        <Link className="back-l small" href={`/#part-${entry.part}`}>
          <ArrowLeft className="i" aria-hidden /> {part?.title[locale]}
        </Link>
        <Beats document={document} lesson={entry.id} here={here} />
      </aside>
      <article className="prose" ref={article} lang={locale}>
        <p className="where">
          {t('where', {
            part: entry.part,
            number,
            count: part?.lessons.length ?? 0,
            minutes: document.minutes,
          })}
        </p>
        <h1>{document.title}</h1>
        <LessonContent document={document} entry={entry} />
        <Onward entry={entry} />
      </article>
    </div>
  );
}
