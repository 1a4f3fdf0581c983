import { useLocale } from '../../app/preferences.tsx';
import { RecallCard } from '../../ui/RecallCard.tsx';
import { renderTree, useReadingContext } from './LessonContent.tsx';
import { lessonMessages } from './messages.ts';

/** A card of the lesson, where it is learned: turned over, it goes into the box. */
export function LessonCard({ id }: { id: string }) {
  const { document, entry } = useReadingContext();
  const t = lessonMessages(useLocale());
  const card = document.cards.find((each) => each.id === id);
  if (!card) return null;
  return (
    <RecallCard
      id={`${entry.id}/${id}`}
      question={renderTree(card.question)}
      answer={renderTree(card.answer)}
      turn={t('turn')}
    />
  );
}
