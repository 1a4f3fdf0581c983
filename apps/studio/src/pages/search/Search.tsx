import { useDeferredValue, useEffect, useId, useMemo, useRef, useState } from 'react';
import { Link } from 'wouter';
import { useLocale } from '../../app/preferences.tsx';
import { catalog } from '../../i18n/messages.ts';
import { useTitle } from '../../ui/useTitle.ts';
import { excerpt, search } from './index.ts';
import en from './messages.en.json';
import es from './messages.es.json';

const messages = catalog({ es, en });

export default function Search() {
  const locale = useLocale();
  const t = messages(locale);
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(() => new URLSearchParams(window.location.search).get('q') ?? '');
  const query = useDeferredValue(text.trim());
  const found = useMemo(() => (query === '' ? [] : search(locale, query)), [locale, query]);
  useTitle(t('title'));
  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    const url = new URL(window.location.href);
    if (query) url.searchParams.set('q', query);
    else url.searchParams.delete('q');
    window.history.replaceState(window.history.state, '', url);
  }, [query]);
  return (
    <div className="wrap page">
      <h1>{t('title')}</h1>
      <div className="field filter">
        <label htmlFor={id}>
          {t('field')} {query && <output>{t('found', { count: found.length })}</output>}
        </label>
        <input
          ref={field}
          id={id}
          className="inp"
          type="search"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <p className="hint">{t('hint')}</p>
      </div>
      <div aria-live="polite">
        {query && found.length === 0 && <p className="muted">{t('none', { text: query })}</p>}
      </div>
      <ul className="found">
        {found.map((entry) => (
          <li key={entry.id}>
            <Link href={entry.path}>
              <strong>{entry.title}</strong>
            </Link>{' '}
            <span className="tag">{t(entry.kind)}</span>
            <p className="small">{excerpt(entry.text, query)}</p>
          </li>
        ))}
      </ul>
    </div>
  );
}
