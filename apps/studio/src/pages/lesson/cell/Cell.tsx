import { Check, LoaderCircle, Play, Square, Undo2 } from 'lucide-react';
import { type ReactNode, useCallback, useRef, useState } from 'react';
import type { CellSource } from '../../../course/document.ts';
import { CodeEditor } from '../../../editor/CodeEditor.tsx';
import type { Locale } from '../../../i18n/locale.ts';
import { Outputs } from '../../../ui/outputs/Outputs.tsx';
import { Tabs } from '../../../ui/Tabs.tsx';
import { useToast } from '../../../ui/Toasts.tsx';
import { ColoredCode } from './ColoredCode.tsx';
import { writeDuration } from './duration.ts';
import { FailureView } from './FailureView.tsx';
import { Head } from './Head.tsx';
import { cellMessages } from './messages.ts';
import { useRunner } from './runner.tsx';
import { useCode } from './useCode.ts';
import { type RunState, useRun } from './useRun.ts';
import './cell.css';

type Language = 'typescript' | 'python';

/** A cell of a lesson: code that is read, changed and run, and what comes of it. Python stands beside it to compare. */
export function Cell({
  lesson,
  source,
  static: staticCode,
  locale,
}: {
  /** The lesson's id. */
  lesson: string;
  source: CellSource;
  /** The original code as the lesson was compiled with it, which stands there until the editor does. */
  static: ReactNode;
  locale: Locale;
}) {
  const t = cellMessages(locale);
  const toast = useToast();
  const key = `${lesson}/${source.id}`;
  const own = useCode(key, source.typescript);
  const { state, run, stop } = useRun();
  const [language, setLanguage] = useState<Language>('typescript');
  const [showsOriginal, setShowsOriginal] = useState(false);
  const changed = own.code !== source.typescript;
  const original = showsOriginal && changed;
  const shown = original ? source.typescript : own.code;
  // What was run, so that a mark never stands beside a line that has been written since.
  const [ran, setRan] = useState<string | null>(null);

  const latest = useRef(shown);
  latest.current = shown;
  const start = useCallback(async () => {
    const code = latest.current;
    await own.keep();
    setRan(code);
    await run(code);
  }, [own.keep, run]);

  const failure = state.phase === 'over' && state.result.status === 'failed' ? state.result.failure : null;
  const isRunning = state.phase === 'running';
  const controls = (
    <>
      {changed && language === 'typescript' && (
        <button type="button" className="btn plain sm" onClick={() => setShowsOriginal(!original)}>
          <Undo2 className="i" aria-hidden /> {t(original ? 'mine' : 'original')}
        </button>
      )}
      {language === 'typescript' &&
        (isRunning ? (
          <button type="button" className="btn danger sm" onClick={stop}>
            <Square className="i" aria-hidden /> {t('stop')}
          </button>
        ) : (
          <button type="button" className="btn go sm" onClick={() => void start()}>
            <Play className="i" aria-hidden /> {t('run')}
          </button>
        ))}
    </>
  );

  const editor = (
    <>
      {original && (
        <p className="cell-note">
          {t('isOriginal')}
          <button
            type="button"
            className="btn plain sm"
            onClick={() => {
              const before = own.code;
              own.set(source.typescript);
              setShowsOriginal(false);
              toast(t('startedOver'), { label: t('undo'), run: () => own.set(before) });
            }}
          >
            {t('startOver')}
          </button>
        </p>
      )}
      {own.restored && !original && state.phase === 'idle' && <p className="cell-note">{t('restored')}</p>}
      <CodeEditor
        code={shown}
        original={source.typescript}
        onChange={own.set}
        onRun={() => void start()}
        readOnly={original}
        failure={
          ran === shown && failure?.line != null ? { line: failure.line, message: failure.message } : null
        }
        label={t('code')}
        help={t('editorHelp')}
        file={key}
        static={staticCode}
      />
    </>
  );

  return (
    <div className="cell">
      {source.python === null ? (
        <>
          <Head start={<span className="cell-language">TypeScript</span>}>{controls}</Head>
          {editor}
        </>
      ) : (
        <Tabs<Language>
          label={t('language')}
          look="seg"
          tabs={[
            { id: 'typescript', label: 'TypeScript' },
            { id: 'python', label: 'Python' },
          ]}
          chosen={language}
          onChoose={setLanguage}
          bar={(list) => <Head start={list}>{controls}</Head>}
        >
          {/* The editor stays where it is while Python is read: what was undone can still be done again. */}
          <div hidden={language !== 'typescript'}>{editor}</div>
          {language === 'python' && <Python source={source} locale={locale} />}
        </Tabs>
      )}
      {/* What the learner's code has shown is not what the original shows. */}
      {language === 'typescript' && !(original && ran !== shown) && (
        <Result source={ran ?? ''} state={state} locale={locale} onRetry={() => void start()} />
      )}
    </div>
  );
}

function Python({ source, locale }: { source: CellSource; locale: Locale }) {
  const t = cellMessages(locale);
  // Printed once by the reference libraries, where the document carries it.
  const printed = source.pythonOutput;
  return (
    <>
      <ColoredCode code={source.python ?? ''} language="python" label="Python" />
      {printed && (
        <div className="out">
          <p className="out-h">{t('pythonOutput')}</p>
          <pre>{printed}</pre>
        </div>
      )}
      <p className="cell-note last">{t('pythonOnly')}</p>
    </>
  );
}

/** What a run has shown so far, and how it ended. */
function Result({
  source,
  state,
  locale,
  onRetry,
}: {
  /** What was run. */
  source: string;
  state: RunState;
  locale: Locale;
  onRetry(): void;
}) {
  const t = cellMessages(locale);
  const runner = useRunner();
  const findFaces = useCallback(
    async (output: number, index: number, value: number) => {
      const faces = await runner().faces(source, output, index, value);
      if (faces === 'changed') throw new Error(t('changed'));
      return faces;
    },
    [runner, source, t],
  );
  if (state.phase === 'idle') return null;
  if (state.phase === 'broken')
    return (
      <div className="out cell-failure" role="alert">
        <p>{t('sandboxFailed', { message: state.message })}</p>
        <button type="button" className="btn sm" onClick={onRetry}>
          {t('retry')}
        </button>
      </div>
    );
  const { outputs } = state;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard.
    <section className="out" tabIndex={0} aria-label={t('output')} aria-busy={state.phase === 'running'}>
      <div role="status">
        {state.phase === 'running' && (
          <p className="out-h">
            <LoaderCircle className="i turning" aria-hidden /> {t('running')}
          </p>
        )}
        {state.phase === 'over' && state.result.status === 'done' && (
          <p className="out-h">
            <Check className="i" aria-hidden />{' '}
            {t('ran', { time: writeDuration(locale, state.result.milliseconds) })}
          </p>
        )}
        {state.phase === 'over' && state.result.status === 'failed' && (
          <FailureView failure={state.result.failure} />
        )}
      </div>
      {outputs.length > 0 && <Outputs outputs={outputs} {...(state.phase === 'over' && { findFaces })} />}
      {state.phase === 'over' && state.result.status === 'done' && outputs.length === 0 && (
        <p className="cell-silent muted">{t('ranSilent')}</p>
      )}
    </section>
  );
}
