import { Link } from 'wouter';
import { useLocale } from '../../app/preferences.tsx';
import { exhibitNames } from '../../exhibits/registry.ts';
import { catalog } from '../../i18n/messages.ts';
import { freeze } from '../../links/frozenState.ts';
import { useTitle } from '../../ui/useTitle.ts';
import { failures } from './failures.ts';
import en from './messages.en.json';
import es from './messages.es.json';

const messages = catalog({ es, en });
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
              <Link className="btn sm" href={exhibitPath(failure.exhibit)}>
                {t('try')}
              </Link>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

const exhibitPath = ({ name, state }: { name: string; state: unknown }): string =>
  state === null ? `/exhibits/${name}` : `/exhibits/${name}#${name}=${freeze(state)}`;
