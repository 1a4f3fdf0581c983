import { Link2, RotateCcw } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import { useLocale } from '../../app/preferences.tsx';
import { useReducedMotion } from '../../app/theme.ts';
import { type EngineWorker, startEngine } from '../../engine/client.ts';
import type { Exhibit, ExhibitContext, MountedExhibit, TableView } from '../../exhibits/exhibit.ts';
import { loadExhibit } from '../../exhibits/registry.ts';
import type { Faces } from '../../faces/faces.ts';
import { frozenIn, frozenLink } from '../../links/frozenState.ts';
import { lessonMessages } from '../../pages/lesson/messages.ts';
import { FacesPanel } from '../FacesPanel.tsx';
import { useToast } from '../Toasts.tsx';
import { TableOf } from './TableOf.tsx';

type View = 'drawing' | 'table' | 'words';
const views: readonly View[] = ['drawing', 'table', 'words'];

/** An exhibit on its sheet: the picture, and the same as a table and in words; the faces of its numbers beside it. */
export function ExhibitSheet({ name, state, level = 2 }: { name: string; state?: unknown; level?: 1 | 2 }) {
  const [exhibit, setExhibit] = useState<Exhibit | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const t = lessonMessages(useLocale());
  useEffect(() => {
    let current = true;
    loadExhibit(name).then(
      (loaded) => current && setExhibit(loaded),
      (error: unknown) => current && setFailure(error instanceof Error ? error.message : String(error)),
    );
    return () => {
      current = false;
    };
  }, [name]);
  if (failure !== null) return <p className="call err">{t('exhibitFailed', { message: failure })}</p>;
  if (!exhibit) return <div className="exhibit sheet skel exhibit-waits" aria-hidden />;
  return <Sheet key={name} name={name} exhibit={exhibit} state={state} level={level} />;
}

/** The state to begin with: that of the link, or of the lesson, or the exhibit's own; what does not fit is passed over. */
function firstState(exhibit: Exhibit, name: string, given: unknown): unknown {
  for (const candidate of [frozenIn(window.location.hash, name), given]) {
    if (candidate === undefined || candidate === null) continue;
    const whole =
      typeof candidate === 'object' && typeof exhibit.initial === 'object'
        ? { ...exhibit.initial, ...candidate }
        : candidate;
    const parsed = exhibit.state.safeParse(whole);
    if (parsed.success) return parsed.data;
  }
  return exhibit.initial;
}

function Sheet({
  name,
  exhibit,
  state,
  level,
}: {
  name: string;
  exhibit: Exhibit;
  state: unknown;
  level: 1 | 2;
}) {
  const locale = useLocale();
  const t = lessonMessages(locale);
  const toast = useToast();
  const reducedMotion = useReducedMotion();
  const id = useId();
  const place = useRef<HTMLDivElement>(null);
  const mounted = useRef<MountedExhibit<unknown> | null>(null);
  const latest = useRef<unknown>(undefined);
  latest.current ??= firstState(exhibit, name, state);
  const [view, setView] = useState<View>('drawing');
  const [faces, setFaces] = useState<Faces | null>(null);
  const [reading, setReading] = useState<{ words: readonly string[]; table: TableView } | null>(null);
  const shown = useRef(view);
  shown.current = view;

  const read = () => {
    const current = mounted.current;
    if (current) setReading({ words: current.words(), table: current.table() });
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: `read` is of this mounting.
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    let engine: Promise<EngineWorker<object>> | null = null;
    let over = false;
    const context: ExhibitContext<unknown> = {
      locale,
      reducedMotion,
      async compute<Module extends object>() {
        engine ??= startEngine(`exhibits/${name}`);
        const { module } = await engine;
        return module as unknown as import('comlink').Remote<Module>;
      },
      changed(next) {
        if (over) return;
        latest.current = next;
        if (shown.current !== 'drawing') read();
      },
      showFaces: (next) => {
        if (!over) setFaces(next);
      },
    };
    mounted.current = exhibit.mount(element, latest.current, context);
    return () => {
      over = true;
      mounted.current?.destroy();
      mounted.current = null;
      void engine?.then(({ terminate }) => terminate());
      element.replaceChildren();
      setFaces(null);
    };
  }, [exhibit, name, locale, reducedMotion]);

  const choose = (next: View) => {
    setView(next);
    shown.current = next;
    if (next !== 'drawing') read();
  };
  const share = async () => {
    await navigator.clipboard.writeText(frozenLink(window.location.href, name, latest.current));
    toast(t('shared'));
  };
  const Title = level === 1 ? 'h1' : 'h3';
  return (
    <section className="exhibit sheet" aria-labelledby={`${id}-title`}>
      <div className="ex-head">
        <Title className="ex-title" id={`${id}-title`}>
          {exhibit.title[locale]}
        </Title>
        <div className="row">
          <div className="seg" role="tablist" aria-label={t('howToSee')}>
            {views.map((each) => (
              <button
                key={each}
                type="button"
                role="tab"
                id={`${id}-${each}`}
                aria-selected={view === each}
                aria-controls={`${id}-${each}-panel`}
                tabIndex={view === each ? 0 : -1}
                onClick={() => choose(each)}
                onKeyDown={(event) => {
                  const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
                  if (step === 0) return;
                  const next = views[(views.indexOf(each) + step + views.length) % views.length] as View;
                  choose(next);
                  document.getElementById(`${id}-${next}`)?.focus();
                }}
              >
                {t(each)}
              </button>
            ))}
          </div>
          <button
            type="button"
            className="btn plain icon sm"
            aria-label={t('reset')}
            title={t('reset')}
            onClick={() => {
              const parsed = exhibit.state.safeParse({
                ...(exhibit.initial as object),
                ...((state as object) ?? {}),
              });
              latest.current = parsed.success ? parsed.data : exhibit.initial;
              mounted.current?.update(latest.current);
              setFaces(null);
              read();
            }}
          >
            <RotateCcw className="i" aria-hidden />
          </button>
          <button
            type="button"
            className="btn plain icon sm"
            aria-label={t('share')}
            title={t('share')}
            onClick={() => void share()}
          >
            <Link2 className="i" aria-hidden />
          </button>
        </div>
      </div>
      <div className={faces ? 'ex-body' : 'ex-body alone'}>
        <div
          role="tabpanel"
          id={`${id}-drawing-panel`}
          aria-labelledby={`${id}-drawing`}
          hidden={view !== 'drawing'}
          className={`ex-draw exhibit-${name}`}
          ref={place}
        />
        <div
          role="tabpanel"
          id={`${id}-table-panel`}
          aria-labelledby={`${id}-table`}
          hidden={view !== 'table'}
        >
          {reading && view === 'table' && <TableOf table={reading.table} />}
        </div>
        <div
          role="tabpanel"
          id={`${id}-words-panel`}
          aria-labelledby={`${id}-words`}
          hidden={view !== 'words'}
        >
          {reading && view === 'words' && (
            <ul className="words">
              {reading.words.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          )}
        </div>
        {faces && <FacesPanel faces={faces} onClose={() => setFaces(null)} />}
      </div>
    </section>
  );
}
