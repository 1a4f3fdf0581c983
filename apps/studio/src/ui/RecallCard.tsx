import { RotateCcw } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { useLocale } from '../app/preferences.tsx';
import { lessonMessages } from '../pages/lesson/messages.ts';
import { nextInterval, type Recall, recalled } from '../progress/recall.ts';
import { cards } from '../progress/store.ts';
import { useToast } from './Toasts.tsx';

const answers: readonly Recall[] = ['no', 'partly', 'yes'];
const labels = { no: 'recallNo', partly: 'recallPartly', yes: 'recallYes' } as const;

/** A question that turns over; how well it was known decides when it comes again. */
export function RecallCard({
  id,
  question,
  answer,
  turn,
  className = 'card',
  onDone,
}: {
  id: string;
  question: ReactNode;
  answer: ReactNode;
  turn: string;
  className?: string;
  onDone?: () => void;
}) {
  const t = lessonMessages(useLocale());
  const toast = useToast();
  const how = useId();
  const [open, setOpen] = useState(false);
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (open) first.current?.focus();
  }, [open]);
  const days = (recall: Recall) => Math.round(nextInterval(cards.get(id), recall));
  const answered = (recall: Recall) => {
    const soon = days(recall);
    void cards.set(id, recalled(cards.get(id), recall, Date.now()));
    toast(t('cardAgain', { days: soon }));
    setOpen(false);
    onDone?.();
  };
  return (
    <div className={`recall ${className}${open ? ' open' : ''}`}>
      <div className="q">{question}</div>
      {!open && (
        <button type="button" className="btn" onClick={() => setOpen(true)}>
          <RotateCcw className="i" aria-hidden /> {turn}
        </button>
      )}
      {open && (
        <div className="back">
          <div className="answer">{answer}</div>
          <p className="small" id={how}>
            {t('didYou')}
          </p>
          {/* biome-ignore lint/a11y/useSemanticElements: three buttons in a row are no form. */}
          <div className="row" role="group" aria-labelledby={how}>
            {answers.map((recall, i) => (
              <button
                type="button"
                key={recall}
                className="btn sm"
                ref={i === 0 ? first : undefined}
                onClick={() => answered(recall)}
              >
                {t(labels[recall])} <span className="sub">{t('days', { days: days(recall) })}</span>
              </button>
            ))}
          </div>
        </div>
      )}
    </div>
  );
}
