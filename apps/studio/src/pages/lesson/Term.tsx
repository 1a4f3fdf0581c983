import type { ReactNode } from 'react';
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { Link } from 'wouter';
import { useLocale } from '../../app/preferences.tsx';
import { termById } from '../../glossary/terms.ts';

/** A word of the glossary, with what it means at hand. */
export function Term({ id, children }: { id: string; children?: ReactNode }) {
  const locale = useLocale();
  const term = termById(id);
  if (!term) return children;
  return (
    <DialogTrigger>
      <Button className="term">{children}</Button>
      <Popover className="popover">
        <Dialog className="term-sheet" aria-label={term.name[locale]}>
          <p>
            <strong>{term.name[locale]}</strong>
            {locale === 'es' && term.name.en !== term.name.es && (
              <>
                {' '}
                (<em lang="en">{term.name.en}</em>)
              </>
            )}
          </p>
          <p>{term.meaning[locale]}</p>
          <Link href={`/glossary#${term.id}`}>→</Link>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
