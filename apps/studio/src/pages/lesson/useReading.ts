import { type RefObject, useEffect, useRef, useState } from 'react';
import type { Beat, LessonDocument } from '../../course/document.ts';
import { reach } from '../../progress/store.ts';

/** Follows the reader through a lesson: which step is on the screen, and that it was reached. */
export function useReading(
  lesson: string,
  document: LessonDocument,
): { article: RefObject<HTMLElement | null>; here: Beat } {
  const article = useRef<HTMLElement>(null);
  const [here, setHere] = useState<Beat>('see');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the sections are those of the document.
  useEffect(() => {
    const sections = article.current?.querySelectorAll<HTMLElement>('[data-beat]');
    if (!sections) return;
    // The step whose middle of the screen it is: a thin band that only one of them can hold.
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { isIntersecting, target } of entries) {
          if (!isIntersecting) continue;
          const beat = (target as HTMLElement).dataset.beat as Beat;
          setHere(beat);
          void reach(lesson, beat);
        }
      },
      { rootMargin: '-42% 0px -56% 0px' },
    );
    for (const section of sections) observer.observe(section);
    return () => observer.disconnect();
  }, [lesson, document]);
  return { article, here };
}
