import { type ReactNode, useId } from 'react';
import { useLocale } from '../../app/preferences.tsx';
import { lessonMessages } from './messages.ts';

/** Where to go deeper: links that leave the machine, and it is said. */
export function Further({ children }: { children?: ReactNode }) {
  const t = lessonMessages(useLocale());
  const id = useId();
  return (
    <section className="further" aria-labelledby={id}>
      <h3 className="far-h" id={id}>
        {t('further')}
      </h3>
      <div className="far-list">{children}</div>
      <p className="small muted">{t('leaves')}</p>
    </section>
  );
}
