import { Copy, Link2, Plus, Trash2 } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { useLocale } from '../../app/preferences.tsx';
import { useReducedMotion } from '../../app/theme.ts';
import { type EngineWorker, startEngine } from '../../engine/client.ts';
import type { TableView } from '../../exhibits/exhibit.ts';
import { type MountedPlayground, mountPlayground } from '../../exhibits/playground/playground.ts';
import { initialState, playgroundState, sameNetwork } from '../../exhibits/playground/state.ts';
import { catalog } from '../../i18n/messages.ts';
import { formatInteger } from '../../i18n/numbers.ts';
import { frozenIn, frozenLink } from '../../links/frozenState.ts';
import { TableOf } from '../../ui/exhibit/TableOf.tsx';
import { useToast } from '../../ui/Toasts.tsx';
import en from './messages.en.json';
import es from './messages.es.json';
import { loadRuns, newRunId, removeRun, type SavedRun, saveRun } from './runs.ts';
import './laboratory.css';

const messages = catalog({ es, en });

/** While it trains, it is kept so often, in milliseconds. */
const KEEP = 4000;

const freshRun = (state = initialState): SavedRun => ({
  id: newRunId(),
  name: '',
  saved: 0,
  step: 0,
  state,
  checkpoint: null,
});

/** The state that a link brought, if it did. */
function stateOfLink() {
  const given = frozenIn(window.location.hash, 'points');
  const parsed = playgroundState.safeParse(
    typeof given === 'object' && given !== null ? { ...initialState, ...given } : undefined,
  );
  return parsed.success ? parsed.data : null;
}

/** The laboratory of points: the playground over the whole page, with trainings that are kept. */
export default function Laboratory() {
  const t = messages(useLocale());
  const [runs, setRuns] = useState<SavedRun[] | null>(null);
  const [run, setRun] = useState<SavedRun | null>(null);
  useEffect(() => {
    let current = true;
    const begin = (kept: SavedRun[]) => {
      if (!current) return;
      const linked = stateOfLink();
      setRuns(kept);
      setRun(linked ? freshRun(linked) : (kept[0] ?? freshRun()));
    };
    // A browser that keeps nothing, in a private window say, can be trained in all the same.
    loadRuns().then(begin, () => begin([]));
    return () => {
      current = false;
    };
  }, []);
  return (
    <div className="wrap lab points-lab">
      <div className="points-title">
        <Link href="/labs" className="small">
          {t('back')}
        </Link>
        <h1>{t('title')}</h1>
        <p className="muted">{t('lead')}</p>
      </div>
      {run && runs && <Bench key={run.id} run={run} runs={runs} onOpen={setRun} onRuns={setRuns} />}
    </div>
  );
}

function Bench({
  run,
  runs,
  onOpen,
  onRuns,
}: {
  run: SavedRun;
  runs: readonly SavedRun[];
  onOpen(run: SavedRun): void;
  onRuns(runs: SavedRun[]): void;
}) {
  const locale = useLocale();
  const t = messages(locale);
  const toast = useToast();
  const reducedMotion = useReducedMotion();
  const place = useRef<HTMLDivElement>(null);
  const mounted = useRef<MountedPlayground | null>(null);
  const current = useRef(run);
  const [name, setName] = useState(run.name);
  const [training, setTraining] = useState(false);
  const [kept, setKept] = useState<string | null>(null);
  const [asks, setAsks] = useState(false);
  const [reading, setReading] = useState<{ words: readonly string[]; table: TableView } | null>(null);
  const open = useRef(false);
  const gone = useRef(false);

  const read = useCallback(() => {
    const view = mounted.current;
    if (view && open.current) setReading({ words: view.words(), table: view.table() });
  }, []);

  /** Keeps the training as it is now. */
  const keep = useCallback(async () => {
    const view = mounted.current;
    if (!view || gone.current) return;
    try {
      const { checkpoint, state } = await view.checkpoint();
      // It may have been deleted while the worker answered; or the network been built anew: then it is kept the next time.
      if (gone.current || !sameNetwork(state, current.current.state)) return;
      const next = { ...current.current, saved: Date.now(), step: checkpoint.optimizer.step, checkpoint };
      current.current = next;
      await saveRun(next);
      onRuns(await loadRuns());
      setKept(t('saved', { step: formatInteger(locale, next.step) }));
    } catch (error) {
      setKept(t('notSaved', { message: error instanceof Error ? error.message : String(error) }));
    }
  }, [locale, t, onRuns]);

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    let engine: Promise<EngineWorker<object>> | null = null;
    let last = Date.now();
    let busy = false;
    const view = mountPlayground(
      element,
      current.current.state,
      {
        locale,
        reducedMotion,
        async compute<Module extends object>() {
          engine ??= startEngine('labs/points');
          const { module } = await engine;
          return module as unknown as import('comlink').Remote<Module>;
        },
        changed(state) {
          current.current = { ...current.current, state };
          read();
        },
      },
      {
        wide: true,
        ...(current.current.checkpoint && { checkpoint: current.current.checkpoint }),
        onTraining(next) {
          setTraining(next);
          if (!next) void keep();
        },
        onSnapshot(snapshot) {
          if (busy || snapshot.step === 0 || Date.now() - last < KEEP) return;
          busy = true;
          last = Date.now();
          void keep().finally(() => {
            busy = false;
          });
        },
      },
    );
    mounted.current = view;
    // The tab may be closed any moment once it is hidden.
    const hide = () => {
      if (document.visibilityState === 'hidden') void keep();
    };
    document.addEventListener('visibilitychange', hide);
    return () => {
      document.removeEventListener('visibilitychange', hide);
      view.destroy();
      mounted.current = null;
      void engine?.then(({ terminate }) => terminate());
    };
  }, [locale, reducedMotion, keep, read]);

  const rename = (next: string) => {
    setName(next);
    current.current = { ...current.current, name: next.slice(0, 80) };
  };
  const leave = async (next: SavedRun) => {
    await mounted.current?.pause();
    await keep();
    onOpen(next);
  };
  const copy = async () => {
    await keep();
    const twin = {
      ...current.current,
      id: newRunId(),
      name: t('copyOf', { name: name || t('untitled') }).slice(0, 80),
      saved: Date.now(),
    };
    await saveRun(twin);
    onRuns(await loadRuns());
    onOpen(twin);
  };
  const remove = async () => {
    gone.current = true;
    await mounted.current?.pause();
    await removeRun(current.current.id);
    const left = await loadRuns();
    onRuns(left);
    onOpen(left[0] ?? freshRun());
  };
  const share = async () => {
    await navigator.clipboard.writeText(frozenLink(window.location.href, 'points', current.current.state));
    toast(t('shared'));
  };

  return (
    <>
      <div className="points-runs">
        <label className="field points-name">
          <span className="lab-name">{t('name')}</span>
          <input
            className="inp"
            value={name}
            maxLength={80}
            placeholder={t('untitled')}
            onChange={(event) => rename(event.target.value)}
            onBlur={() => void keep()}
          />
        </label>
        <div className="row">
          <span className={`tag ${training ? 'ember' : ''}`} role="status">
            {t(training ? 'training' : 'paused')}
          </span>
          <button type="button" className="btn sm" onClick={() => void leave(freshRun())}>
            <Plus className="i" aria-hidden /> {t('new')}
          </button>
          <button type="button" className="btn sm" onClick={() => void copy()}>
            <Copy className="i" aria-hidden /> {t('copy')}
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
          <button
            type="button"
            className="btn plain icon sm"
            aria-label={t('delete')}
            title={t('delete')}
            aria-expanded={asks}
            onClick={() => setAsks(!asks)}
          >
            <Trash2 className="i" aria-hidden />
          </button>
        </div>
        {asks && (
          <p className="call warn points-sure" role="alert">
            <span>{t('deleteSure', { name: name || t('untitled') })}</span>
            <span className="row">
              <button type="button" className="btn sm danger" onClick={() => void remove()}>
                {t('deleteYes')}
              </button>
              <button type="button" className="btn sm" onClick={() => setAsks(false)}>
                {t('deleteNo')}
              </button>
            </span>
          </p>
        )}
        {kept !== null && <p className="small muted points-kept">{kept}</p>}
        {runs.some(({ id }) => id !== run.id) && (
          <details className="points-list">
            <summary>{t('runs')}</summary>
            <ul>
              {runs
                .filter(({ id }) => id !== run.id)
                .map((other) => (
                  <li key={other.id}>
                    <button type="button" className="btn plain sm" onClick={() => void leave(other)}>
                      {t('run', {
                        name: other.name || t('untitled'),
                        step: formatInteger(locale, other.step),
                      })}
                    </button>
                  </li>
                ))}
            </ul>
          </details>
        )}
      </div>
      <div className="sheet points-sheet" ref={place} />
      <details
        className="points-reading"
        onToggle={(event) => {
          open.current = event.currentTarget.open;
          read();
        }}
      >
        <summary>{t('reading')}</summary>
        {reading && (
          <>
            <ul className="words">
              {reading.words.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
            <TableOf table={reading.table} />
          </>
        )}
      </details>
    </>
  );
}
