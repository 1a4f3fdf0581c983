import type { Element, ElementContent, Root } from 'hast';
import { Check, X } from 'lucide-react';
import { useId, useState } from 'react';
import { useLocale } from '../../app/preferences.tsx';
import { predict, useLessons } from '../../progress/store.ts';
import { renderTree, useReadingContext } from './LessonContent.tsx';
import { lessonMessages } from './messages.ts';

const isElement = (node: ElementContent, tagName: string): node is Element =>
  node.type === 'element' && node.tagName === tagName;

const asRoot = (children: readonly ElementContent[]): Root => ({ type: 'root', children: [...children] });

/** Without the box that stands before an option in Markdown. */
const withoutBox = (item: Element): ElementContent[] =>
  item.children.flatMap((child): ElementContent[] => {
    if (isElement(child, 'input')) return [];
    if (isElement(child, 'p')) return withoutBox(child);
    return [child];
  });

/** A bet before the answer shows. The answer is not in the page until somebody has bet. */
export function Prediction({ right, node }: { right: string; node?: Element }) {
  const { entry, document } = useReadingContext();
  const t = lessonMessages(useLocale());
  const name = useId();
  const children = node?.children ?? [];
  const list = children.find((child) => isElement(child, 'ul')) as Element | undefined;
  const answer = children.find((child) => isElement(child, 'lesson-answer')) as Element | undefined;
  const question = children.filter((child) => child !== list && child !== answer);
  const options = (list?.children ?? []).filter((child): child is Element => isElement(child, 'li'));
  // Which prediction of the lesson this is: of those before it, the count.
  const place = document.sections
    .filter(({ beat }) => beat === 'predict')
    .findIndex(({ content }) => content.children.includes(node as never));
  const before = useLessons().get(entry.id)?.predictions[place];
  const [chosen, setChosen] = useState<number | null>(null);
  const [again, setAgain] = useState(false);
  const bet = again ? undefined : before;
  const rightOption = Number(right);
  return (
    <div className="ask">
      {renderTree(asRoot(question))}
      <fieldset className="opts" disabled={bet !== undefined}>
        <legend className="sr">{t('yourBet')}</legend>
        {options.map((option, i) => (
          <label
            // biome-ignore lint/suspicious/noArrayIndexKey: the options of a prediction never change places.
            key={i}
            className={
              bet === undefined ? undefined : i === rightOption ? 'right' : i === bet ? 'missed' : undefined
            }
          >
            <input type="radio" name={name} checked={(bet ?? chosen) === i} onChange={() => setChosen(i)} />
            <span>{renderTree(asRoot(withoutBox(option)))}</span>
            {bet !== undefined && i === rightOption && <Check className="i" aria-hidden />}
            {bet !== undefined && i === bet && i !== rightOption && <X className="i" aria-hidden />}
          </label>
        ))}
      </fieldset>
      {bet === undefined && (
        <button
          type="button"
          className="btn go"
          aria-disabled={chosen === null}
          onClick={() => {
            if (chosen === null) return;
            setAgain(false);
            void predict(entry.id, place, chosen);
          }}
        >
          {t('bet')}
        </button>
      )}
      <div aria-live="polite">
        {bet !== undefined && answer && (
          <div className={`call ${bet === rightOption ? 'ok' : 'ember'} bet-answer`}>
            <strong>{t(bet === rightOption ? 'betRight' : 'betWrong')}</strong>
            {renderTree(asRoot(answer.children))}
            <p>
              <button
                type="button"
                className="btn plain sm"
                onClick={() => {
                  setAgain(true);
                  setChosen(null);
                }}
              >
                {t('betAgain')}
              </button>
            </p>
          </div>
        )}
      </div>
    </div>
  );
}
