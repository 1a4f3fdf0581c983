import { useEffect, useRef, useState } from 'react';
import { useLocale } from '../../app/preferences.tsx';
import { type EngineWorker, startEngine } from '../../engine/client.ts';
import type { NextWord } from '../../engine/storyteller.ts';
import { catalog } from '../../i18n/messages.ts';
import { formatFixed } from '../../i18n/numbers.ts';
import { flamePath } from '../../ui/flame.ts';
import en from './blaze.en.json';
import es from './blaze.es.json';

const messages = catalog({ es, en });
type Storyteller = typeof import('../../engine/storyteller.ts');

/** How many words are offered, and how many continuations they are counted in. */
const OFFERED = 6;
const TRIED = 200;

/**
 * A model that was trained with Lumbre, alight in the first picture: it goes on with a story many times, and the words it goes
 * on with are flames, as high as they are frequent. Whoever chooses one writes the story with it.
 */
export function Blaze() {
  const locale = useLocale();
  const t = messages(locale);
  const engine = useRef<Promise<EngineWorker<Storyteller>> | null>(null);
  const [story, setStory] = useState(() => t('beginning'));
  const [words, setWords] = useState<readonly NextWord[] | null>(null);
  const [opened, setOpened] = useState(false);
  const [failed, setFailed] = useState(false);

  useEffect(() => {
    let current = true;
    const fail = (error: unknown) => {
      if (!current) return;
      console.error(error);
      setFailed(true);
    };
    // Not before the page is there: the map comes first.
    const timer = setTimeout(() => {
      engine.current = startEngine<Storyteller>('engine/storyteller');
      engine.current
        .then(({ module }) => module.openStory(locale))
        .then(() => current && setOpened(true))
        .catch(fail);
    }, 300);
    return () => {
      current = false;
      clearTimeout(timer);
      void engine.current?.then(({ terminate }) => terminate()).catch(() => {});
    };
  }, [locale]);

  useEffect(() => {
    let current = true;
    setWords(null);
    if (opened)
      engine.current
        ?.then(({ module }) => module.nextWords(story, TRIED))
        .then((found) => current && setWords(found.slice(0, OFFERED)))
        .catch((error: unknown) => {
          if (!current) return;
          console.error(error);
          setFailed(true);
        });
    return () => {
      current = false;
    };
  }, [story, opened]);

  if (failed) return <div className="blaze" />;
  const most = Math.max(...(words ?? []).map(({ share }) => share), 0.01);
  const top = words?.[0];
  return (
    <figure className="blaze" aria-labelledby="blaze-caption">
      <p className="blaze-story">
        {story} {top?.word === '' ? t('end') : <span className="caret" aria-hidden="true" />}
      </p>
      {/* biome-ignore lint/a11y/useSemanticElements: words to choose from are no form. */}
      <div className="blaze-row" role="group" aria-label={t('choose')} aria-busy={words === null}>
        {(words ?? Array.from({ length: OFFERED }, () => null)).map((word, i) => (
          <button
            // biome-ignore lint/suspicious/noArrayIndexKey: each place is a flame that grows.
            key={i}
            type="button"
            className={word === top && top ? 'w hot' : 'w'}
            disabled={!word?.word}
            // A place that no word has yet says nothing.
            aria-hidden={word === null}
            onClick={() => word && setStory(`${story} ${word.word}`)}
          >
            <span className="tg" aria-hidden="true">
              <i style={{ height: `${word ? Math.max(4, (word.share / most) * 100) : 4}%` }}>
                <svg viewBox="0 -120 40 120" preserveAspectRatio="none" aria-hidden="true">
                  <path d={flamePath(40, 120)} fill={word === top && top ? 'url(#fire)' : 'var(--ember)'} />
                </svg>
              </i>
            </span>
            <span className="wd">{word ? word.word || t('end') : ' '}</span>
            <span className="num">{word ? formatFixed(locale, word.share, 2) : ' '}</span>
          </button>
        ))}
      </div>
      <svg width="0" height="0" className="defs" aria-hidden="true">
        <linearGradient id="fire" x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stopColor="var(--flame)" />
          <stop offset=".75" stopColor="var(--ember)" />
        </linearGradient>
      </svg>
      <figcaption id="blaze-caption" aria-live="polite">
        {top
          ? t('caption', { word: top.word, count: Math.round(top.share * TRIED), tried: TRIED })
          : t('waiting', { tried: TRIED })}{' '}
        {story !== t('beginning') && (
          <button type="button" className="btn plain sm" onClick={() => setStory(t('beginning'))}>
            {t('again')}
          </button>
        )}
      </figcaption>
    </figure>
  );
}
