import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { useLocale } from '../../app/preferences.tsx';
import { type BoxedCard, loadBox } from '../../course/box.ts';
import { lessonById, lessonPath } from '../../course/parts.ts';
import { catalog } from '../../i18n/messages.ts';
import { useCards } from '../../progress/store.ts';
import { flamePath } from '../../ui/flame.ts';
import { RecallCard } from '../../ui/RecallCard.tsx';
import { renderText } from '../../ui/renderText.tsx';
import { useTitle } from '../../ui/useTitle.ts';
import en from './messages.en.json';
import es from './messages.es.json';

const messages = catalog({ es, en });
const DAY = 24 * 3600 * 1000;

/** How far away a card is, as the box is divided. */
const drawers = [
  { name: 'today', days: 0 },
  { name: 'week', days: 7 },
  { name: 'month', days: 31 },
  { name: 'later', days: Number.POSITIVE_INFINITY },
] as const;

export default function Cards() {
  const locale = useLocale();
  const t = messages(locale);
  const progress = useCards();
  const [box, setBox] = useState<readonly BoxedCard[] | null>(null);
  useEffect(() => {
    void loadBox().then(setBox);
  }, []);
  useTitle(t('title'));
  if (!box) return null;
  const now = Date.now();
  const mine = box.flatMap((card) => {
    const state = progress.get(card.id);
    return state ? [{ ...card, days: Math.max(0, Math.ceil((state.due - now) / DAY)) }] : [];
  });
  const due = mine.filter(({ days }) => days === 0);
  const card = due[0];
  return (
    <div className="wrap page">
      <h1>{t('title')}</h1>
      <p className="lead">{t('lead')}</p>
      {mine.length === 0 ? (
        <div className="empty">
          <svg viewBox="0 0 60 40" aria-hidden="true">
            {[14, 30, 20].map((height, i) => (
              <path
                key={height}
                transform={`translate(${8 + i * 15} 38)`}
                d={flamePath(13, height)}
                fill="var(--ash)"
              />
            ))}
          </svg>
          <p>{t('empty')}</p>
          <Link className="btn go" href="/">
            {t('toPath')}
          </Link>
        </div>
      ) : (
        <div className="cards-page">
          <section>
            <h2>{t('due', { count: due.length })}</h2>
            {card && (
              <>
                <p className="small muted">
                  {t('from', { title: lessonById(card.lesson)?.title[locale] ?? card.lesson })}
                </p>
                <RecallCard
                  key={`${card.id} ${locale}`}
                  id={card.id}
                  question={renderText(card.texts[locale].question)}
                  answer={renderText(card.texts[locale].answer)}
                  turn={t('turn')}
                />
              </>
            )}
          </section>
          <section>
            <h2>{t('box')}</h2>
            <p className="muted">{t('boxText')}</p>
            <Drawers mine={mine} />
            <ul className="box-list">
              {mine
                .toSorted((a, b) => a.days - b.days)
                .map(({ id, lesson, texts, days }) => (
                  <li key={id}>
                    <Link href={`${lessonPath(lesson)}#explain`}>{renderText(texts[locale].question)}</Link>
                    <span className="small muted">{t('when', { days })}</span>
                  </li>
                ))}
            </ul>
          </section>
        </div>
      )}
    </div>
  );
}

/** How many cards wait how long, as flames. */
function Drawers({ mine }: { mine: readonly { days: number }[] }) {
  const t = messages(useLocale());
  const counts = drawers.map(({ days }, i) => {
    const from = i === 0 ? -1 : (drawers[i - 1]?.days ?? 0);
    return mine.filter((card) => card.days > from && card.days <= days).length;
  });
  const most = Math.max(1, ...counts);
  return (
    <ul className="drawers">
      {drawers.map(({ name }, i) => (
        <li key={name}>
          <svg viewBox="0 -64 34 64" aria-hidden="true">
            <path d={flamePath(34, Math.max(3, ((counts[i] ?? 0) / most) * 60))} fill="var(--ember)" />
          </svg>
          <strong className="num">{counts[i]}</strong>
          <span className="small muted">{t(name)}</span>
        </li>
      ))}
    </ul>
  );
}
