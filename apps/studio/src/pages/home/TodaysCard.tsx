import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { useLocale } from '../../app/preferences.tsx';
import { type BoxedCard, loadBox } from '../../course/box.ts';
import { useCards } from '../../progress/store.ts';
import { RecallCard } from '../../ui/RecallCard.tsx';
import { renderText } from '../../ui/renderText.tsx';
import { homeMessages } from './messages.ts';

const DAY = 24 * 3600 * 1000;

/** The card that is due, if one is. */
export default function TodaysCard() {
  const locale = useLocale();
  const t = homeMessages(locale);
  const cards = useCards();
  const [box, setBox] = useState<readonly BoxedCard[] | null>(null);
  const any = cards.size > 0;
  useEffect(() => {
    if (any) void loadBox().then(setBox);
  }, [any]);
  const now = Date.now();
  const mine = (box ?? []).filter(({ id }) => cards.has(id));
  const due = mine.filter(({ id }) => (cards.get(id)?.due ?? 0) <= now);
  const card = due[0];
  const next = Math.min(...mine.map(({ id }) => cards.get(id)?.due ?? Number.POSITIVE_INFINITY));
  return (
    <div className="today-card">
      <div className="recall-h">
        <h2>{t('cardToday')}</h2>
        {card && (
          <span className="muted small">
            {t('cardOf', {
              count: due.length,
              days: Math.floor((now - (cards.get(card.id)?.seen ?? now)) / DAY),
            })}
          </span>
        )}
      </div>
      {card ? (
        <RecallCard
          key={`${card.id} ${locale}`}
          id={card.id}
          question={renderText(card.texts[locale].question)}
          answer={renderText(card.texts[locale].answer)}
          turn={t('seeAnswer')}
          className="today"
        />
      ) : (
        <p className="muted">
          {mine.length === 0
            ? t('noCards')
            : t('noneDue', { days: Math.max(1, Math.ceil((next - now) / DAY)) })}
        </p>
      )}
      {mine.length > 0 && (
        <p className="small">
          <Link href="/cards">{t('allCards')}</Link>
        </p>
      )}
    </div>
  );
}
