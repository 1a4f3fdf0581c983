import { Link2, Moon, Pause, Play, Plus, Save, StepForward, TriangleAlert, X } from 'lucide-react';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { Link } from 'wouter';
import { useLocale } from '../../app/preferences.tsx';
import { formatInteger } from '../../i18n/numbers.ts';
import { frozenIn, frozenLink } from '../../links/frozenState.ts';
import { useToast } from '../../ui/Toasts.tsx';
import { firstContext, LabController, type LabState } from './controller.ts';
import { smooth } from './curve.ts';
import { isKnownText } from './DataPicker.tsx';
import { LossChart } from './LossChart.tsx';
import { gptMessages } from './messages.ts';
import { NextToken } from './NextToken.tsx';
import { RecipePanel } from './RecipePanel.tsx';
import { RunPanel } from './RunPanel.tsx';
import { Runs } from './Runs.tsx';
import { intervalOf, type LabRecipe, labRecipe } from './recipe.ts';
import { recipeOf } from './recipeOf.ts';
import { Samples } from './Samples.tsx';
import { Stats } from './Stats.tsx';
import { Terminal } from './Terminal.tsx';
import { TokenTree } from './TokenTree.tsx';
import './gpt.css';

/** The recipe that a link brought, if it did. */
function linkedRecipe(): LabRecipe | null {
  const parsed = labRecipe.safeParse(frozenIn(window.location.hash, 'gpt'));
  return parsed.success ? parsed.data : null;
}

/** The GPT laboratory: a text, a recipe, a training in a worker of its own, and everything that can be asked of the model. */
export default function Laboratory() {
  const locale = useLocale();
  const [controller, setController] = useState<LabController | null>(null);
  // The language that the page was opened in decides what is proposed; changing it later must not end a training.
  const [firstLocale] = useState(locale);
  useEffect(() => {
    const linked = linkedRecipe();
    const made = new LabController(firstLocale, linked);
    setController(made);
    void made.open(linked === null);
    const saveWhenHidden = () => document.visibilityState === 'hidden' && void made.save();
    const saveBeforeLeaving = () => void made.save();
    document.addEventListener('visibilitychange', saveWhenHidden);
    window.addEventListener('pagehide', saveBeforeLeaving);
    return () => {
      document.removeEventListener('visibilitychange', saveWhenHidden);
      window.removeEventListener('pagehide', saveBeforeLeaving);
      void made.dispose();
    };
  }, [firstLocale]);
  return controller ? <Room controller={controller} /> : <div className="wrap lab" aria-busy="true" />;
}

/** What a run is called unless the learner says otherwise. */
function useProposedName({ recipe }: LabState): string {
  const t = gptMessages(useLocale());
  const { data } = recipe;
  if (data.kind === 'stories') return t('runNameStories');
  if (data.kind === 'machine' && isKnownText(data.name))
    return t('runNameMachine', { title: t(`text.${data.name}`) });
  return t('runNameOwn');
}

function Room({ controller }: { controller: LabController }) {
  const locale = useLocale();
  const t = gptMessages(locale);
  const state = useSyncExternalStore(controller.subscribe, controller.state);
  const { run, busy } = state;
  const proposedName = useProposedName(state);
  const [seen, setSeen] = useState<number | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list grows in place; a run's step tells when.
  const smoothed = useMemo(() => smooth(run?.train ?? []), [run?.id, run?.step, run?.train.length]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another run is looked at from its end again.
  useEffect(() => setSeen(null), [run?.id]);
  return (
    <div className="wrap lab gpt-lab">
      <Head state={state} controller={controller} />
      {run && (
        <>
          <div className="lab-prog">
            <Wick step={run.step} steps={run.facts.config.train.steps} on={run.state === 'training'} />
          </div>
          <Stats run={run} smoothed={smoothed} />
        </>
      )}
      <Problems state={state} controller={controller} />
      <div className="lab-grid">
        <section className="lab-main" aria-label={t('results')}>
          {run ? (
            <>
              <LossChart run={run} smoothed={smoothed} seen={seen} onSee={setSeen} />
              <Samples
                samples={run.samples}
                count={run.samples.length}
                about={run.facts.about}
                at={seen ?? Number.POSITIVE_INFINITY}
              />
              <TokenTree tree={run.tree} byCharacter={run.facts.byCharacter} controller={controller} />
            </>
          ) : (
            <Beginning state={state} />
          )}
        </section>
        {run ? (
          <NextToken
            key={run.id}
            facts={run.facts}
            next={run.next}
            context={state.context}
            beginning={firstContext(run.facts)}
            contextProblem={state.contextProblem}
            controller={controller}
          />
        ) : (
          <section className="lab-side" aria-labelledby="gpt-next">
            <h2 id="gpt-next">{t('nextTitle')}</h2>
            <p className="muted">{t('nextEmpty')}</p>
          </section>
        )}
        <section className="lab-ctl" aria-labelledby="gpt-recipe">
          <h2 id="gpt-recipe">{t(run ? 'recipeFixed' : 'recipe')}</h2>
          {run ? (
            <>
              <RunPanel facts={run.facts} />
              <button
                type="button"
                className="btn"
                disabled={busy === 'opening'}
                onClick={() => void controller.beginAnother()}
              >
                <Plus className="i" aria-hidden /> {t('another')}
              </button>
            </>
          ) : (
            <RecipePanel state={state} proposedName={proposedName} controller={controller} />
          )}
          <Keeping state={state} />
          <Runs
            runs={state.runs}
            openId={run?.id ?? null}
            busy={busy === 'opening'}
            controller={controller}
          />
          <Terminal name={run?.facts.about.name ?? null} controller={controller} />
        </section>
      </div>
    </div>
  );
}

function Head({ state, controller }: { state: LabState; controller: LabController }) {
  const locale = useLocale();
  const t = gptMessages(locale);
  const toast = useToast();
  const proposed = useProposedName(state);
  const { run, recipe, busy, ready, cut, textProblem } = state;
  const isTraining = run?.state === 'training';
  const valid = labRecipe.safeParse(recipe).success && !textProblem && cut !== null;
  const shared = run ? recipeOf(run.facts) : recipe;
  const copyLink = async () => {
    await navigator.clipboard.writeText(frozenLink(window.location.href, 'gpt', shared));
    toast(t('linkCopied'));
  };
  return (
    <header className="lab-head">
      <div>
        <p className="where">
          <Link href="/labs">{t('labs')}</Link>
        </p>
        <h1>{run ? run.facts.about.name : t('newTitle')}</h1>
      </div>
      <div className="lab-run">
        <div className="row">
          <span className={isTraining ? 'tag ember' : 'tag'} id="state" role="status">
            {busy === 'opening' ? t('opening') : run ? t(run.state) : t('ready')}
          </span>
          {run ? (
            <>
              {isTraining ? (
                <button type="button" className="btn go" onClick={() => void controller.pause()}>
                  <Pause className="i" aria-hidden /> {t('pause')}
                </button>
              ) : (
                <button
                  type="button"
                  className="btn go"
                  disabled={run.state === 'finished'}
                  onClick={() => void controller.start()}
                >
                  <Play className="i" aria-hidden /> {t('resume')}
                </button>
              )}
              <button
                type="button"
                className="btn"
                disabled={isTraining || run.state === 'finished'}
                onClick={() => void controller.oneStep()}
              >
                <StepForward className="i" aria-hidden /> {t('oneStep')}
              </button>
              <button
                type="button"
                className="btn plain icon"
                aria-label={t('save')}
                title={t('save')}
                onClick={async () => {
                  const step = await controller.save();
                  if (step !== null) toast(t('saved', { step: formatInteger(locale, step) }));
                }}
              >
                <Save className="i" aria-hidden />
              </button>
            </>
          ) : (
            <button
              type="button"
              className="btn go"
              disabled={!ready || busy !== null || !valid}
              onClick={() => void controller.begin(state.name?.trim() || proposed)}
            >
              <Play className="i" aria-hidden /> {t('light')}
            </button>
          )}
          {shared && (
            <button
              type="button"
              className="btn plain icon"
              aria-label={t('copyLink')}
              title={t('copyLink')}
              onClick={() => void copyLink()}
            >
              <Link2 className="i" aria-hidden />
            </button>
          )}
        </div>
      </div>
    </header>
  );
}

function Wick({ step, steps, on }: { step: number; steps: number; on: boolean }) {
  const t = gptMessages(useLocale());
  return (
    <div
      className={on ? 'wick on' : 'wick'}
      style={{ '--p': `${(100 * step) / steps}%` } as React.CSSProperties}
      role="progressbar"
      aria-label={t('progress')}
      aria-valuemin={0}
      aria-valuemax={steps}
      aria-valuenow={step}
    />
  );
}

function Problems({ state, controller }: { state: LabState; controller: LabController }) {
  const t = gptMessages(useLocale());
  const problem = state.problem ?? state.run?.problem ?? null;
  if (!problem) return null;
  return (
    <div className="call err lab-problem" role="alert">
      <TriangleAlert className="i" aria-hidden />
      <span>{t(`problem.${problem.code}`, { detail: problem.detail })}</span>
      {state.problem && (
        <button
          type="button"
          className="btn plain icon sm"
          aria-label={t('dismiss')}
          onClick={() => controller.dismiss()}
        >
          <X className="i" aria-hidden />
        </button>
      )}
    </div>
  );
}

function Keeping({ state }: { state: LabState }) {
  const t = gptMessages(useLocale());
  const steps = state.run ? state.run.facts.config.train.evalInterval : intervalOf(state.recipe.steps);
  return state.keeps ? (
    <div className="call info">
      <Moon className="i" aria-hidden />
      <strong>{t('closeTitle')}</strong>
      <span className="small">{t('closeText', { steps })}</span>
    </div>
  ) : (
    <div className="call warn">
      <TriangleAlert className="i" aria-hidden />
      <span className="small">{t('notKept')}</span>
    </div>
  );
}

/** Before it is lit: the text, as the model will see it. */
function Beginning({ state }: { state: LabState }) {
  const t = gptMessages(useLocale());
  const { cut } = state;
  return (
    <>
      <p className="lead">{t('lead')}</p>
      <section aria-labelledby="gpt-preview">
        <h2 id="gpt-preview">{t('previewTitle')}</h2>
        <p className="muted">{t(cut ? 'previewText' : 'previewOwn')}</p>
        {cut && (
          <p className="preview">
            {cut.preview.map((piece, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a piece is known by its place in the text.
              <span key={i}>{piece}</span>
            ))}
          </p>
        )}
      </section>
    </>
  );
}
