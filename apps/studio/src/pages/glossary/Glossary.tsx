import { useId, useState } from 'react';
import { useLocale } from '../../app/preferences.tsx';
import { terms } from '../../glossary/terms.ts';
import { catalog } from '../../i18n/messages.ts';
import { foldText } from '../../ui/foldText.ts';
import { useTitle } from '../../ui/useTitle.ts';
import en from './messages.en.json';
import es from './messages.es.json';

const messages = catalog({ es, en });

export default function Glossary() {
  const locale = useLocale();
  const other = locale === 'es' ? 'en' : 'es';
  const t = messages(locale);
  const id = useId();
  const [text, setText] = useState('');
  useTitle(t('title'));
  const wanted = foldText(text);
  const found = terms
    .filter(({ name }) => foldText(`${name.es} ${name.en}`).includes(wanted))
    .toSorted((a, b) => a.name[locale].localeCompare(b.name[locale], locale));
  return (
    <div className="wrap page">
      <h1>{t('title')}</h1>
      <p className="lead">{t('lead')}</p>
      <div className="field filter">
        <label htmlFor={id}>
          {t('filter')} <output>{t('count', { count: found.length })}</output>
        </label>
        <input
          id={id}
          className="inp"
          type="search"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      {found.length === 0 && <p className="muted">{t('none', { text })}</p>}
      <dl className="glossary">
        {found.map((term) => (
          <div key={term.id} id={term.id}>
            <dt>
              {term.name[locale]}{' '}
              {term.name[other] !== term.name[locale] && (
                <span className="muted" lang={other}>
                  {term.name[other]}
                </span>
              )}
            </dt>
            <dd>{term.meaning[locale]}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
