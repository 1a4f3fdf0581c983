import type { ReactNode } from 'react';
import { useLocale } from '../../app/preferences.tsx';
import { lessonMessages } from './messages.ts';

/** A table of the text: where the screen is narrower than it, it moves by itself, by keys too. */
export function LessonTable({ children }: { children?: ReactNode }) {
  const t = lessonMessages(useLocale());
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard.
    <section className="scroll" tabIndex={0} aria-label={t('table')}>
      <table>{children}</table>
    </section>
  );
}
