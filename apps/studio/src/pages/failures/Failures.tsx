import './failures.css';
import { lazy, Suspense, useId, useState } from 'react';
import { Link } from 'wouter';
import { useLocale } from '../../app/preferences.tsx';
import { exhibitNames } from '../../exhibits/registry.ts';
import { catalog } from '../../i18n/messages.ts';
import { freeze } from '../../links/frozenState.ts';
import { useTitle } from '../../ui/useTitle.ts';
import { type FailureEntry, failures } from './failures.ts';
import en from './messages.en.json';
import es from './messages.es.json';

const messages = catalog({ es, en });
/** Exhibits come when one of them is wanted. */
const ExhibitSheet = lazy(async () => ({
  default: (await import('../../ui/exhibit/ExhibitSheet.tsx')).ExhibitSheet,
}));
const sides = ['see', 'why', 'rescue'] as const;

/** The failures that everybody meets, and how each is rescued. */
export default function Failures() {
  const locale = useLocale();
  const t = messages(locale);
  useTitle(t('title'));
  return (
    <div className="wrap page">
      <h1>{t('title')}</h1>
      <p className="lead">{t('lead')}</p>
      <ul className="failures">
        {failures.map((failure) => (
          <li key={failure.id} id={failure.id} className="sheet pad">
            <h2>{failure.title[locale]}</h2>
            <dl>
              {sides.map((side) => (
                <div key={side}>
                  <dt>{t(side)}</dt>
                  <dd>{failure[side][locale]}</dd>
                </div>
              ))}
            </dl>
            {failure.exhibit && exhibitNames.includes(failure.exhibit.name) && (
              <Provoked exhibit={failure.exhibit} />
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The failure itself, live, where it is told of: it is provoked and rescued with the exhibit's own controls. */
function Provoked({ exhibit }: { exhibit: NonNullable<FailureEntry['exhibit']> }) {
  const t = messages(useLocale());
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <>
      <div className="row">
        <button
          type="button"
          className="btn sm"
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
        >
          {t(open ? 'close' : 'try')}
        </button>
        <Link className="btn plain sm" href={exhibitPath(exhibit)}>
          {t('alone')}
        </Link>
      </div>
      <div id={id}>
        {open && (
          <Suspense fallback={<div className="exhibit sheet skel exhibit-waits" aria-hidden />}>
            <ExhibitSheet name={exhibit.name} state={exhibit.state} />
          </Suspense>
        )}
      </div>
    </>
  );
}

const exhibitPath = ({ name, state }: { name: string; state: unknown }): string =>
  state === null ? `/exhibits/${name}` : `/exhibits/${name}#${name}=${freeze(state)}`;
